// What is signed for a router, and for whom: by code in its own process, or by a process of its own behind a socket.

/** A transaction that is signed whole; the settler pays for it. */
export interface SignedTransaction {
  readonly signature: string;
  /** In base64, as nodes take it. */
  readonly wire: string;
  readonly lastValidBlockHeight: bigint;
}

/** A transaction that its owner still has to sign, who pays for it and comes first. */
export interface CosignedTransaction {
  readonly wire: string;
  readonly lastValidBlockHeight: bigint;
}

/** A step with the router's own lookup tables. */
export type TableStep =
  | { readonly kind: "create" }
  /** Adds accounts of this router to a table. */
  | { readonly kind: "extend"; readonly table: string; readonly addresses: readonly string[] }
  | { readonly kind: "deactivate"; readonly table: string }
  | { readonly kind: "close"; readonly table: string };

/**
 * Signs what it has read in the ledger and on chain itself, and has built itself: nobody hands it bytes. Throws
 * `signing_refused` with the reason where a rule of docs/signer.md says no.
 */
export interface Signer {
  readonly addresses: { readonly settler: string; readonly cosigner: string };
  /** What of an open batch of the ledger is not posted yet, in the order of its entries. */
  signBatch(batchId: bigint): Promise<SignedTransaction>;
  /** Opens the accounts of providers who are owed enough, at this router's expense; those that have one are left out. */
  signRegistration(providers: readonly string[]): Promise<SignedTransaction>;
  /** A withdrawal of the ledger that nobody has signed. */
  signWithdrawal(id: string): Promise<CosignedTransaction>;
  /** A step with a lookup table; its rent comes from the settler and goes back to it. */
  signTable(step: TableStep): Promise<SignedTransaction & { readonly table: string }>;
}
