// What becomes of a transaction, from what a node says of it: landed, rejected, expired, or not known.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createSolanaRpcFromTransport, isSolanaError } from "@solana/kit";
import type { Base64EncodedWireTransaction, RpcTransport, Signature } from "@solana/kit";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { explainFailure } from "../failure.ts";
import {
  LANDING_BLOCKS_MAX,
  LANDING_POLL_MS,
  LANDING_RESEND_MS,
  LANDING_UNANSWERED_MS,
  LANDING_WAIT_MS,
} from "../limits.ts";
import { named } from "../test-bed/chain.ts";
import { landTransaction } from "./land-transaction.ts";
import type { LandingVerdict, SentTransaction } from "./landing-verdict.ts";

const PROGRAM = named("escrow program");
const SENT: SentTransaction = {
  wire: "AQ==" as Base64EncodedWireTransaction,
  signature: "5".repeat(88) as Signature,
  programs: [PROGRAM],
};
const ERROR = "err"; // Solana's own name

/** A node's answers by its methods; an `Error` is thrown as if the connection had broken. */
type Answers = Record<string, (params: readonly unknown[]) => unknown>;

let clock: ManualClock;
let answers: Answers;
let asked: { readonly method: string; readonly params: readonly unknown[]; readonly atMs: number }[];
let interruption: AbortController;

const statusOf = (status: object | null): unknown => ({ context: { slot: 1n }, value: [status] });
const refusal = (code: number, data?: object): unknown => ({ error: { code, message: "refused", data } });

beforeEach(() => {
  clock = manualClock();
  asked = [];
  interruption = new AbortController();
  answers = {
    sendTransaction: () => SENT.signature,
    getBlockHeight: () => 1_000n,
    getSignatureStatuses: () => statusOf({ confirmationStatus: "confirmed", [ERROR]: null }),
    getTransaction: () => null,
  };
});

const transport: RpcTransport = async <Response>({ payload }: Readonly<{ payload: unknown }>): Promise<Response> => {
  const { id, method, params } = payload as {
    readonly id: string;
    readonly method: string;
    readonly params: readonly unknown[];
  };
  asked.push({ method, params, atMs: clock.monotonic() });
  const result = answers[method]?.(params);
  if (result instanceof Error) throw result;
  const isRefusal = typeof result === "object" && result !== null && "error" in result;
  const envelope: unknown = { jsonrpc: "2.0", id, ...(isRefusal ? result : { result }) };
  return envelope as Response;
};

async function land(changes: Partial<SentTransaction> = {}): Promise<LandingVerdict> {
  const site = {
    rpc: createSolanaRpcFromTransport(transport),
    clock,
    signal: interruption.signal,
    isAway: (error: unknown) => !isSolanaError(error),
  };
  const ended = new AbortController();
  const work = landTransaction(site, { ...SENT, ...changes });
  const end = (): void => ended.abort();
  work.then(end, end);
  while (!ended.signal.aborted) {
    await pause(0);
    clock.advance(LANDING_POLL_MS);
  }
  return await work;
}

const sends = (): number => asked.filter(({ method }) => method === "sendTransaction").length;

test("it is sent once, and has landed when most of the cluster has voted for it", async () => {
  const seen = ["processed", "processed", "finalized"];
  answers["getSignatureStatuses"] = () => statusOf({ confirmationStatus: seen.shift(), [ERROR]: null });
  assert.deepEqual(await land(), { kind: "landed", signature: SENT.signature, status: "finalized" });
  assert.equal(sends(), 1);
});

test("it is sent again while nobody has seen it, without being tried out, and not too often", async () => {
  let left = 12;
  answers["getSignatureStatuses"] = () =>
    statusOf(left-- > 0 ? null : { confirmationStatus: "confirmed", [ERROR]: null });
  assert.equal((await land()).kind, "landed");
  const times = asked.filter(({ method }) => method === "sendTransaction");
  assert.deepEqual(
    times.map(({ params }) => (params[1] as { readonly skipPreflight?: boolean }).skipPreflight === true),
    [false, true, true],
  );
  assert.ok(times.every(({ atMs }, index) => index === 0 || atMs - times[index - 1]!.atMs >= LANDING_RESEND_MS));
});

