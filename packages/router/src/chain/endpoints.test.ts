// Calls go to a node that answers; one that does not rests, and nobody is told where it is.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND, isSolanaError } from "@solana/kit";
import type { Address, RpcTransport } from "@solana/kit";
import { pino } from "pino";
import { createEndpoints } from "./endpoints.ts";
import { NodeRefusal } from "./http-node.ts";
import { ENDPOINT_REST_MAX_MS, ENDPOINT_REST_MS, ENDPOINT_TIMEOUT_MS, SCAN_TIMEOUT_MS } from "./limits.ts";

type Script = (method: string) => unknown;

const SOMEBODY = "SysvarC1ock11111111111111111111111111111111" as Address;

/** Nodes that answer what their scripts say; a script that throws is a node that cannot be reached. */
function bedOf(...scripts: Script[]) {
  const clock = manualClock();
  const lines: string[] = [];
  const asked: number[] = [];
  const urls = scripts.map((_, index) => `https://node-${index}.test:8443/v1/secret-path?api-key=secret-key`);
  const transportTo = (url: string): RpcTransport => {
    const index = urls.indexOf(url);
    return async <Answer>({ payload }: Readonly<{ payload: unknown }>): Promise<Answer> => {
      const { id, method } = payload as { id: string; method: string };
      asked.push(index);
      const envelope: unknown = { jsonrpc: "2.0", id, ...((await scripts[index]?.(method)) as object) };
      return envelope as Answer;
    };
  };
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const endpoints = createEndpoints(urls, { clock, log, transportTo });
  const take = (): number[] => asked.splice(0);
  return { clock, lines, endpoints, take };
}

const slot = (value: number): Script => {
  return () => ({ result: value });
};
const fails = (code: number): Script => {
  return () => ({ error: { code, message: "so it is" } });
};
const isDown: Script = () => {
  throw new Error("nobody is there");
};

test("a node that failed rests while another answers, and is asked again afterwards", async () => {
  let isUp = false;
  const { clock, endpoints, take, lines } = bedOf((method) => (isUp ? slot(1)(method) : isDown(method)), slot(2));
  assert.equal(await endpoints.any.getSlot().send(), 2n);
  assert.deepEqual(take(), [0, 1]);
  isUp = true;
  clock.advance(ENDPOINT_REST_MS - 1);
  assert.equal(await endpoints.any.getSlot().send(), 2n);
  assert.deepEqual(take(), [1]);
  clock.advance(1);
  assert.equal(await endpoints.any.getSlot().send(), 1n);
  assert.deepEqual(take(), [0]);
  assert.equal(lines.length, 1, "it is said once");
  assert.match(lines[0]!, /node-0\.test:8443/);
  assert.doesNotMatch(lines[0]!, /secret/);
});

test("where all rest they are asked all the same, and where none answers it is said so", async () => {
  let isUp = false;
  const { endpoints, take } = bedOf(isDown, (method) => (isUp ? slot(7)(method) : isDown(method)));
  await assert.rejects(endpoints.any.getSlot().send(), (error) => isAimoError(error, "chain_unavailable"));
  assert.deepEqual(take(), [0, 1]);
  isUp = true;
  assert.equal(await endpoints.any.getSlot().send(), 7n);
  assert.deepEqual(take(), [0, 1]);
  assert.equal(await endpoints.any.getSlot().send(), 7n);
  assert.deepEqual(take(), [1], "who has answered does not rest any more");
});

for (const [asked, rest] of [
  [undefined, ENDPOINT_REST_MS],
  [1_000, ENDPOINT_REST_MS],
  [40_000, 40_000],
  [10 * ENDPOINT_REST_MAX_MS, ENDPOINT_REST_MAX_MS],
] as const) {
  test(`a node that asks for ${asked} ms of rest gets ${rest}`, async () => {
    const refuses: Script = () => {
      throw new NodeRefusal("expected status 200, found 429", asked);
    };
    const { clock, endpoints, take } = bedOf(refuses, slot(2));
    await endpoints.any.getSlot().send();
    clock.advance(rest - 1);
    take();
    await endpoints.any.getSlot().send();
    assert.deepEqual(take(), [1]);
    clock.advance(1);
    await endpoints.any.getSlot().send();
    assert.deepEqual(take(), [0, 1]);
  });
}

