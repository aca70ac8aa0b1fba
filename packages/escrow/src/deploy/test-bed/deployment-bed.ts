// A Solana in this process for deployments: signatures are checked, and the loader is the runtime's own.
import { createHash } from "node:crypto";
import {
  appendTransactionMessageInstructions,
  createKeyPairSignerFromPrivateKeyBytes,
  createTransactionMessage,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import type { Address, Instruction, KeyPairSigner } from "@solana/kit";
import { getMintEncoder, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { FailedTransactionMetadata, LiteSVM } from "litesvm";
import type { ChainAccount, DeploymentChain } from "../deployment-chain.ts";

const SOL = 1_000_000_000n;

/** A key that is the same in every run. */
export function keyOf(name: string): Promise<KeyPairSigner> {
  return createKeyPairSignerFromPrivateKeyBytes(createHash("sha256").update(name).digest());
}

/** A chain without the program; whoever pays has money. */
export class DeploymentBed implements DeploymentChain {
  readonly svm: LiteSVM = new LiteSVM().withTransactionHistory(0n);
  readonly payer: KeyPairSigner;
  /** How many transactions arrived. */
  sent = 0;
  /** From this many on, transactions are lost on their way. */
  sentMax = Infinity;

  constructor(payer: KeyPairSigner) {
    this.payer = payer;
    this.giveSol(payer.address, 100n);
  }

  static async start(): Promise<DeploymentBed> {
    return new DeploymentBed(await keyOf("payer"));
  }

  giveSol(address: Address, amount: bigint): void {
    this.svm.airdrop(address, lamports(amount * SOL));
  }

  /** Lets a slot go by, after which what was deployed runs. */
  nextSlot(): void {
    this.svm.warpToSlot(this.svm.getClock().slot + 1n);
  }

  async send(instructions: readonly Instruction[]): Promise<void> {
    if (this.sent >= this.sentMax) throw new Error("lost on its way");
    this.sent += 1;
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayerSigner(this.payer, draft),
      (draft) => this.svm.setTransactionMessageLifetimeUsingLatestBlockhash(draft),
      (draft) => appendTransactionMessageInstructions(instructions, draft),
    );
    const result = this.svm.sendTransaction(await signTransactionMessageWithSigners(message));
    const refusal = result instanceof FailedTransactionMetadata ? result : undefined;
    if (refusal !== undefined) throw new Error(`${String(refusal.err())}\n${refusal.meta().logs().join("\n")}`);
  }

  async getAccount(address: Address): Promise<ChainAccount | undefined> {
    const found = this.svm.getAccount(address);
    if (!found.exists) return undefined;
    return { programAddress: found.programAddress, lamports: found.lamports, data: Uint8Array.from(found.data) };
  }

  async rentOf(bytes: bigint): Promise<bigint> {
    return this.svm.minimumBalanceForRentExemption(bytes);
  }
}

/** Puts a mint of six decimals there, of which nobody can make more. */
export function plantMint({ svm }: DeploymentBed, mint: Address): void {
  const state = { mintAuthority: null, supply: 0n, decimals: 6, isInitialized: true, freezeAuthority: null };
  const data = Uint8Array.from(getMintEncoder().encode(state));
  const space = BigInt(data.length);
  svm.setAccount({
    address: mint,
    programAddress: TOKEN_PROGRAM_ADDRESS,
    data,
    lamports: lamports(svm.minimumBalanceForRentExemption(space)),
    executable: false,
    space,
  });
}
