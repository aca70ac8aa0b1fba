// The steps of a random sequence, and how each becomes something that happens where the world stands.
import type { Address } from "@solana/kit";
import fc from "fast-check";
import { someMeeting } from "./deadline-choice.ts";
import { withFault } from "./escrow-faults.ts";
import type { RouterScenery } from "./escrow-scenery.ts";
import { Situation } from "./escrow-situation.ts";
import type { Act, EscrowWorld } from "./escrow-world.ts";
import { Lot } from "./lot.ts";
import type { Instruction, InstructionName } from "./model/instruction.ts";
import {
  chooseProviderFinalizeExit,
  chooseProviderRequestExit,
  chooseRegisterProvider,
  chooseSetPayout,
  chooseWithdrawProvider,
} from "./provider-choices.ts";
import {
  chooseAcceptAdmin,
  chooseApplyParams,
  chooseCollectFees,
  chooseInitConfig,
  chooseProposeAdmin,
  chooseScheduleParams,
  chooseSetPause,
  chooseSetRoles,
  chooseSetUrl,
  chooseSweepSurplus,
} from "./router-choices.ts";
import { chooseSettleBatch } from "./settle-choice.ts";
import {
  chooseCancelExit,
  chooseCloseEscrow,
  chooseDeposit,
  chooseFinalizeExit,
  chooseOpenEscrow,
  chooseRequestExit,
  chooseSetAllowance,
  chooseWithdrawUser,
} from "./user-choices.ts";

const CHOICES: { readonly [Name in InstructionName]: (situation: Situation) => Instruction } = {
  init_config: chooseInitConfig,
  open_escrow: chooseOpenEscrow,
  deposit: chooseDeposit,
  set_allowance: chooseSetAllowance,
  settle_batch: chooseSettleBatch,
  withdraw_user: chooseWithdrawUser,
  request_exit: chooseRequestExit,
  cancel_exit: chooseCancelExit,
  finalize_exit: chooseFinalizeExit,
  close_escrow: chooseCloseEscrow,
  register_provider: chooseRegisterProvider,
  withdraw_provider: chooseWithdrawProvider,
  provider_request_exit: chooseProviderRequestExit,
  provider_finalize_exit: chooseProviderFinalizeExit,
  set_payout: chooseSetPayout,
  collect_fees: chooseCollectFees,
  schedule_params: chooseScheduleParams,
  apply_params: chooseApplyParams,
  propose_admin: chooseProposeAdmin,
  accept_admin: chooseAcceptAdmin,
  set_roles: chooseSetRoles,
  set_pause: (situation) => chooseSetPause(situation),
  sweep_surplus: chooseSweepSurplus,
  set_url: chooseSetUrl,
};

/** How often each thing is done, of the sum of all. */
const WEIGHTS = {
  init_config: 2,
  open_escrow: 7,
  deposit: 14,
  set_allowance: 6,
  settle_batch: 18,
  withdraw_user: 5,
  request_exit: 2,
  cancel_exit: 2,
  finalize_exit: 4,
  close_escrow: 2,
  register_provider: 1,
  withdraw_provider: 5,
  provider_request_exit: 3,
  provider_finalize_exit: 3,
  set_payout: 4,
  collect_fees: 3,
  schedule_params: 3,
  apply_params: 2,
  propose_admin: 2,
  accept_admin: 2,
  set_roles: 3,
  set_pause: 5,
  sweep_surplus: 2,
  set_url: 1,
  "meet a deadline": 16,
  travel: 3,
  donate: 2,
  gift: 1,
  "change a token account": 3,
} as const satisfies Record<InstructionName, number> & Record<string, number>;

type StepName = keyof typeof WEIGHTS;

/** One step: what is done, and the number that all its choices come from. */
export interface Step {
  readonly do: StepName;
  readonly lot: number;
}

const anyLot = fc.nat(2 ** 31 - 1);

/** A step of one name. */
export function stepOf(name: StepName): fc.Arbitrary<Step> {
  return anyLot.map((lot) => ({ do: name, lot }));
}

/** Any step, by its weight. */
export const anyStep: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof(
    ...Object.entries(WEIGHTS).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as StepName) })),
  ),
  lot: anyLot,
});

/** Something that happens, and which side of which deadline it meets. */
export interface Occurrence {
  readonly act: Act;
  readonly deadline?: string;
}

