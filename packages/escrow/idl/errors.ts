// What the program refuses with: codes, names, and messages that say what was expected and what to do.
import { errorNode } from "codama";
import type { ErrorNode } from "codama";

const TABLE: readonly (readonly [code: number, name: string, message: string])[] = [
  [
    0,
    "BadInstruction",
    "Expected a known instruction with its exact data and all its accounts; build it with the client of this program.",
  ],
  [1, "MissingSigner", "Expected a signature of a key that has the role; sign with that key."],
  [2, "BadOwner", "Expected an account of this program; pass one that was opened here."],
  [3, "BadDiscriminator", "Expected another kind of account in this place; check the order of the accounts."],
  [4, "BadVersion", "Expected an account of a version this program knows; use the program that wrote it."],
  [5, "ConfigMismatch", "Expected an account of this router; pass the one derived from this config."],
  [6, "BadPda", "Expected the derived address; derive it from the program's address and the seeds of the account."],
  [7, "BadMint", "Expected the router's mint, initialised and with 6 decimals; pass the mint its config names."],
  [8, "BadTokenProgram", "Expected SPL Token and a mint of it; Token-2022 is not served."],
  [
    9,
    "BadVault",
    "Expected the vault and authority the config names, and another account as source; take both from the config.",
  ],
  [
    10,
    "BadDestination",
    "Expected an account that may be paid to here; pass an initialised token account of the mint, or the one stored.",
  ],
  [11, "AlreadyInitialized", "Expected an account without data; it is open already, so use it."],
  [
    20,
    "Paused",
    "Expected the router not to pause this; wait until the pause ends, or leave by an exit, which cannot be paused.",
  ],
  [21, "ZeroAmount", "Expected an amount above 0; pass at least one micro-USDC."],
  [22, "BelowMinDeposit", "Expected at least the router's smallest deposit; pay in more at once."],
  [23, "InsufficientBalance", "Expected no more than what is there; ask for less."],
  [24, "Overflow", "Expected totals of at most 2^53 micro-USDC; move less."],
  [25, "DepositDelta", "Expected the vault to have exactly the amount more; use a mint without transfer fees."],
  [26, "AmountTooLarge", "Expected a number from 0 to 2^53; pass a smaller one."],
  [
    32,
    "NoticePending",
    "Expected no lowering of the allowance to be pending; wait for it, or cancel it by raising the allowance.",
  ],
  [33, "SeqGap", "Expected the sequence number after the escrow's last; settle the entries before it first."],
  [34, "SettlerCap", "Expected the batch to fit the window's cap; settle the rest in the next window."],
  [35, "BatchEmpty", "Expected at least one entry; send no empty batches."],
  [36, "BatchTooLarge", "Expected at most 64 entries; send the rest in another batch."],
  [37, "IndexOutOfRange", "Expected indexes within the ledger accounts; pass every account the entries name."],
  [38, "SelfDealing", "Expected the provider's owner to be another than the user; leave the entry out."],
  [40, "ExitPending", "Expected no exit to be pending; finalise or cancel it first."],
  [41, "ExitNotRequested", "Expected an exit to be pending; request it first."],
  [42, "ExitTooEarly", "Expected the exit's delay to be over; try again when it is."],
  [43, "NotEmpty", "Expected an empty balance; withdraw it first."],
  [44, "TooYoung", "Expected 1,500 slots since the escrow was opened and last charged; close it later."],
  [45, "BadWithdrawSeq", "Expected the opening slot and withdrawal count of the account; read it again and sign anew."],
  [50, "NotProviderOwner", "Expected the provider's owner to sign; sign with that key."],
  [
    51,
    "CosignerRequired",
    "Expected the router's cosigner to sign, and no other key in its place; ask the router to co-sign.",
  ],
  [52, "NothingToWithdraw", "Expected something to pay out; there is nothing to do."],
  [53, "PayoutTimelock", "Expected the payout account in force; use it, or wait until the new one is."],
  [60, "FeeTooHigh", "Expected a fee of at most 500 basis points; pass less."],
  [
    61,
    "DelayOutOfRange",
    "Expected delays and windows within their bounds; see the ranges of params in the program's page.",
  ],
  [62, "ParamNotReady", "Expected something pending whose notice is over; wait for it."],
  [63, "NotAdmin", "Expected the router's admin to sign; sign with that key."],
  [64, "NotPendingAdmin", "Expected the proposed admin to sign; have the admin propose this key first."],
  [65, "PauseCooldown", "Expected some time since the last pause of this kind; wait until it may be paused again."],
  [70, "Insolvent", "Expected the vault to cover everything the router owes; stop and look for the difference."],
];

/** Every error of the program by its code. */
export const errors: ErrorNode[] = TABLE.map(([code, name, message]) => errorNode({ code, name, message }));
