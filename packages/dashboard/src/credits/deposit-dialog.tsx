// The form of a deposit: the amount, and what becomes of the allowance.
import type { ReactNode } from "react";
import { useState } from "react";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { AmountField } from "../ui/amount-field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Segments } from "../ui/segments.tsx";
import { FaucetButton } from "../wallets/faucet-button.tsx";
import { readTypedAmount } from "./amount-input.ts";
import type { TypedAmount } from "./amount-input.ts";
import type { DepositChoice } from "./make-transactions.ts";
import type { Standing } from "./standing.ts";
import { WalletLacks } from "./wallet-card.tsx";

type AllowanceKind = "raise" | "keep" | "own";

const OPEN_KINDS = [
  { id: "raise", title: "Rises by the deposit" },
  { id: "keep", title: "Stays" },
  { id: "own", title: "Other" },
] as const;
const FIRST_KINDS = [
  { id: "raise", title: "The deposit" },
  { id: "own", title: "Other" },
] as const;

const FIRST_DEPOSIT = microUsdc(5_000_000n); // enough for many answers, and little to lose while one looks around

interface DepositDialogProps {
  readonly standing: Standing;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeposit: (choice: DepositChoice) => void;
}

/** What the allowance is to become, in words; nothing while no amount is typed. */
function allowanceWords(kind: AllowanceKind, typed: TypedAmount, { escrow }: Standing): string {
  if (kind === "keep") return "The allowance stays as it is: only what is left of it can be spent.";
  if (kind === "own") return "The most that may ever be settled, what was settled before included.";
  const rise = typed.amount ?? microUsdc(0n);
  if (escrow?.coming !== undefined) return "You are lowering the allowance: a deposit leaves that alone.";
  const total = formatMicroUsdc(microUsdc((escrow?.allowance.total ?? 0n) + rise));
  return `The router may then settle ${total} USDC in all, for a year at least: so much of your money, and no more.`;
}

interface AdvancedProps {
  readonly standing: Standing;
  readonly typed: TypedAmount;
  readonly kind: AllowanceKind;
  readonly onKind: (kind: AllowanceKind) => void;
  readonly own: string;
  readonly onOwn: (own: string) => void;
  readonly ownFault: string | undefined;
}

function Advanced({ standing, typed, kind, onKind, own, onOwn, ownFault }: AdvancedProps): ReactNode {
  return (
    <details className="rounded-lg border border-line px-3 py-2">
      <summary className="text-sm font-medium">Allowance</summary>
      <div className="flex flex-col items-start gap-3 pt-3 pb-1">
        <Segments<AllowanceKind>
          label="What becomes of the allowance"
          options={standing.escrow === undefined ? FIRST_KINDS : OPEN_KINDS}
          selected={kind}
          onSelect={onKind}
        />
        <p className="text-[0.8125rem] text-muted">{allowanceWords(kind, typed, standing)}</p>
        {kind === "own" && (
          <TextField
            label="Allowance in all, in USDC"
            inputMode="decimal"
            value={own}
            onChange={(event) => onOwn(event.target.value)}
            fault={ownFault}
          />
        )}
      </div>
    </details>
  );
}

/** The choice, once all of it is right. */
function choiceOf(kind: AllowanceKind, amount: MicroUsdc | undefined, own: TypedAmount): DepositChoice | undefined {
  if (amount === undefined) return undefined;
  if (kind !== "own") return { amount, allowance: kind };
  return own.amount === undefined ? undefined : { amount, allowance: own.amount };
}

/** What a first deposit begins with, where the wallet has that much; nothing for any later one. */
function firstAmount({ escrow, usdc }: Standing): string {
  return escrow === undefined && usdc >= FIRST_DEPOSIT ? formatMicroUsdc(FIRST_DEPOSIT) : "";
}

/** The dialog in which the amount of a deposit is typed. */
export function DepositDialog({ standing, isOpen, onClose, onDeposit }: DepositDialogProps): ReactNode {
  const [text, setText] = useState(() => firstAmount(standing));
  const [kind, setKind] = useState<AllowanceKind>("raise");
  const [ownText, setOwnText] = useState("");
  const [isAsked, setIsAsked] = useState(false);
  const { terms, usdc, escrow } = standing;
  const typed = readTypedAmount(text, { least: terms.minDeposit, most: usdc, mostIs: "in your wallet" });
  const own = readTypedAmount(ownText, { least: escrow?.settled, mayBeZero: true });
  const choice = choiceOf(kind, typed.amount, own);
  const submit = (): void => {
    setIsAsked(true);
    if (choice !== undefined) onDeposit(choice);
  };
  return (
    <FormDialog
      title="Deposit"
      lead={
        escrow === undefined
          ? "The first deposit opens your escrow at this router, an account of your own on the chain, for which Solana takes a rent of about 0.0024 SOL once."
          : "From your wallet into your escrow at this router. It can be spent a moment after it has landed."
      }
      isOpen={isOpen}
      onClose={onClose}
      submitWords={typed.amount === undefined ? "Deposit" : `Deposit ${formatMicroUsdc(typed.amount)} USDC`}
      onSubmit={submit}
    >
      <AmountField
        value={text}
        onChange={setText}
        most={usdc}
        mostWords="in your wallet"
        hint={`At least ${formatMicroUsdc(terms.minDeposit)} USDC.`}
        fault={isAsked || text !== "" ? typed.fault : undefined}
      />
      <Advanced
        standing={standing}
        typed={typed}
        kind={kind}
        onKind={setKind}
        own={ownText}
        onOwn={setOwnText}
        ownFault={isAsked || ownText !== "" ? own.fault : undefined}
      />
      <WalletLacks standing={standing} />
      {usdc < terms.minDeposit && <FaucetButton />}
    </FormDialog>
  );
}