for (const code of [-32_005, -32_004, -32_014, -32_429]) {
  test(`a node that says ${code} is ill: another is asked, and it rests`, async () => {
    const { endpoints, take } = bedOf(fails(code), slot(2));
    assert.equal(await endpoints.any.getSlot().send(), 2n);
    assert.equal(await endpoints.any.getSlot().send(), 2n);
    assert.deepEqual(take(), [0, 1, 1]);
  });
}

test("a node that is behind what the call demands is passed over without rest, whether it says so or not", async () => {
  const at = (context: number): Script => {
    return () => ({ result: { context: { slot: context }, value: [null] } });
  };
  const minContextSlot = 100n;
  for (const behind of [fails(-32_016), at(99)]) {
    const { endpoints, take, lines } = bedOf(behind, at(100));
    const answer = await endpoints.any.getMultipleAccounts([SOMEBODY], { minContextSlot }).send();
    assert.equal(answer.context.slot, 100n);
    await endpoints.any
      .getMultipleAccounts([SOMEBODY], { minContextSlot: 90n })
      .send()
      .catch(() => undefined);
    assert.deepEqual(take().slice(0, 3), [0, 1, 0]);
    assert.deepEqual(lines, []);
  }
  const { endpoints } = bedOf(at(99), at(98));
  const wanted = endpoints.any.getMultipleAccounts([SOMEBODY], { minContextSlot });
  await assert.rejects(wanted.send(), (error) => isAimoError(error, "chain_unavailable"));
});

test("what only some nodes do not know another is asked for; where none knows it, the caller learns that", async () => {
  const known = bedOf(fails(-32_601), slot(2));
  assert.equal(await known.endpoints.any.getSlot().send(), 2n);
  const isUnknown = (error: unknown): boolean => isSolanaError(error, SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND);
  const unknown = bedOf(fails(-32_601), fails(-32_601));
  await assert.rejects(unknown.endpoints.any.getSlot().send(), isUnknown);
  const uncertain = bedOf(fails(-32_601), isDown);
  await assert.rejects(uncertain.endpoints.any.getSlot().send(), (error) => isAimoError(error, "chain_unavailable"));
});

test("what a node says of the call itself is the caller's, and no reason to ask another", async () => {
  const { endpoints, take } = bedOf(fails(-32_602), slot(2));
  await assert.rejects(endpoints.any.getSlot().send(), isSolanaError);
  assert.deepEqual(take(), [0]);
});

test("a node that is not trusted is not asked until its time is over, not even where no other is left", async () => {
  const { clock, endpoints, take } = bedOf(slot(1), isDown);
  endpoints.distrust(0, 60_000);
  clock.advance(59_999);
  await assert.rejects(endpoints.any.getSlot().send(), (error) => isAimoError(error, "chain_unavailable"));
  assert.deepEqual(take(), [1]);
  assert.equal(await endpoints.each[0]!.getSlot().send(), 1n, "what must be true everywhere is asked of it, too");
  clock.advance(1);
  assert.equal(await endpoints.any.getSlot().send(), 1n);
});

test("a node that shall rest is asked last", async () => {
  const { endpoints, take } = bedOf(slot(1), slot(2));
  endpoints.rest(0, 60_000);
  assert.equal(await endpoints.any.getSlot().send(), 2n);
  assert.deepEqual(take(), [1]);
});

for (const [method, limitMs] of [
  ["getSlot", ENDPOINT_TIMEOUT_MS],
  ["getProgramAccounts", SCAN_TIMEOUT_MS],
] as const) {
  test(`a node that says nothing to ${method} is given up after ${limitMs} ms`, async () => {
    const silence = new Promise<never>(() => undefined);
    const { clock, endpoints, take } = bedOf(() => silence, slot(2));
    const { any } = endpoints;
    const answered = method === "getSlot" ? any.getSlot().send() : any.getProgramAccounts(SOMEBODY).send();
    let isAnswered = false;
    void answered.finally(() => (isAnswered = true));
    clock.advance(limitMs - 1);
    await setImmediate();
    assert.equal(isAnswered, false);
    clock.advance(1);
    await answered;
    assert.deepEqual(take(), [0, 1]);
    assert.equal(clock.waiting, 0);
  });
}

test("a caller who leaves is no fault of the node", async () => {
  const { endpoints, take, lines } = bedOf(() => {
    leaving.abort(new Error("left"));
    throw new Error("aborted");
  }, slot(2));
  const leaving = new AbortController();
  await assert.rejects(endpoints.any.getSlot().send({ abortSignal: leaving.signal }));
  assert.deepEqual(take(), [0]);
  assert.deepEqual(lines, []);
});
