// What goes wrong with wallets, each in its own words.
import { ConsoleFault } from "../api/fault-words.ts";
import { walletText } from "./wallet-shape.ts";

/** What went wrong. */
export type WalletFaultKind =
  /** The person said no in the wallet. */
  | "refused"
  | "locked"
  /** The person stopped waiting, in the console. */
  | "cancelled"
  | "unauthorized"
  | "wrong_account"
  | "no_account"
  /** It lacks what it was asked for. */
  | "unable"
  /** It signed something else, or what it gave is no signature. */
  | "unsound"
  | "failed";

/** A fault of a wallet, or of the person with it. */
export class WalletFault extends ConsoleFault {
  readonly kind: WalletFaultKind;

  constructor(kind: WalletFaultKind, what: string, next?: string) {
    super(what, next);
    this.kind = kind;
  }
}

/** Whether something thrown is a wallet's fault, of one of these kinds where some are given. */
export function isWalletFault(fault: unknown, ...kinds: readonly WalletFaultKind[]): fault is WalletFault {
  return fault instanceof WalletFault && (kinds.length === 0 || kinds.includes(fault.kind));
}

const REFUSED_CODE = 4001; // EIP-1193's, which wallets use on Solana too
const UNAUTHORIZED_CODE = 4100;
const REFUSED = /\b(?:reject|declin|den(?:y|ied)|cancel|refus|abort|dismiss|closed)/i;
const LOCKED = /\b(?:un)?lock/i;
const UNAUTHORIZED = /\bnot (?:been )?(?:authori[sz]ed|connected)\b|\bunauthori[sz]ed\b/i;

function detailOf(thrown: unknown): { readonly code: unknown; readonly text: string } {
  try {
    if (typeof thrown === "string") return { code: undefined, text: walletText(thrown) };
    if (typeof thrown !== "object" || thrown === null) return { code: undefined, text: "" };
    const { code, message, name } = thrown as { code?: unknown; message?: unknown; name?: unknown };
    const text = walletText(message);
    return { code, text: text === "" ? walletText(name) : text };
  } catch {
    return { code: undefined, text: "" }; // its getters throw as well
  }
}

/** The words for whatever a wallet threw. */
export function faultOfWallet(name: string, thrown: unknown): WalletFault {
  if (thrown instanceof WalletFault) return thrown;
  const { code, text } = detailOf(thrown);
  if (code === REFUSED_CODE || REFUSED.test(text)) {
    return new WalletFault("refused", `You refused it in ${name}.`, "Nothing was signed. Try again whenever you like.");
  }
  if (code === UNAUTHORIZED_CODE || UNAUTHORIZED.test(text)) {
    return new WalletFault(
      "unauthorized",
      `${name} does not let this site use the account.`,
      "Connect the wallet again and allow it there.",
    );
  }
  if (LOCKED.test(text)) {
    return new WalletFault("locked", `${name} is locked.`, "Unlock it, then try again.");
  }
  const said = text === "" ? "It did not say why." : `It says: “${text}”.`;
  return new WalletFault(
    "failed",
    `${name} could not do it. ${said}`,
    "Try again; if it stays, look into the wallet itself, or use another one.",
  );
}

/** A wallet gave something that is not what the standard says. */
export function unsound(name: string, what: string): WalletFault {
  return new WalletFault("unsound", `${name} ${what}`, "Nothing was sent. Update the wallet, or use another one.");
}