describe("a first send that a node refuses", () => {
  test("is rejected where it foresees the failure, with its reason", async () => {
    const data = { [ERROR]: { InstructionError: [0, { Custom: 1 }] }, logs: [], accounts: null, unitsConsumed: 1 };
    answers["sendTransaction"] = () => refusal(-32_002, data);
    const verdict = await land();
    assert.equal(verdict.kind, "rejected");
    assert.ok(verdict.kind === "rejected" && explainFailure(verdict.failure, PROGRAM).instruction === 0);
    assert.equal(asked.length, 1);
  });

  test("is waited for where the node may have handed it on, knows it already, or is behind", async () => {
    for (const found of [
      refusal(-32_603),
      refusal(-32_002, { [ERROR]: "AlreadyProcessed", logs: [] }),
      refusal(-32_002, { [ERROR]: "BlockhashNotFound", logs: [] }),
      new TypeError("the connection broke"),
    ]) {
      answers["sendTransaction"] = () => found;
      assert.equal((await land()).kind, "landed");
    }
  });

  test("throws the node's own words where it tries nothing out", async () => {
    answers["sendTransaction"] = () => refusal(-32_005);
    await assert.rejects(land(), (error) => isSolanaError(error));
  });
});

test("it was rejected after it was sent: by its log, and without one by its error alone", async () => {
  const error = { InstructionError: [0, { Custom: 1 }] };
  answers["getSignatureStatuses"] = () => statusOf({ confirmationStatus: "confirmed", [ERROR]: error });
  for (const logMessages of [["a line"], null]) {
    answers["getTransaction"] = () => (logMessages === null ? null : { meta: { logMessages } });
    const verdict = await land();
    assert.ok(verdict.kind === "rejected");
    assert.deepEqual([verdict.failure.logs, verdict.failure.programs], [logMessages, SENT.programs]);
  }
});

describe("it has expired", () => {
  test("where no block up to its last has it, and not a block earlier", async () => {
    let height = 1_098n;
    answers["getBlockHeight"] = () => (height += 1n);
    answers["getSignatureStatuses"] = () => statusOf(null);
    assert.deepEqual(await land({ lastValidBlockHeight: 1_100n }), { kind: "expired" });
    assert.equal(height, 1_101n);
    const searched = asked.filter(({ method }) => method === "getSignatureStatuses").map(({ params }) => params[1]);
    assert.deepEqual(
      searched,
      [false, false, true].map((isOver) => ({ searchTransactionHistory: isOver })),
    );
  });

  test("where nobody has said its last block, after as many as any lives from the first look on", async () => {
    const first = 1_000n;
    let isFirst = true;
    let height = first;
    answers["getBlockHeight"] = () => {
      if (!isFirst) height += LANDING_BLOCKS_MAX / 2n;
      isFirst = false;
      return height;
    };
    answers["getSignatureStatuses"] = () => statusOf(null);
    assert.deepEqual(await land(), { kind: "expired" });
    assert.equal(height, first + (LANDING_BLOCKS_MAX / 2n) * 3n);
  });
});

describe("nobody knows yet", () => {
  test("where nothing answers for so long, with what was said last", async () => {
    const broken = new TypeError("the connection broke");
    for (const method of Object.keys(answers)) answers[method] = () => broken;
    assert.deepEqual(await land(), { kind: "unknown", why: "unanswered", cause: broken });
    const passedMs = clock.monotonic();
    assert.ok(passedMs >= LANDING_UNANSWERED_MS && passedMs < LANDING_UNANSWERED_MS * 2, String(passedMs));
  });

  test("where it is never confirmed while blocks stand still", async () => {
    answers["getSignatureStatuses"] = () => statusOf(null);
    assert.deepEqual(await land(), { kind: "unknown", why: "unconfirmed", cause: undefined });
    assert.ok(clock.monotonic() >= LANDING_WAIT_MS);
  });

  test("where somebody wants to wait no longer", async () => {
    answers["getSignatureStatuses"] = () => {
      interruption.abort();
      return statusOf(null);
    };
    assert.deepEqual(await land(), { kind: "unknown", why: "interrupted", cause: undefined });
  });
});
