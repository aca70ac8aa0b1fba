// A router with many users and providers, and its batches as real transactions of a packet's size.
import assert from "node:assert/strict";
import {
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  getTransactionSize,
  pipe,
  setTransactionMessageFeePayer,
} from "@solana/kit";
import type { Address, Instruction, Transaction } from "@solana/kit";
import {
  ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS,
  getAddressLookupTableEncoder,
} from "@solana-program/address-lookup-table";
import { FailedTransactionMetadata } from "litesvm";
import { microUsdc } from "@aimo-network/protocol/money";
import type { BatchEntry } from "../build/foresee-batch.ts";
import { batchInstructions } from "../batch/batch-instructions.ts";
import type { PackedBatch } from "../batch/pack.ts";
import { TestChain, named, signer } from "./chain.ts";
import { RouterBed } from "./router-bed.ts";
import { USDC } from "./router-instructions.ts";

/** A transaction that landed. */
export interface Landed {
  readonly logs: readonly string[];
  /** All compute units of the transaction. */
  readonly units: bigint;
  readonly bytes: number;
}

/** Users with 100 USDC each, and providers. */
export class SettlementCrowd {
  readonly bed: RouterBed;
  readonly users: readonly Address[];
  readonly owners: readonly Address[];

  private constructor(bed: RouterBed, users: readonly Address[], owners: readonly Address[]) {
    this.bed = bed;
    this.users = users;
    this.owners = owners;
  }

  static async gather(userCount: number, ownerCount: number): Promise<SettlementCrowd> {
    const bed = await RouterBed.open(new TestChain());
    const users = Array.from({ length: userCount }, (_, index) => named(`user ${index}`));
    const owners = Array.from({ length: ownerCount }, (_, index) => named(`provider ${index}`));
    await bed.know(...users, ...owners);
    for (const user of users) {
      bed.giveTokens(user, 100n * USDC);
      assert.ok(bed.openEscrow(user).isOk && bed.deposit(user, 100n * USDC).isOk);
    }
    for (const owner of owners) assert.ok(bed.registerProvider(owner).isOk);
    bed.chain.giveSol(bed.keys.settler);
    return new SettlementCrowd(bed, users, owners);
  }

  /** An entry by the numbers of its user and provider. */
  entry(user: number, owner: number, seq = 1, amount = 10_001n): BatchEntry {
    const [who, whom] = [this.users[user % this.users.length]!, this.owners[owner % this.owners.length]!];
    return { escrow: this.bed.escrowOf(who), provider: this.bed.providerOf(whom), amount: microUsdc(amount), seq };
  }

  /** Plants a lookup table that has been there for a while. */
  plantTable(name: string, addresses: readonly Address[]): { address: Address; addresses: readonly Address[] } {
    const state = { deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 1n, lastExtendedSlotStartIndex: 0 };
    const data = getAddressLookupTableEncoder().encode({ ...state, authority: null, addresses: [...addresses] });
    this.bed.chain.plant(named(name), ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS, Uint8Array.from(data));
    return { address: named(name), addresses };
  }

  /** Sends a batch as its own transaction. */
  settle(batch: PackedBatch, feePayer = this.bed.keys.settler): Landed {
    return this.land(feePayer, ...this.#instructionsOf(batch));
  }

  /** The bytes of a batch's transaction. */
  sizeOf(batch: PackedBatch, feePayer = this.bed.keys.settler): number {
    return getTransactionSize(this.#compile(feePayer, this.#instructionsOf(batch)));
  }

  #instructionsOf(batch: PackedBatch): Instruction[] {
    const root = new Uint8Array(32).fill(9);
    const { place: router, keys } = this.bed;
    const input = { settler: signer(keys.settler), router, root, batchId: 1n, computeUnitPrice: 1n };
    return batchInstructions(batch, input);
  }

  #compile(feePayer: Address, instructions: readonly Instruction[]): Transaction {
    return compileTransaction(
      pipe(
        createTransactionMessage({ version: 0 }),
        (draft) => setTransactionMessageFeePayer(feePayer, draft),
        (draft) => this.bed.chain.svm.setTransactionMessageLifetimeUsingLatestBlockhash(draft),
        (draft) => appendTransactionMessageInstructions(instructions, draft),
      ),
    );
  }

  /** Sends a transaction that has to land, in the bytes it really has. */
  land(feePayer: Address, ...instructions: readonly Instruction[]): Landed {
    const transaction = this.#compile(feePayer, instructions);
    const result = this.bed.chain.svm.sendTransaction(transaction);
    assert.ok(!(result instanceof FailedTransactionMetadata), String(result));
    return { logs: result.logs(), units: result.computeUnitsConsumed(), bytes: getTransactionSize(transaction) };
  }
}
