// Failures are put down to the program that failed first, and never to a code alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getSolanaErrorFromJsonRpcError, getSolanaErrorFromTransactionError } from "@solana/kit";
import type { Instruction } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { AccountState, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import fc from "fast-check";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ESCROW_ERROR_CODES } from "./error-codes.ts";
import { explainFailure } from "./failure.ts";
import type { FailedTransaction, TransactionFailure } from "./failure.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "./generated/programs/aimoEscrow.ts";
import { ANN, BEGINNER, MALLORY } from "./test-bed/cast.ts";
import { named, signer } from "./test-bed/chain.ts";
import { USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

const OURS = AIMO_ESCROW_PROGRAM_ADDRESS;
const OTHER = named("another program");

function explain(failed: FailedTransaction): TransactionFailure {
  return explainFailure(failed, OURS);
}

function custom(code: number, instruction = 0): object {
  return { InstructionError: [instruction, { Custom: code }] };
}

/** Sends instructions that fail with this code, and explains it from the log the chain really wrote. */
function explainReal(scene: Scene, code: number, ...instructions: readonly Instruction[]): TransactionFailure {
  const outcome = scene.chain.send(...instructions);
  assert.equal(outcome.isOk, false);
  return explain({ error: custom(code, instructions.length - 1), logs: outcome.logs });
}

test("the token program's code 1 is no missing signer, and ours is", async () => {
  const scene = await Scene.open();
  scene.bed.giveTokens(ANN, USDC);
  const poor = explainReal(scene, 1, scene.ask.deposit(ANN, 2n * USDC));
  assert.equal(poor.program, TOKEN_PROGRAM_ADDRESS);
  assert.equal(poor.name, undefined);
  assert.equal(
    poor.error.message,
    "The transaction failed in SPL Token: the token account holds too few tokens; send fewer, or fund it first",
  );
  const unsigned = scene.ask.closeEscrow(ANN, { closer: signer(MALLORY) });
  const missing = explainReal(scene, 1, scene.ask.deposit(ANN, USDC), unsigned);
  assert.deepEqual([missing.program, missing.name, missing.instruction], [OURS, "MissingSigner", 1]);
  assert.ok(isAimoError(missing.error, "escrow_refused"));
});

test("the system program's code under ours, and a token account that is frozen, are told from the log", async () => {
  const scene = await Scene.open();
  await scene.bed.know(BEGINNER);
  const pauper = signer(named("a pauper"));
  const poor = explainReal(scene, 1, scene.ask.registerProvider(BEGINNER, { payer: pauper }));
  assert.equal(poor.program, SYSTEM_PROGRAM_ADDRESS);
  assert.match(poor.error.message, /the payer has too little SOL/);
  scene.chain.plantToken(scene.bed.associatedOf(ANN), scene.bed.mint, ANN, 0n, { state: AccountState.Frozen });
  const frozen = explainReal(scene, 17, scene.ask.withdrawUser(ANN, USDC));
  assert.equal(frozen.program, TOKEN_PROGRAM_ADDRESS);
  assert.match(frozen.error.message, /frozen/);
});

test("every code of ours has its name, and the advice of the program's description", () => {
  for (const [name, code] of Object.entries(ESCROW_ERROR_CODES)) {
    const failed = `Program ${OURS} failed: custom program error: 0x${code.toString(16)}`;
    const explained = explain({ error: custom(code), logs: [`Program ${OURS} invoke [1]`, failed] });
    assert.equal(explained.name, name);
    assert.ok(isAimoError(explained.error, "escrow_refused"));
    const { expected, advice } = explained.error.context;
    assert.ok(expected.length > 5 && !expected.startsWith("Expected") && advice.endsWith("."), name);
  }
  const unknown = [`Program ${OURS} invoke [1]`, `Program ${OURS} failed: custom program error: 0x3e7`];
  const explained = explain({ error: custom(999), logs: unknown });
  assert.deepEqual([explained.name, explained.program], [undefined, OURS]);
});

test("a program's words cannot name another program as the one that failed", () => {
  const forged = `Program ${OURS} failed: custom program error: 0x2a`;
  const logs = [
    `Program ${OTHER} invoke [1]`,
    `Program log: ${forged}`,
    `Program log: x\n${forged}`,
    `Program ${OTHER} failed: custom program error: 0x2a`,
  ];
  const explained = explain({ error: custom(42), logs });
  assert.deepEqual([explained.program, explained.name], [OTHER, undefined]);
});

test("a deployment's codes have no names for who expects another deployment", () => {
  const logs = [`Program ${OURS} invoke [1]`, `Program ${OURS} failed: custom program error: 0x2a`];
  for (const failed of [{ logs }, { programs: [OURS] }]) {
    assert.equal(explainFailure({ error: custom(42), ...failed }, OURS).name, "ExitTooEarly");
    const explained = explainFailure({ error: custom(42), ...failed }, OTHER);
    assert.equal(explained.name, undefined);
    assert.ok(isAimoError(explained.error, "transaction_failed"));
  }
});

test("without a log only a code that no called program has is put down to the escrow", () => {
  const cut = { logs: ["Log truncated"], programs: [SYSTEM_PROGRAM_ADDRESS, OURS] };
  for (const [code, name] of [
    [1, undefined],
    [11, undefined],
    [20, "Paused"],
    [42, "ExitTooEarly"],
  ] as const) {
    const explained = explain({ error: custom(code, 1), ...cut });
    assert.equal(explained.name, name);
    assert.equal(explained.program, name === undefined ? undefined : OURS);
  }
  assert.equal(explain({ error: custom(1, 0), ...cut }).program, SYSTEM_PROGRAM_ADDRESS);
  const nobody = explain({ error: custom(42) });
  assert.deepEqual([nobody.program, nobody.name], [undefined, undefined]);
  assert.match(nobody.error.message, /code 42 of a program that the log does not show/);
});

test("kit's own errors are explained like what a node says", () => {
  const logs = [`Program ${OURS} invoke [1]`, `Program ${OURS} failed: custom program error: 0x29`];
  const thrown = getSolanaErrorFromTransactionError({ InstructionError: [2, { Custom: 41 }] });
  assert.deepEqual(explain({ error: thrown, logs }).name, "ExitNotRequested");
  const failed = { InstructionError: [2, { Custom: 41n }] };
  const preflight = getSolanaErrorFromJsonRpcError({
    code: -32002,
    message: "simulation failed",
    data: { logs, ["err"]: failed },
  });
  const explained = explain({ error: preflight });
  assert.deepEqual([explained.name, explained.instruction], ["ExitNotRequested", 2]);
});

test("failures of no instruction say what to do", () => {
  const words = (error: unknown): string => explain({ error }).error.message;
  assert.match(
    words("BlockhashNotFound"),
    /it has expired, or was signed for another network; build and sign it again/,
  );
  assert.match(words("AlreadyProcessed"), /it has landed before/);
  assert.match(words("InsufficientFundsForFee"), /the fee payer has too little SOL/);
  assert.match(words("AccountNotFound"), /the fee payer has no SOL/);
  assert.match(words({ InsufficientFundsForRent: { account_index: 3 } }), /less SOL than its rent/);
  assert.match(words("SomethingNew"), /SomethingNew/);
  const stopped = [`Program ${OURS} invoke [1]`, `Program ${OURS} failed: exceeded CUs meter at BPF instruction`];
  const explained = explain({ error: { InstructionError: [0, "ProgramFailedToComplete"] }, logs: stopped });
  assert.deepEqual([explained.program, explained.instruction], [OURS, 0]);
  assert.match(explained.error.message, /in the escrow program: exceeded CUs meter/);
});

test("what looks like a node's error and is none is explained all the same", () => {
  const shapes = [
    {},
    { InstructionError: 5 },
    { InstructionError: [0] },
    { InstructionError: [0, { Custom: 1 }, 2] },
    { InstructionError: [0, null] },
    { InstructionError: [0, ""] },
    { InstructionError: [0, 5] },
    { InstructionError: ["0", { Custom: 1 }] },
    { InstructionError: [null, "GenericError"] },
    { InstructionError: [0, { Custom: "1" }] },
    { InstructionError: [0, {}] },
    { InstructionError: [0, { Custom: 1 }], Another: 1 },
    { InsufficientFundsForRent: null },
    { InsufficientFundsForRent: 5 },
    "",
  ];
  for (const error of shapes) {
    const explained = explain({ error });
    assert.equal(explained.instruction, undefined, JSON.stringify(error));
    assert.match(explained.error.message, /for a reason that is not known here/, JSON.stringify(error));
  }
});

test("whatever a node says, it is explained", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true }), fc.array(fc.string()), (error, logs) => {
      const explained = explain({ error, logs });
      assert.equal(explained.name, undefined);
      assert.ok(isAimoError(explained.error, "transaction_failed"));
    }),
    { numRuns: 500 },
  );
});
