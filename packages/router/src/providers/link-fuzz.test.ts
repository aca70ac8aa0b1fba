// The router's end of a link over a real WebSocket: whatever a peer sends and whenever it goes, nothing is left behind.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FrameName } from "@aimo-network/protocol/wire/frame";
import { encodeCredit, encodeFrame, FRAMES } from "@aimo-network/protocol/wire/frame";
import type { LinkAttempt } from "./provider-link.ts";
import fc from "fast-check";
import type { LinkBench, RawPeer } from "../test-bed/link-bench.ts";
import { currentAttemptId, emptyEnd, hello, openAttempt, startLinkBench } from "../test-bed/link-bench.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";

const CONCURRENCY = 6;
// Counted for itself too: a slot of the offer that is not given back shows as well as one of the link.
const OFFER = plainOffer("m", { max_concurrency: CONCURRENCY });

/** An attempt on the link: what its owner holds, and how often it was told the end. */
interface Opened {
  readonly attempt: LinkAttempt;
  readonly attemptId: string;
  readonly told: string[];
  readonly streamId: number;
  /** The provider has begun its answer. */
  headed: boolean;
  isAcknowledged: boolean;
}

/** One connection under test. */
interface Run {
  readonly bench: LinkBench;
  readonly peer: RawPeer;
  readonly opened: Opened[];
  /** Body bytes that each owner has granted, by place in `opened`. */
  granted: number[];
  drained: boolean;
}

type Step = (run: Run) => Promise<void> | void;

function pick(run: Run, index: number): Opened | undefined {
  return run.opened[index % Math.max(1, run.opened.length)];
}

function bodyBytes({ told }: Opened): number {
  return told.filter((words) => words.startsWith("body ")).reduce((sum, words) => sum + words.length - 5, 0);
}

function isOver({ told }: Opened): boolean {
  return told.some((words) => /^(end|lost) /.test(words));
}

/** Acknowledges the End of an attempt, once it has come. */
function acknowledge(one: Opened | undefined): void {
  if (one === undefined || one.isAcknowledged || !one.told.some((words) => words.startsWith("end "))) return;
  one.isAcknowledged = true;
  one.attempt.acknowledge(true);
}

/** Waits until both ends have read what was sent, or the connection has gone. */
async function settle({ peer }: Run): Promise<void> {
  if (peer.socket.readyState !== peer.socket.OPEN) return;
  await Promise.race([peer.settle(), peer.closed]);
}

function send({ peer }: Run, bytes: Uint8Array | string): void {
  if (peer.socket.readyState === peer.socket.OPEN) peer.socket.send(bytes);
}

function sendJson(run: Run, name: FrameName, streamId: number, message: unknown): void {
  send(run, encodeFrame(name, streamId, Buffer.from(JSON.stringify(message))));
}

const place = fc.nat(9);
const stepOf = (words: string, step: Step): { words: string; step: Step } => ({ words, step });

/** What a provider does that keeps to the protocol, in any order, and what the router does with its attempts. */
const likely = fc.oneof(
  fc.constantFrom(0, 9, 40_000, 1_500_000).map((bytes) =>
    stepOf(`open with ${bytes}`, (run) => {
      if (run.peer.link.freeSlots("m") <= 0) return;
      const { attempt, told } = openAttempt(run.peer, "m", "b".repeat(bytes));
      run.opened.push({
        attempt,
        told,
        attemptId: currentAttemptId(),
        streamId: run.opened.length + 1,
        headed: false,
        isAcknowledged: false,
      });
      run.granted.push(0);
    }),
  ),
  place.map((index) => stepOf(`cancel ${index}`, (run) => pick(run, index)?.attempt.cancel("client_left"))),
  place.map((index) =>
    stepOf(`grant ${index}`, (run) => {
      const at = index % Math.max(1, run.opened.length);
      const one = run.opened[at];
      if (one === undefined) return;
      const due = bodyBytes(one) - (run.granted[at] ?? 0);
      run.granted[at] = bodyBytes(one);
      one.attempt.grant(due);
    }),
  ),
  place.map((index) =>
    stepOf(`head ${index}`, (run) => {
      const one = pick(run, index);
      if (one === undefined || one.headed) return;
      one.headed = true;
      sendJson(run, "response-head", one.streamId, { status: 200, headers: {} });
    }),
  ),
  fc.tuple(place, fc.constantFrom(0, 1, 900, 20_000)).map(([index, bytes]) =>
    stepOf(`body ${index} ${bytes}`, (run) => {
      const one = pick(run, index);
      if (one?.headed === true) send(run, encodeFrame("response-body", one.streamId, Buffer.alloc(bytes, "x")));
    }),
  ),
  place.map((index) =>
    stepOf(`end ${index}`, (run) => {
      const one = pick(run, index);
      if (one !== undefined) sendJson(run, "response-end", one.streamId, emptyEnd(one.attemptId));
    }),
  ),
  place.map((index) => stepOf(`acknowledge ${index}`, (run) => acknowledge(pick(run, index)))),
  fc.tuple(place, fc.constantFrom(1, 70_000, 2 ** 31)).map(([index, bytes]) =>
    stepOf(`credit ${index} ${bytes}`, (run) => {
      const one = pick(run, index);
      if (one !== undefined) send(run, encodeFrame("credit", one.streamId, encodeCredit(bytes)));
    }),
  ),
  fc.constantFrom(
    stepOf("stall", ({ peer }) => peer.socket.pause()),
    stepOf("read on", ({ peer }) => peer.socket.resume()),
    stepOf("replay", (run) => sendJson(run, "end-replay", 0, emptyEnd("a".repeat(32)))),
    stepOf("hello again", (run) => sendJson(run, "hello", 0, hello(CONCURRENCY))),
    stepOf("offers again", (run) => sendJson(run, "offers", 0, { offers: [OFFER], more: false })),
    stepOf("settle", async (run) => {
      run.peer.socket.resume();
      await settle(run);
    }),
    stepOf("time passes", ({ bench }) => bench.clock.advance(50)),
  ),
);

