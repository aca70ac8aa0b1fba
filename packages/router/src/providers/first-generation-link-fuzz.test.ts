// First-generation links against anything: any text, any well-formed lie, any order; nothing is left and nothing breaks.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import { FIRST_GENERATION_REQUESTS_MAX } from "../limits.ts";
import type { TextBench, TextPeer } from "../test-bed/text-bench.ts";
import { event, startTextBench } from "../test-bed/text-bench.ts";
import { answerBytes, readProxyMessage } from "./first-generation-messages.ts";
import type { LinkAttempt } from "./provider-link.ts";

const KEYS = ["__proto__", "constructor", "toString", "retry-after", "Retry-After", "content-type", "x"];
const hostileText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(...KEYS, "[DONE]", "\n\n\r", "data: "),
);
const hostileStatus = fc.oneof(
  fc.constantFrom(200, 200, 200, 400, 404, 429, 500, 99, 600, 0, -1, 1e300, 200.5),
  fc.integer({ min: 100, max: 999 }),
);
const ids = fc.oneof(fc.nat(4), fc.constantFrom("", "__proto__", "constructor", "unknown"));

/** A message as a proxy could spell it, about request number `id` or about none. */
const lie = fc.record({
  id: ids,
  status_code: hostileStatus,
  content_type: fc.oneof(fc.constantFrom("text/plain", "application/json", "text/event-stream"), hostileText),
  payload: hostileText,
  headers: fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), hostileText), hostileText, { maxKeys: 4 }),
  is_stream_chunk: fc.boolean(),
  stream_done: fc.oneof({ weight: 1, arbitrary: fc.boolean() }, { weight: 2, arbitrary: fc.constant(false) }),
});

describe("a proxy's text", () => {
  test("is read, or refused as a violation, whatever it is", () => {
    const broken = lie.chain((whole) =>
      fc
        .record({ key: fc.constantFrom(...Object.keys(whole), "request_id"), value: fc.jsonValue() })
        .map(({ key, value }) => JSON.stringify({ request_id: "x", ...whole, [key]: value })),
    );
    const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.json(), broken);
    fc.assert(
      fc.property(text, (sent) => {
        try {
          const message = readProxyMessage(sent);
          for (const value of Object.values(message.headers)) assert.match(value, /^[\t\x20-\x7e\x80-\xff]*$/);
          assert.ok(answerBytes(message) instanceof Uint8Array);
        } catch (error) {
          assert.ok(isAimoError(error, "protocol_violation"), String(error));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** One request of a run: what its attempt was told, and how much of it it holds. */
interface Run {
  readonly id: string;
  readonly attempt: LinkAttempt;
  readonly told: string[];
  heldBytes: number;
}

const act = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant("open" as const), stream: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({ act: fc.constant("send" as const), lie, repeat: fc.constantFrom(1, 1, 1, 3_000) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("flood" as const), of: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("cancel" as const), of: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant("grant" as const), of: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.constantFrom(1, 500, 5_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant("announce" as const), names: fc.constantFrom(["m"], ["m", "n"]) }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer Kind> ? Kind : never;

describe("a first-generation link", () => {
  let bench: TextBench;
  let opened = 0;
  before(async () => (bench = await startTextBench()));
  after(() => bench.close());

  const open = ({ link }: TextPeer, stream: boolean): Run | undefined => {
    if (link.freeSlots("m") <= 0) return undefined;
    opened += 1;
    const told: string[] = [];
    const id = opened.toString(16).padStart(32, "0");
    const body = [Buffer.from('{"model":"m","messages":[]}')];
    const request = { attemptId: id, endpoint: "/chat/completions", offerName: "m", headers: {}, body, payer: "p" };
    const attempt = link.open(
      { ...request, stream, deadlineMs: 3_000 },
      {
        head: () => void told.push("head"),
        body(bytes) {
          told.push("body");
          run.heldBytes += bytes.length;
        },
        end: () => void told.push("end"),
        lost: () => void told.push("lost"),
      },
    );
    const run: Run = { id, attempt, told, heldBytes: 0 };
    return run;
  };

  const perform = async (peer: TextPeer, runs: Run[], step: Act): Promise<void> => {
    switch (step.act) {
      case "open": {
        const run = open(peer, step.stream);
        if (run !== undefined && runs.length < 5) runs.push(run);
        else run?.attempt.cancel("one too many");
        return;
      }
      case "send": {
        const { id, ...rest } = step.lie;
        const text = JSON.stringify({ request_id: typeof id === "number" ? (runs[id]?.id ?? "none") : id, ...rest });
        for (let count = 0; count < step.repeat; count += 1) peer.send(text);
        await peer.settle();
        return;
      }
      case "flood": {
        const { id = "none" } = runs[step.of] ?? {};
        for (let count = 0; count < 9; count += 1) peer.send(event(id, "z".repeat(1_000_000)));
        await peer.settle();
        return;
      }
      case "cancel":
        runs[step.of]?.attempt.cancel("client_left");
        return;
      case "grant": {
        const run = runs[step.of];
        if (run === undefined) return;
        const bytes = run.heldBytes;
        run.heldBytes = 0;
        run.attempt.grant(bytes);
        return;
      }
      case "wait":
        bench.clock.advance(step.ms);
        return;
      case "announce":
        await bench.announce(...step.names);
    }
  };

  const check = (runs: readonly Run[]): void => {
    for (const { told } of runs) {
      const ends = told.filter((what) => what === "end" || what === "lost");
      assert.ok(ends.length <= 1, told.join());
      assert.ok(ends.length === 0 || ends[0] === told.at(-1), `nothing comes after an end: ${told.join()}`);
      assert.ok(
        told.indexOf("head") <= 0 && told.lastIndexOf("head") <= 0,
        `a head comes once and first: ${told.join()}`,
      );
      assert.ok(!told.includes("body") || told[0] === "head");
    }
  };

  test("gives every attempt one end and everything back, whatever its proxy says in which order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (steps) => {
        const peer = await bench.connect();
        const runs: Run[] = [];
        for (const step of steps) await perform(peer, runs, step);
        check(runs);
        assert.equal(peer.socket.readyState, peer.socket.OPEN, "no lie about a request closes the link");
        for (const { attempt } of runs) attempt.cancel("over");
        await Promise.resolve();
        await bench.announce("m");
        bench.clock.advance(3_000); // the deadline of all
        assert.equal(peer.link.freeSlots("m"), FIRST_GENERATION_REQUESTS_MAX, "every slot is free again");
        check(runs);
        for (const { told } of runs) assert.ok(["end", "lost"].includes(told.at(-1) ?? ""), "each has its end");
        assert.equal(bench.waitingBytes.usedBytes, 0);
        assert.equal(bench.clock.waiting, 2, "only the heartbeat and the key's end are waited for");
        await bench.leave();
      }),
      { numRuns: 60 },
    );
  });

  test("gives every attempt its end when it breaks in the middle of whatever runs", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 15 }), fc.boolean(), async (steps, violates) => {
        const peer = await bench.connect();
        const runs: Run[] = [];
        for (const step of steps) await perform(peer, runs, step);
        if (violates) peer.send("{}");
        else peer.socket.terminate();
        await Promise.all([peer.closed, peer.gone]);
        for (const run of runs) run.attempt.cancel("over"); // what had come whole waits for nobody any more
        await Promise.resolve();
        check(runs);
        for (const { told } of runs) assert.ok(["end", "lost"].includes(told.at(-1) ?? ""), "each has its end");
        await bench.leave();
      }),
      { numRuns: 40 },
    );
  });
});
