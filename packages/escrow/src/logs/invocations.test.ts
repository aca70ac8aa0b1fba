// A log's frames, by the runtime's own lines and nobody else's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import fc from "fast-check";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { ANN } from "../test-bed/cast.ts";
import { named } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { readInvocations } from "./invocations.ts";

const [ONE, TWO] = [named("one program"), named("two programs")];

test("calls are read with their depth, their instruction and what became of them", async () => {
  const { chain, ask } = await Scene.open();
  const { logs } = chain.send(ask.requestExit(ANN), ask.cancelExit(ANN), ask.deposit(ANN, USDC));
  const { invocations, failed, isWhole } = readInvocations(logs);
  const seen = invocations.map(({ program, depth, ordinal, outcome }) => [program, depth, ordinal, outcome]);
  assert.deepEqual(seen, [
    [AIMO_ESCROW_PROGRAM_ADDRESS, 1, 0, "success"],
    [AIMO_ESCROW_PROGRAM_ADDRESS, 1, 1, "success"],
    [AIMO_ESCROW_PROGRAM_ADDRESS, 1, 2, "success"],
    [TOKEN_PROGRAM_ADDRESS, 2, 2, "success"],
  ]);
  assert.deepEqual([failed, isWhole], [undefined, true]);
});

test("the call that failed first is the innermost one", async () => {
  const { chain, ask, bed } = await Scene.open();
  bed.giveTokens(ANN, 0n);
  const { failed, isWhole } = readInvocations(chain.send(ask.deposit(ANN, USDC)).logs);
  assert.deepEqual(
    [failed?.program, failed?.depth, failed?.reason],
    [TOKEN_PROGRAM_ADDRESS, 2, "custom program error: 0x1"],
  );
  assert.equal(isWhole, true);
});

test("words and data belong to the call that logged them, whatever they look like", () => {
  const logs = [
    `Program ${ONE} invoke [1]`,
    "Program log: first",
    "Program data: AQ==",
    `Program ${TWO} invoke [2]`,
    `Program log: Program ${ONE} success`,
    `Program log: a\nProgram ${ONE} failed: custom program error: 0x0\nProgram data: Aw==`,
    "Program data: Ag==",
    `Program ${TWO} success`,
    "Program data: BA==",
    `Program ${ONE} success`,
    "Program data: BQ==",
  ];
  const { invocations, failed, isWhole } = readInvocations(logs);
  assert.deepEqual(
    invocations.map(({ data }) => data),
    [["AQ==", "BA=="], ["Ag=="]],
  );
  assert.deepEqual([invocations[0]?.words, failed, isWhole], [["first"], undefined, true]);
});

test("a log that was cut, or whose frames do not match, is not whole", () => {
  const begun = [`Program ${ONE} invoke [1]`, "Program data: AQ=="];
  assert.equal(readInvocations(begun).isWhole, false);
  assert.equal(readInvocations([...begun, "Log truncated"]).isWhole, false);
  assert.equal(readInvocations([...begun, `Program ${TWO} success`]).isWhole, false);
  assert.equal(readInvocations([...begun, `Program ${TWO} invoke [1]`]).isWhole, false);
  assert.equal(readInvocations([...begun, `Program ${TWO} invoke [3]`]).isWhole, false);
  assert.equal(readInvocations([`Program ${ONE} success`]).isWhole, false);
  assert.equal(readInvocations(begun).invocations[0]?.outcome, "open");
});

test("any lines can be read", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(`Program ${ONE} invoke [1]`, `Program ${ONE} invoke [2]`, `Program ${TWO} invoke [2]`),
    fc.constantFrom(`Program ${ONE} success`, `Program ${TWO} success`, `Program ${ONE} failed: x`, "Log truncated"),
  );
  fc.assert(
    fc.property(fc.array(line), (logs) => {
      const { invocations, failed } = readInvocations(logs);
      assert.ok(failed === undefined || invocations.includes(failed));
    }),
  );
});
