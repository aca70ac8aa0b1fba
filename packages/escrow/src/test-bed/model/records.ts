// What the model knows of the chain: every account as a plain object, as docs/escrow.md describes it.

/** An address; the model never looks into it. */
export type Key = string;

/** The address of zeros: nobody has a role that is given to it. */
export const NOBODY: Key = "11111111111111111111111111111111";
/** No amount is above it. */
export const AMOUNT_MAX = 2n ** 53n;

/** What a router has set: amounts in micro-USDC, durations in seconds. */
export interface Params {
  readonly feeBps: bigint;
  readonly minDeposit: bigint;
  readonly userExitDelay: bigint;
  readonly providerExitDelay: bigint;
  readonly allowanceNotice: bigint;
  readonly settlerWindow: bigint;
  readonly settlerWindowCap: bigint;
}

/** Who may do what for a router. */
export interface Roles {
  readonly settler: Key;
  readonly cosigner: Key;
  readonly guardian: Key;
  readonly feeOwner: Key;
}

/** One value for each kind of pause: DEPOSIT, SETTLE, COOP_WITHDRAW. */
export type PerPause = readonly [bigint, bigint, bigint];

/** A router. */
export interface Config {
  readonly kind: "config";
  readonly lamports: bigint;
  readonly routerId: Key;
  readonly mint: Key;
  readonly vault: Key;
  readonly vaultAuthority: Key;
  readonly admin: Key;
  readonly pendingAdmin: Key;
  readonly roles: Roles;
  readonly pendingRoles: Roles;
  readonly params: Params;
  readonly pendingParams: Params;
  readonly pendingAdminAt: bigint;
  readonly pendingRolesAt: bigint;
  readonly pendingParamsAt: bigint;
  readonly pauseUntil: PerPause;
  readonly pauseNotBefore: PerPause;
  readonly windowStart: bigint;
  readonly windowSpent: bigint;
  readonly totalUser: bigint;
  readonly totalProvider: bigint;
  readonly feeAccrued: bigint;
  readonly batchCount: bigint;
  /** In hexadecimal. */
  readonly lastRoot: string;
  readonly url: string;
}

/** A user at a router. */
export interface Escrow {
  readonly kind: "escrow";
  readonly lamports: bigint;
  readonly config: Key;
  readonly user: Key;
  readonly rentPayer: Key;
  readonly openedSlot: bigint;
  readonly balance: bigint;
  readonly depositedTotal: bigint;
  readonly withdrawnTotal: bigint;
  readonly settledTotal: bigint;
  readonly allowTotal: bigint;
  readonly allowExpiresAt: bigint;
  readonly pendingAllowTotal: bigint;
  readonly pendingAllowExpiresAt: bigint;
  readonly pendingAllowAt: bigint;
  readonly lastDebitSlot: bigint;
  readonly exitRequestedAt: bigint;
  readonly exitDelay: bigint;
  readonly settleSeq: number;
  readonly withdrawSeq: number;
}

/** A provider at a router. */
export interface Provider {
  readonly kind: "provider";
  readonly lamports: bigint;
  readonly config: Key;
  readonly owner: Key;
  readonly rentPayer: Key;
  readonly payout: Key;
  readonly pendingPayout: Key;
  readonly pendingPayoutAt: bigint;
  readonly openedSlot: bigint;
  readonly earnedTotal: bigint;
  readonly withdrawnTotal: bigint;
  readonly exitRequestedAt: bigint;
  readonly exitAmount: bigint;
  readonly exitDelay: bigint;
  readonly withdrawSeq: number;
}

/** A token account of SPL Token. */
export interface Token {
  readonly kind: "token";
  readonly lamports: bigint;
  readonly mint: Key;
  readonly owner: Key;
  readonly amount: bigint;
  readonly state: "uninitialized" | "initialized" | "frozen";
}

/** A mint, of SPL Token or of another program. */
export interface Mint {
  readonly kind: "mint";
  readonly lamports: bigint;
  readonly decimals: number;
  readonly isOfSplToken: boolean;
}

/** An account without data, that of a person or of nobody; one without lamports is not there at all. */
export interface Wallet {
  readonly kind: "wallet";
  readonly lamports: bigint;
}

/** What looks like a record of the program, or like none, but belongs to another program or is of another version. */
export interface Impostor {
  readonly kind: "impostor";
  readonly lamports: bigint;
  readonly looksLike: "config" | "escrow" | "provider" | "a closed one";
  readonly isOfAnotherProgram: boolean;
}

/** Any account. */
export type Account = Config | Escrow | Provider | Token | Mint | Wallet | Impostor;

/** The roles of a router where nobody has any. */
export const NO_ROLES: Roles = { settler: NOBODY, cosigner: NOBODY, guardian: NOBODY, feeOwner: NOBODY };

/** Params where none are pending. */
export const NO_PARAMS: Params = {
  feeBps: 0n,
  minDeposit: 0n,
  userExitDelay: 0n,
  providerExitDelay: 0n,
  allowanceNotice: 0n,
  settlerWindow: 0n,
  settlerWindowCap: 0n,
};
