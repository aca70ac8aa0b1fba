// What a transaction of one's own is made of, and what is offered for its place in a block.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountRole, createSolanaRpcFromTransport } from "@solana/kit";
import type { Blockhash, Instruction, Rpc, RpcTransport, SolanaRpcApi } from "@solana/kit";
import { recentUnitPrice, unsignedTransaction } from "./compose-transaction.ts";
import { describeTransaction } from "./describe/describe-transaction.ts";
import { FEE_ACCOUNTS_MAX, OWN_UNITS, UNIT_PRICE_MAX } from "./limits.ts";
import { named } from "./test-bed/chain.ts";

const [PAYER, PROGRAM] = [named("payer"), named("a program")];
const lifetime = { blockhash: "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi" as Blockhash, lastValidBlockHeight: 1n };

/** Writes so many accounts. */
function writing(count: number): Instruction {
  const accounts = Array.from({ length: count }, (_, index) => ({
    address: named(`account ${index}`),
    role: AccountRole.WRITABLE,
  }));
  return { programAddress: PROGRAM, accounts, data: Uint8Array.of(1) };
}

test("it has the instructions, the payer, and a fee that is the price of its units", async () => {
  for (const unitPrice of [0n, 2_000_000n]) {
    const bytes = unsignedTransaction({ feePayer: PAYER, instructions: [writing(1)], lifetime, unitPrice });
    const described = await describeTransaction(bytes, { programAddress: PROGRAM });
    assert.ok(described.kind === "transaction");
    assert.deepEqual([described.version, described.fee.payer], [0, PAYER]);
    assert.equal(described.fee.priorityLamportsMax, (BigInt(OWN_UNITS) * unitPrice) / 1_000_000n);
    assert.deepEqual(
      described.signers.map(({ address, signature }) => [address, signature]),
      [[PAYER, "missing"]],
    );
  }
});

/** A node that tells these fees, or fails. */
function nodeTelling(fees: readonly bigint[] | Error): { rpc: Rpc<SolanaRpcApi>; asked: unknown[] } {
  const asked: unknown[] = [];
  const transport: RpcTransport = async <Response>({ payload }: Readonly<{ payload: unknown }>): Promise<Response> => {
    const { id, params } = payload as { readonly id: string; readonly params: readonly unknown[] };
    asked.push(params[0]);
    if (fees instanceof Error) throw fees;
    const result = fees.map((prioritizationFee, slot) => ({ slot: BigInt(slot), prioritizationFee }));
    const envelope: unknown = { jsonrpc: "2.0", id, result };
    return envelope as Response;
  };
  return { rpc: createSolanaRpcFromTransport(transport), asked };
}

test("the price is what was enough in three of four slots, capped, and nothing where the node does not tell", async () => {
  const price = async (fees: readonly bigint[] | Error): Promise<bigint> =>
    await recentUnitPrice(nodeTelling(fees).rpc, [writing(1)]);
  assert.equal(await price([100n, 300n, 200n, 400n]), 300n);
  assert.equal(await price([UNIT_PRICE_MAX]), UNIT_PRICE_MAX);
  assert.equal(await price([UNIT_PRICE_MAX + 1n]), UNIT_PRICE_MAX);
  assert.equal(await price([]), 0n);
  assert.equal(await price(new Error("away")), 0n);
});

test("a node is asked about as many accounts as it takes", async () => {
  const { rpc, asked } = nodeTelling([]);
  await recentUnitPrice(rpc, [writing(FEE_ACCOUNTS_MAX + 1)]);
  assert.equal((asked[0] as readonly unknown[]).length, FEE_ACCOUNTS_MAX);
});
