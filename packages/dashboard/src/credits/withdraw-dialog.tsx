// The form of a withdrawal, which the router signs first.
import type { ReactNode } from "react";
import { useState } from "react";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { AmountField } from "../ui/amount-field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { mostWithdrawable } from "../ui/typed-usdc.ts";
import { readTypedAmount } from "./amount-input.ts";
import type { ToldBalance } from "./credits-queries.ts";
import type { Withdrawal } from "./money-desk.ts";
import { OpenWithdrawal } from "./open-withdrawal.tsx";

interface WithdrawDialogProps {
  readonly balance: ToldBalance;
  /** The one that is open already, of which there is one at a time. */
  readonly open: Withdrawal | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onWithdraw: (amount: MicroUsdc) => void;
  readonly onContinue: (open: Withdrawal) => void;
}

/** The dialog in which the amount of a withdrawal is typed. */
export function WithdrawDialog(props: WithdrawDialogProps): ReactNode {
  const { balance, open, isOpen, onClose, onWithdraw, onContinue } = props;
  const [text, setText] = useState("");
  const [isAsked, setIsAsked] = useState(false);
  const most = mostWithdrawable(balance.available);
  const typed = readTypedAmount(text, { most, mostIs: "available" });
  const submit = (): void => {
    setIsAsked(true);
    if (typed.amount !== undefined) onWithdraw(typed.amount);
  };
  return (
    <FormDialog
      title="Withdraw"
      lead="To your own wallet, at once: the router signs first, and your wallet after it. What is locked or unsettled stays."
      isOpen={isOpen}
      onClose={onClose}
      submitWords={typed.amount === undefined ? "Withdraw" : `Withdraw ${formatMicroUsdc(typed.amount)} USDC`}
      onSubmit={() => {
        if (open === undefined) submit();
      }}
      isDisabled={open !== undefined}
    >
      {open !== undefined && <OpenWithdrawal open={open} onContinue={onContinue} />}
      <AmountField
        value={text}
        onChange={setText}
        most={most}
        mostWords="available"
        fault={isAsked || text !== "" ? typed.fault : undefined}
      />
      <p className="text-[0.8125rem] text-muted">
        If the router does not answer, or does not sign, leave without it: that takes longer and needs nobody’s
        agreement.
      </p>
    </FormDialog>
  );
}
