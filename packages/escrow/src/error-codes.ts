// What the program refuses, by code: docs/escrow.md. Codes are appended, never changed or used again.

/** Every code of the program by its name. */
export const ESCROW_ERROR_CODES = {
  BadInstruction: 0,
  MissingSigner: 1,
  BadOwner: 2,
  BadDiscriminator: 3,
  BadVersion: 4,
  ConfigMismatch: 5,
  BadPda: 6,
  BadMint: 7,
  BadTokenProgram: 8,
  BadVault: 9,
  BadDestination: 10,
  AlreadyInitialized: 11,
  Paused: 20,
  ZeroAmount: 21,
  BelowMinDeposit: 22,
  InsufficientBalance: 23,
  Overflow: 24,
  DepositDelta: 25,
  AmountTooLarge: 26,
  NoticePending: 32,
  SeqGap: 33,
  SettlerCap: 34,
  BatchEmpty: 35,
  BatchTooLarge: 36,
  IndexOutOfRange: 37,
  SelfDealing: 38,
  ExitPending: 40,
  ExitNotRequested: 41,
  ExitTooEarly: 42,
  NotEmpty: 43,
  TooYoung: 44,
  BadWithdrawSeq: 45,
  NotProviderOwner: 50,
  CosignerRequired: 51,
  NothingToWithdraw: 52,
  PayoutTimelock: 53,
  FeeTooHigh: 60,
  DelayOutOfRange: 61,
  ParamNotReady: 62,
  NotAdmin: 63,
  NotPendingAdmin: 64,
  PauseCooldown: 65,
  Insolvent: 70,
} as const;

/** A name of what the program refuses. */
export type EscrowErrorName = keyof typeof ESCROW_ERROR_CODES;

const NAMES = new Map(
  Object.entries(ESCROW_ERROR_CODES).map(([name, code]): [number, EscrowErrorName] => [code, name as EscrowErrorName]),
);

/** The name of a code the program failed with; undefined where this client does not know it. */
export function escrowErrorName(code: number): EscrowErrorName | undefined {
  return NAMES.get(code);
}
