// What a person reads who is asked to sign.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getSetComputeUnitLimitInstruction, getSetComputeUnitPriceInstruction } from "@solana-program/compute-budget";
import { ANN, MALLORY } from "../test-bed/cast.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { describeTransaction } from "./describe-transaction.ts";
import { toldWords } from "./told-words.ts";

test("what it does and costs, with what is known by its name, and what is odd", async () => {
  const { ask, bed } = await Scene.open();
  const budget = [
    getSetComputeUnitLimitInstruction({ units: 150_000 }),
    getSetComputeUnitPriceInstruction({ microLamports: 300 }),
  ];
  const expectations = { ...bed.place, router: bed.config, mint: bed.mint };
  const tell = async (vault = bed.vault, names: Readonly<Record<string, string>> = {}): Promise<string[]> => {
    const bytes = bytesOf(unsigned(ANN, [...budget, ask.deposit(ANN, USDC, { vault })]));
    const described = await describeTransaction(bytes, expectations);
    return described.kind === "transaction" ? toldWords(described, names) : [];
  };
  const name = "R (https://r.example/$&$'$`)"; // whatever a replacement would read in it
  const lines = await tell(bed.vault, { [bed.config]: name });
  const from = bed.associatedOf(ANN);
  assert.deepEqual(lines, [
    `Deposits 1.00 USDC from ${from} with the signature of your wallet into your wallet's escrow at router ${name}.`,
    "Your wallet pays the fee, at most 0.000005045 SOL.",
  ]);
  assert.match((await tell(MALLORY)).at(-1) ?? "", /^Attention: The vault is /);
});
