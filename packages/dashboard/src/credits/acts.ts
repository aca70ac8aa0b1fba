// What a person does with money here, as acts to sign. What needs @solana/kit is loaded when an act is made.
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { isApiFault } from "../api/api-fault.ts";
import { ConsoleFault } from "../api/fault-words.ts";
import type { Act } from "../signing/act.ts";
import { readTypedAmount } from "./amount-input.ts";
import type { AllowanceChoice, DepositChoice, ExitStep } from "./make-transactions.ts";
import { moneyDesk } from "./money-desk.ts";
import type { Withdrawal } from "./money-desk.ts";

const load = async () => await import("./make-transactions.ts");

/** Loads what makes the transactions while the router that has it is there; leaving has to work when it is gone. */
export async function preloadActs(): Promise<void> {
  await load().catch(() => undefined); // tried again when it is needed
}

function usdc(amount: MicroUsdc): string {
  return `${formatMicroUsdc(amount)} USDC`;
}

/** A deposit, which the router composes and hands in. */
export function depositAct(wallet: string, choice: DepositChoice): Act {
  return {
    title: `Deposit ${usdc(choice.amount)}`,
    make: async (chain) => await (await load()).makeDeposit(chain, wallet, choice, moneyDesk),
    async submit(signed) {
      return { signature: await moneyDesk.handIn((await load()).base64Of(signed)) };
    },
  };
}

/** A change of the allowance, by the chain alone. */
export function allowanceAct(wallet: string, choice: AllowanceChoice): Act {
  return {
    title: "Change the allowance",
    make: async (chain) => await (await load()).makeAllowance(chain, wallet, choice),
  };
}

const EXIT_TITLES: Readonly<Record<ExitStep, string>> = {
  request: "Leave without the router",
  cancel: "Cancel the exit",
  finalize: "Have everything paid out",
};

/** A step of leaving, by the chain alone: it works without the router. */
export function exitAct(wallet: string, step: ExitStep): Act {
  return { title: EXIT_TITLES[step], make: async (chain) => await (await load()).makeExit(chain, wallet, step) };
}

/** What a router that has another withdrawal open is told of as. */
function openFault(error: unknown): unknown {
  if (!isApiFault(error, "withdrawal_open")) return error;
  return new ConsoleFault(
    "Another withdrawal is open already, and there is one at a time.",
    "Go on with that one in the history below; unsigned it ends by itself in a minute or two.",
  );
}

/** A withdrawal: the router signs it first, and hands it in. With `open` it goes on with one that is open already. */
export function withdrawalAct(wallet: string, amount: MicroUsdc, open?: Withdrawal): Act {
  let id = open?.id;
  return {
    title: `Withdraw ${usdc(amount)}`,
    async make(chain) {
      const told =
        open ??
        (await moneyDesk.withdraw(formatMicroUsdc(amount)).catch((error: unknown) => {
          throw openFault(error);
        }));
      id = told.id;
      if (told.transaction === null) {
        throw new ConsoleFault(
          `The router has not signed the withdrawal: it is ${told.state} there.`,
          "Nothing has moved. Try again in a minute.",
        );
      }
      return await (await load()).heldWithdrawal(chain, wallet, { amount, transaction: told.transaction });
    },
    async submit(signed) {
      if (id === undefined) throw new TypeError("A withdrawal is handed in after it was made.");
      const signature = await moneyDesk.handInWithdrawal(id, (await load()).base64Of(signed));
      if (signature !== undefined) return { signature };
      throw new ConsoleFault("The router took the withdrawal and names no transaction.", "Look at the history below.");
    },
  };
}

/** Goes on with a withdrawal that is open already. */
export function openWithdrawalAct(wallet: string, open: Withdrawal): Act {
  const { amount } = readTypedAmount(open.amount);
  if (amount !== undefined) return withdrawalAct(wallet, amount, open);
  const fault = new ConsoleFault(
    "The router’s answer is no withdrawal: its amount is none.",
    "Nothing was signed. Tell the router’s operator; you can leave without the router.",
  );
  return { title: "Withdraw", make: () => Promise.reject(fault) };
}
