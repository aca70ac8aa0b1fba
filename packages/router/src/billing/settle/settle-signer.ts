// Who signs for the settler, as settling needs it; signer/ is behind it.

/** Signed bytes of a transaction that its signer pays for. */
export interface SettleSignature {
  readonly signature: string;
  readonly wire: string;
  readonly lastValidBlockHeight: bigint;
}

/** Who signs for the settler. */
export interface SettleSigner {
  signBatch(batchId: bigint): Promise<SettleSignature>;
  signRegistration(providers: readonly string[]): Promise<SettleSignature>;
}