const names = Object.keys(FRAMES) as FrameName[];
const hostile = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 2 ** 32 - 1 })), fc.uint8Array())
    .map(([name, id, payload]) => stepOf(`forge ${name} on ${id}`, (run) => send(run, encodeFrame(name, id, payload)))),
  fc
    .tuple(fc.constantFrom(...names), fc.nat(9), fc.jsonValue({ noUnicodeString: false }))
    .map(([name, id, value]) => stepOf(`forge ${name} of JSON on ${id}`, (run) => sendJson(run, name, id, value))),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => stepOf("send bytes", (run) => send(run, bytes))),
  fc.string().map((text) => stepOf("send text", (run) => send(run, text))),
  fc.constantFrom(
    stepOf("terminate", ({ peer }) => peer.socket.terminate()),
    stepOf("close", ({ peer }) => peer.socket.close(1000)),
    stepOf("the router terminates", ({ peer }) => peer.link.terminate()),
    stepOf("drain", (run) => {
      run.drained = true;
      sendJson(run, "drain", 0, { reason: "r", deadline_ms: 3_600_000 });
    }),
  ),
);

function steps(hostility: number): fc.Arbitrary<{ words: string; step: Step }[]> {
  const step = fc.oneof({ weight: 60, arbitrary: likely }, { weight: hostility, arbitrary: hostile });
  const printed = step.map((one) => ({ ...one, [fc.toStringMethod]: () => one.words }));
  return fc.array(printed, { minLength: 10, maxLength: 60, size: "max" });
}

/** Ends every attempt from both sides, as far as the link still lives; true when it does. */
async function endAll(run: Run): Promise<boolean> {
  run.peer.socket.resume();
  for (const { attempt } of run.opened) attempt.cancel("client_left");
  await settle(run);
  for (const one of run.opened) {
    if (!isOver(one)) sendJson(run, "response-end", one.streamId, emptyEnd(one.attemptId));
  }
  await settle(run);
  return run.peer.socket.readyState === run.peer.socket.OPEN;
}

async function check(bench: LinkBench, list: readonly { step: Step }[]): Promise<"lived" | "closed"> {
  const peer = await bench.join([OFFER], CONCURRENCY);
  const run: Run = { bench, peer, opened: [], granted: [], drained: false };
  for (const { step } of list) await step(run);
  const lives = await endAll(run);
  if (lives) {
    for (const one of run.opened) assert.ok(isOver(one), "an attempt whose End has come is over");
    assert.equal(peer.link.freeSlots("m"), run.drained ? 0 : CONCURRENCY, "every slot is free again");
    for (const one of run.opened.toReversed()) acknowledge(one);
    await settle(run);
    const acknowledged = peer.frames.filter(({ name, streamId }) => name === "end-ack" && streamId > 0);
    assert.equal(acknowledged.length, run.opened.length, "every End is acknowledged once");
  }
  await bench.leave(peer); // fails if the router keeps the link or a timer of it
  assert.equal(peer.link.freeSlots("m"), 0);
  for (const { told } of run.opened) {
    const ends = told.filter((words) => /^(end|lost) /.test(words));
    assert.deepEqual([ends.length, told.at(-1)], [1, ends[0]], "an attempt ends once, and nothing follows");
  }
  return lives ? "lived" : "closed";
}

describe("a provider link, whatever its peer does,", () => {
  let bench: LinkBench;
  before(async () => (bench = await startLinkBench()));
  after(() => bench.close());

  for (const [name, hostility, fewest] of [
    ["in any order", 0, 0],
    ["hostile frames and broken connections among it", 2, 15],
  ] as const) {
    test(`${name}, ends each attempt once, frees each slot and keeps no timer`, async () => {
      let closed = 0;
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(steps(hostility), async (list) => {
          runs += 1;
          if ((await check(bench, list)) === "closed") closed += 1;
        }),
        { numRuns: 80 },
      );
      assert.ok(closed >= fewest && runs - closed >= 5, `${closed} of ${runs} were closed`);
    });
  }
});