const DAY = 86_400n;

function someRouter(world: EscrowWorld, lot: Lot): RouterScenery {
  const [first, second, third] = world.scenery.routers as [RouterScenery, RouterScenery, RouterScenery];
  const isThirdOpen = world.account(third.config).kind === "config";
  return lot.oneIn(isThirdOpen ? 8 : 50) ? third : lot.of([first, second]);
}

/** One fault at a time: only what would have been carried out gets one. A router is opened once, so that is rare. */
function sending(situation: Situation, instruction: Instruction): Act {
  const { world, lot } = situation;
  const isWanted = instruction.name === "init_config" ? !lot.oneIn(3) : lot.oneIn(7);
  const isFaulty = isWanted && world.predict(instruction) === undefined;
  return { do: "send", instruction: isFaulty ? withFault(situation, instruction) : instruction };
}

/** Everything a step makes happen; ask for the next only when the one before has happened. */
export function* occurrencesOf(world: EscrowWorld, step: Step): Generator<Occurrence> {
  const lot = new Lot(step.lot);
  switch (step.do) {
    case "meet a deadline":
      yield* meetDeadline(world, lot);
      return;
    case "travel":
      yield { act: { do: "travel", to: someMoment(world, lot) } };
      return;
    case "donate":
    case "gift":
    case "change a token account": {
      const act = OTHERS[step.do](new Situation(world, lot, someRouter(world, lot)));
      if (act !== undefined) yield { act };
      return;
    }
    default: {
      // The third router is the one that is not open from the start.
      const router = step.do === "init_config" && !lot.oneIn(3) ? world.scenery.routers[2]! : someRouter(world, lot);
      const situation = new Situation(world, lot, router);
      yield { act: sending(situation, CHOICES[step.do](situation)) };
    }
  }
}

function someMoment({ now }: EscrowWorld, lot: Lot): { time: bigint; slot: bigint } {
  const time = now.time + lot.between(0n, lot.of([1n, 5n, 3_600n, DAY]));
  return { time, slot: now.slot + lot.between(0n, lot.of([1n, 10n, 1_600n])) };
}

/** Goes to one side of a deadline, and does what it is about. */
function* meetDeadline(world: EscrowWorld, lot: Lot): Generator<Occurrence> {
  const meeting = someMeeting(world, lot);
  if (meeting === undefined) return;
  yield { act: { do: "travel", to: meeting.at } };
  yield { act: { do: "send", instruction: meeting.choose() }, deadline: meeting.name };
}

const OTHERS: Readonly<
  Record<"donate" | "gift" | "change a token account", (situation: Situation) => Act | undefined>
> = {
  donate({ world, lot, router, scenery }) {
    const { users, surroundings } = scenery;
    const source = surroundings.derive.associated(lot.of(users), router.mint) as Address;
    const amount = lot.of([1n, 50n]);
    const from = world.token(source);
    const canGive = from?.state === "initialized" && from.amount >= amount && world.token(router.vault) !== undefined;
    return canGive ? { do: "donate", router, source, amount } : undefined;
  },
  gift({ lot, router, scenery }) {
    const { derive } = scenery.surroundings;
    const keys = [
      derive.escrow(router.config, lot.of(scenery.users)),
      derive.provider(router.config, lot.of(scenery.owners)),
      ...scenery.routers.slice(2).flatMap(({ config, vault }) => [config, vault]),
    ];
    return { do: "gift", key: lot.of(keys) as Address, lamports: lot.between(1n, 4_000_000n) };
  },
  "change a token account"({ world, lot, router, scenery }) {
    const owner = lot.of([...scenery.users, ...scenery.owners]);
    const { mint } = router;
    const key = scenery.surroundings.derive.associated(owner, mint) as Address;
    const token = world.token(key);
    const isWhole = token?.state === "initialized" && token.owner === owner;
    const amount = token?.amount ?? 1_000_000n;
    if (!isWhole && !lot.oneIn(3)) return { do: "plant", key, token: { mint, owner, amount, state: "initialized" } };
    return {
      do: "plant",
      key,
      token: lot.of([
        undefined,
        { mint, owner, amount, state: "frozen" },
        { mint, owner: scenery.stranger, amount, state: "initialized" },
        { mint, owner, amount: lot.of([500n, 1_000_000_000n]), state: "initialized" },
      ]),
    };
  },
};
