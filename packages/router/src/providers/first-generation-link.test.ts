// A first-generation link: what it sends, what it makes of what comes, and who pays for what cannot be cancelled or slowed.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { HEARTBEAT_MS, RESPONSE_CREDIT_BYTES } from "@aimo-network/protocol/limits";
import type { End } from "@aimo-network/protocol/wire/messages";
import {
  EVENT_LINES_MAX,
  FIRST_GENERATION_ABANDONED_MS,
  FIRST_GENERATION_MESSAGE_BYTES_MAX,
  FIRST_GENERATION_MESSAGE_VALUES_MAX,
  FIRST_GENERATION_REQUEST_BYTES_MAX,
  FIRST_GENERATION_REQUESTS_MAX,
  FIRST_GENERATION_WAITING_BYTES_MAX,
  KEY_END_GRACE_MS,
  LINK_QUEUED_BYTES_MAX,
} from "../limits.ts";
import type { TextBench, TextPeer } from "../test-bed/text-bench.ts";
import { event, message, startTextBench } from "../test-bed/text-bench.ts";
import type { LinkAttempt } from "./provider-link.ts";

const DRAIN_LOOK_MS = 100;
const BODY = '{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}';

/** An attempt and what it was told; it takes everything at once unless it is told to wait. */
interface Opened {
  readonly id: string;
  readonly attempt: LinkAttempt;
  readonly told: string[];
  readonly ends: End[];
  /** Bytes that the attempt has not granted back. */
  heldBytes: number;
  takes: boolean;
}

let sequence = 0;

interface Request {
  readonly body?: string;
  readonly stream?: boolean;
  readonly deadlineMs?: number;
  readonly headers?: Record<string, string>;
  readonly offerName?: string;
}

function open({ link }: TextPeer, request: Request = {}, takes = true): Opened {
  const { body = BODY, stream = true, deadlineMs = 60_000, headers = {}, offerName = "m" } = request;
  sequence += 1;
  const id = sequence.toString(16).padStart(32, "0");
  const told: string[] = [];
  const ends: End[] = [];
  const attempt = link.open(
    {
      attemptId: id,
      endpoint: "/chat/completions",
      offerName,
      headers,
      body: [Buffer.from(body)],
      deadlineMs,
      stream,
      payer: "payer",
    },
    {
      head: (head) => void told.push(`head ${head.status} ${JSON.stringify(head.headers)}`),
      body(bytes) {
        told.push(`body ${Buffer.from(bytes).toString()}`);
        if (opened.takes) attempt.grant(bytes.length);
        else opened.heldBytes += bytes.length;
      },
      end(end) {
        told.push(end.cancelled ? "end cancelled" : "end");
        ends.push(end);
      },
      lost: (error) => void told.push(`lost ${error.code}`),
    },
  );
  const opened: Opened = { id, attempt, told, ends, heldBytes: 0, takes };
  return opened;
}

/** Takes everything that has come and will come. */
function takeAll(opened: Opened): void {
  const bytes = opened.heldBytes;
  opened.heldBytes = 0;
  opened.takes = true;
  opened.attempt.grant(bytes);
}

describe("a first-generation link", () => {
  let bench: TextBench;
  let peer: TextPeer;
  before(async () => (bench = await startTextBench()));
  beforeEach(async () => {
    peer = await bench.connect();
    bench.told.length = 0;
  });
  after(() => bench.close());
  const slots = (): number => peer.link.freeSlots("m");

  describe("with a request", () => {
    test("sends it as the dialect says, with the proxy's own name of the model, and asks streams for usage", async () => {
      await bench.preflights.announce("wallet", [
        { name: 'meta/"llama"', offer: { ...(await bench.preflights.find("wallet"))![0]!.offer } },
      ]);
      const headers = {
        accept: "text/event-stream",
        Authorization: "Bearer x",
        "content-type": "a/b",
        "Content-Length": "3",
        host: "h",
      };
      const { id } = open(peer, { headers, body: '{"model":"m","stream_options":{"a":1.0},"x":1.50,"stream":true}' });
      open(peer, { body: '{"model":"m","y":1e2}', stream: false });
      await peer.settle();
      const [streamed, whole] = peer.requests;
      assert.deepEqual(streamed, {
        sender_id: "payer",
        request_id: id,
        service_id: "wallet",
        endpoint: "/chat/completions",
        request_type: "completion_model",
        method: "POST",
        payload: '{"model":"meta/\\"llama\\"","stream_options":{"include_usage":true,"a":1.0},"x":1.50,"stream":true}',
        headers: { accept: "text/event-stream" },
        payload_encrypted: false,
        signature: null,
      });
      assert.equal(whole?.payload, '{"model":"meta/\\"llama\\"","y":1e2}');
      await bench.leave();
    });

    test("sends a large one in fragments, between which a ping passes", async () => {
      const body = `{"model":"m","x":"${"é".repeat(1_000_000)}"}`;
      const came: string[] = [];
      peer.socket.on("message", () => came.push("message"));
      peer.socket.on("ping", () => came.push("ping"));
      open(peer, { body, stream: false });
      bench.clock.advance(HEARTBEAT_MS);
      while (came.length < 2) await peer.settle();
      assert.deepEqual(came, ["ping", "message"]);
      assert.equal(peer.requests[0]?.payload, body);
      await bench.leave();
    });

    test("gets no more while its proxy does not read", async () => {
      peer.socket.pause();
      const body = `{"model":"m","x":"${"x".repeat(LINK_QUEUED_BYTES_MAX / 2)}"}`;
      open(peer, { body });
      assert.ok(slots() > 0);
      open(peer, { body });
      assert.equal(slots(), 0);
      peer.socket.resume();
      while (slots() === 0) await peer.settle();
      await bench.leave();
    });

    test("too large for the proxy's library fails as such, and leaves nothing behind", async () => {
      const { told } = open(peer, { body: `{"x":"${"\\n".repeat(FIRST_GENERATION_REQUEST_BYTES_MAX / 3)}"}` });
      assert.deepEqual(told, ["lost body_too_large"]);
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
      await peer.settle();
      assert.deepEqual(peer.requests, []);
      await bench.leave();
    });
  });

  describe("with an answer", () => {
    test("passes a whole one on as head, body and an End that fits them", async () => {
      const opened = open(peer, { stream: false });
      bench.clock.advance(30);
      const payload = '{"choices":[],"é":"\\n"}';
      peer.send(message(opened.id, { payload, headers: { "content-type": "x", "retry-after": "3", date: "today" } }));
      await peer.settle();
      const [, body] = opened.told;
      assert.deepEqual(opened.told, [
        'head 200 {"content-type":"application/json","retry-after":"3"}',
        `body ${payload}`,
        "end",
      ]);
      assert.equal(body, `body ${payload}`);
      assert.deepEqual(opened.ends, [
        {
          attempt_id: opened.id,
          usage: null,
          finish_reason: null,
          body_bytes: Buffer.byteLength(payload),
          body_sha256: createHash("sha256").update(payload).digest("hex"),
          upstream_ms: 30,
          first_byte_ms: 30,
          cancelled: false,
        },
      ]);
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
      await bench.leave();
    });

    test("makes a server's stream of its events again, whatever line ends their data has", async () => {
      const opened = open(peer);
      for (const payload of ['{"a": 1}', "one\ntwo\r\nthree\rfour", "", "[DONE]"]) peer.send(event(opened.id, payload));
      peer.send(event(opened.id, "", true));
      await peer.settle();
      const bodies = ['data: {"a": 1}\n\n', "data: one\ndata: two\ndata: three\ndata: four\n\n", "data: [DONE]\n\n"];
      assert.deepEqual(opened.told, [
        'head 200 {"content-type":"text/event-stream"}',
        ...bodies.map((body) => `body ${body}`),
        "end",
      ]);
      const sent = bodies.join("");
      assert.equal(opened.ends[0]?.body_sha256, createHash("sha256").update(sent).digest("hex"));
      assert.equal(opened.ends[0]?.body_bytes, sent.length);
      await bench.leave();
    });

    for (const end of ["\n", "\r", "\r\n"]) {
      test(`may have ${EVENT_LINES_MAX} lines in an event, ended by ${JSON.stringify(end)}`, async () => {
        const [most, more] = [open(peer), open(peer)];
        peer.send(event(most.id, end.repeat(EVENT_LINES_MAX - 1), true));
        peer.send(event(more.id, end.repeat(EVENT_LINES_MAX)));
        await peer.settle();
        assert.ok(most.told[1] === `body ${"data: \n".repeat(EVENT_LINES_MAX)}\n`);
        assert.ok(more.told[1] === "lost provider_error", "not a body of megabytes, which a report would print");
        await bench.leave();
      });
    }

    test("passes an error that came as events on without their frame", async () => {
      const opened = open(peer);
      peer.send({ ...event(opened.id, '{"error":{"message":"busy"}}'), status_code: 503 });
      peer.send({ ...event(opened.id, "", true), status_code: 503 });
      await peer.settle();
      assert.deepEqual(opened.told.slice(1), ['body {"error":{"message":"busy"}}', "end"]);
      await bench.leave();
    });

    test("keeps several apart", async () => {
      const [one, other] = [open(peer), open(peer)];
      peer.send(event(other.id, "b1"));
      peer.send(event(one.id, "a1"));
      peer.send(event(other.id, "", true));
      peer.send(event(one.id, "a2", true));
      await peer.settle();
      assert.deepEqual(one.told.slice(1), ["body data: a1\n\n", "body data: a2\n\n", "end"]);
      assert.deepEqual(other.told.slice(1), ["body data: b1\n\n", "end"]);
      await bench.leave();
    });

    test("ignores messages for what is no request of this link, or has ended", async () => {
      const opened = open(peer, { stream: false });
      for (const id of ["", "__proto__", "constructor", "f".repeat(32), "x".repeat(100_000)]) peer.send(message(id));
      peer.send(message(opened.id));
      peer.send(message(opened.id, { status_code: 99 }));
      await peer.settle();
      assert.equal(opened.told.length, 3);
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
      await bench.leave();
    });

    for (const status of [99, 100, 199, 600, 999, 0, -200, 200.5, 1e308]) {
      test(`with the status ${status} is its provider's error and nobody else's`, async () => {
        const [broken, fine] = [open(peer), open(peer)];
        peer.send(message(broken.id, { status_code: status, stream_done: false }));
        peer.send(event(fine.id, "x"));
        await peer.settle();
        assert.deepEqual(broken.told, ["lost provider_error"]);
        assert.equal(fine.told.length, 2);
        assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX - 2, "its proxy has not said that it is done");
        peer.send(message(broken.id, { status_code: status }));
        await peer.settle();
        assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX - 1);
        await bench.leave();
      });
    }

    test("never tells clients the address of the model API that the proxy could not reach", async () => {
      const opened = open(peer);
      const own = { content_type: "text/plain", headers: {}, status_code: 500 };
      peer.send(message(opened.id, { ...own, payload: "HTTP request failed: for url (http://10.0.0.7/v1)" }));
      await peer.settle();
      assert.deepEqual(opened.told, ["lost provider_error"]);
      await bench.leave();
    });

    test("lets no header through that HTTP could not hold", async () => {
      const opened = open(peer, { stream: false });
      const headers = { "retry-after": "3\r\nset-cookie: a=b", __proto__: "x", constructor: "y" };
      peer.send(message(opened.id, { content_type: "a\nb", headers, status_code: 429 }));
      await peer.settle();
      assert.equal(opened.told[0], "head 429 {}");
      await bench.leave();
    });
  });

  describe("with offers", () => {
    test("sells what its wallet announced, and what it announces next from that moment on", async () => {
      await bench.connect();
      assert.deepEqual(bench.told, ["offers m"]);
      await bench.announce("m", "n");
      assert.deepEqual(bench.told, ["offers m", "offers m,n", "offers m,n"]);
      assert.deepEqual([peer.link.freeSlots("n"), peer.link.freeSlots("x")], [FIRST_GENERATION_REQUESTS_MAX, 0]);
      await bench.announce();
      assert.deepEqual([peer.link.freeSlots("n"), slots()], [0, 0]);
      await bench.leave();
    });

    test("stops selling what its own proxy does not have, until the next preflight; an upstream's 404 changes nothing", async () => {
      await bench.announce("m", "n");
      const [lacking, upstreams] = [open(peer), open(peer)];
      peer.send(message(upstreams.id, { status_code: 404 }));
      const own = { content_type: "text/plain", headers: {}, status_code: 404, payload: "Model 'm' not configured" };
      await peer.settle();
      assert.ok(slots() > 0);
      peer.send(message(lacking.id, own));
      await peer.settle();
      assert.equal(lacking.told[0], 'head 404 {"content-type":"text/plain"}');
      assert.deepEqual(bench.told, ["offers m,n", "offers n"]);
      assert.deepEqual([slots(), peer.link.freeSlots("n")], [0, FIRST_GENERATION_REQUESTS_MAX]);
      peer.send(message(open(peer, { offerName: "n" }).id, own));
      await peer.settle();
      assert.deepEqual(bench.told.slice(2), ["offers "], "what it lacked before stays away");
      await bench.announce("m", "n");
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
      await bench.leave();
    });

    test("tells the market of a model that its proxy does not have once, however often the proxy says so", async () => {
      const { id } = open(peer);
      const own = message(id, { content_type: "text/plain", headers: {}, status_code: 404, stream_done: false });
      for (let count = 0; count < 3; count += 1) peer.send(own);
      await peer.settle();
      assert.deepEqual(bench.told, ["offers "]);
      await bench.leave();
    });

    test("brings none back while it drains, and offers none that are announced then", async () => {
      open(peer);
      peer.link.drain("x", 60_000);
      await bench.announce("n");
      assert.deepEqual(bench.told, ["draining"]);
      await bench.leave();
    });
  });

  describe("with slots", () => {
    test(`takes ${FIRST_GENERATION_REQUESTS_MAX} requests at once`, async () => {
      const all = Array.from({ length: FIRST_GENERATION_REQUESTS_MAX }, () => open(peer));
      assert.equal(slots(), 0);
      peer.send(message(all[0]!.id));
      await peer.settle();
      assert.equal(slots(), 1);
      await bench.leave();
    });

    test("keeps that of a cancelled request until its end has come, and drops what comes before", async () => {
      const opened = open(peer);
      peer.send(event(opened.id, "one"));
      await peer.settle();
      opened.attempt.cancel("client_left");
      peer.send(event(opened.id, "two"));
      await peer.settle();
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX - 1);
      assert.deepEqual(opened.told.slice(1), ["body data: one\n\n"]);
      peer.send(event(opened.id, "", true));
      await peer.settle();
      assert.deepEqual(opened.told.slice(1), ["body data: one\n\n", "end cancelled"]);
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
      assert.equal(bench.clock.waiting, 2, "only the heartbeat and the key's end are waited for");
      await bench.leave();
    });

    for (const [name, deadlineMs, waitMs] of [
      ["until its deadline", 5_000, 4_000],
      [
        `for ${FIRST_GENERATION_ABANDONED_MS} ms at most`,
        FIRST_GENERATION_ABANDONED_MS * 10,
        FIRST_GENERATION_ABANDONED_MS,
      ],
    ] as const) {
      test(`keeps that of a cancelled request whose end does not come ${name}`, async () => {
        const opened = open(peer, { deadlineMs });
        bench.clock.advance(1_000);
        opened.attempt.cancel("client_left");
        for (let leftMs = waitMs; leftMs > 10_000; leftMs -= 10_000) {
          bench.clock.advance(10_000);
          await peer.settle(); // its pongs are read
        }
        bench.clock.advance((waitMs - 1) % 10_000);
        assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX - 1);
        assert.deepEqual(opened.told, []);
        bench.clock.advance(1);
        assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
        assert.deepEqual(opened.told, ["end cancelled"]);
        peer.send(event(opened.id, "late", true));
        await peer.settle();
        assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
        assert.deepEqual(opened.told, ["end cancelled"]);
        await bench.leave();
      });
    }
  });

  describe("whose client does not read", () => {
    const piece = "x".repeat(RESPONSE_CREDIT_BYTES);

    test("passes on no more than the other dialect would, and the rest when it reads again", async () => {
      const opened = open(peer, {}, false);
      for (const payload of [piece, "two", "three"]) peer.send(event(opened.id, payload));
      await peer.settle();
      assert.equal(opened.told.length, 2);
      assert.ok(bench.waitingBytes.usedBytes > 0);
      takeAll(opened);
      assert.deepEqual(opened.told.slice(2), ["body data: two\n\n", "body data: three\n\n"]);
      assert.equal(bench.waitingBytes.usedBytes, 0);
      peer.send(event(opened.id, "", true));
      await peer.settle();
      assert.equal(opened.told.at(-1), "end");
      await bench.leave();
    });

    test("frees its slot when the proxy is done, and still gets the whole answer, also after the link has gone", async () => {
      const opened = open(peer, {}, false);
      for (const payload of [piece, "two"]) peer.send(event(opened.id, payload));
      peer.send(event(opened.id, "", true));
      await peer.settle();
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX);
      peer.socket.terminate();
      await peer.gone;
      assert.deepEqual(bench.told, ["closed"]);
      assert.equal(opened.told.length, 2);
      takeAll(opened);
      assert.deepEqual(opened.told.slice(2), ["body data: two\n\n", "end"]);
      await bench.leave();
    });

    test("keeps a draining link open while it reads what has come", async () => {
      const opened = open(peer, {}, false);
      for (const payload of [piece, "two"]) peer.send(event(opened.id, payload));
      peer.send(event(opened.id, "", true));
      await peer.settle();
      peer.link.drain("shutting down", 30_000);
      bench.clock.advance(DRAIN_LOOK_MS * 5);
      await peer.settle();
      takeAll(opened);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1000 drained");
      assert.equal(opened.told.at(-1), "end");
      await bench.leave();
    });

    test("may have many small pieces waiting", async () => {
      const opened = open(peer, {}, false);
      peer.send(event(opened.id, piece));
      const small = 20_000;
      for (let count = 0; count < small; count += 1) peer.send(event(opened.id, String(count)));
      peer.send(event(opened.id, "", true));
      await peer.settle();
      takeAll(opened);
      assert.equal(opened.told.length, 2 + small + 1);
      assert.deepEqual(opened.told.slice(-2), [`body data: ${small - 1}\n\n`, "end"]);
      await bench.leave();
    });

    test("ends the answer in that case when it is cancelled, but not within the call", async () => {
      const opened = open(peer, {}, false);
      for (const payload of [piece, "two"]) peer.send(event(opened.id, payload));
      peer.send(event(opened.id, "", true));
      await peer.settle();
      opened.attempt.cancel("client_left");
      assert.equal(opened.told.length, 2);
      await Promise.resolve();
      assert.deepEqual(opened.told.slice(2), ["end cancelled"]);
      await bench.leave();
    });

    /** Fills what may wait of an answer to the last byte; the first piece is the one that the attempt holds. */
    const fill = (opened: Opened): number => {
      const bytesEach = 1024 * 1024 - 128; // each with its cost
      peer.send(event(opened.id, piece));
      const pieces = FIRST_GENERATION_WAITING_BYTES_MAX / (1024 * 1024);
      for (let count = 0; count < pieces; count += 1) {
        peer.send(event(opened.id, "y".repeat(bytesEach - "data: \n\n".length)));
      }
      return pieces;
    };

    test(`may have ${FIRST_GENERATION_WAITING_BYTES_MAX} bytes of its answer waiting`, async () => {
      const opened = open(peer, {}, false);
      const pieces = fill(opened);
      await peer.settle();
      assert.equal(bench.waitingBytes.usedBytes, FIRST_GENERATION_WAITING_BYTES_MAX);
      takeAll(opened);
      assert.equal(opened.told.length, 2 + pieces);
      await bench.leave();
    });

    test("counts as having left with one piece more, while its proxy works on", async () => {
      const [opened, other] = [open(peer, {}, false), open(peer)];
      fill(opened);
      peer.send(event(opened.id, "z"));
      peer.send(event(other.id, "fine"));
      await peer.settle();
      assert.deepEqual(opened.told.slice(2), ["lost client_left"]);
      assert.equal(bench.waitingBytes.usedBytes, 0);
      assert.equal(other.told.length, 2);
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX - 2);
      opened.attempt.cancel("late");
      peer.send(event(opened.id, "", true));
      await peer.settle();
      assert.equal(opened.told.length, 3, "its end is told once");
      assert.equal(slots(), FIRST_GENERATION_REQUESTS_MAX - 1);
      await bench.leave();
    });

    test("counts as having left too where the process has no more bytes for waiting, and whoever reads is not concerned", async () => {
      const [slow, fast] = [open(peer, {}, false), open(peer)];
      const taken = bench.waitingBytes;
      let reserved = 0;
      while (taken.reserve(1024 * 1024)) reserved += 1024 * 1024;
      peer.send(event(slow.id, piece));
      peer.send(event(slow.id, "two"));
      peer.send(event(fast.id, piece));
      peer.send(event(fast.id, "two"));
      await peer.settle();
      assert.equal(slow.told.at(-1), "lost client_left");
      assert.equal(fast.told.length, 3);
      taken.release(reserved);
      await bench.leave();
    });
  });

  describe("that breaks the rules", () => {
    for (const [name, sent] of [
      ["a binary message", Buffer.from("{}")],
      ["text that is not JSON", "hello"],
      ["no text", ""],
      ["a number", "3"],
      ["null", "null"],
      ["an array", "[]"],
      ["an object without members", {}],
      ["a status that is text", message("a", { status_code: "200" })],
      ["a payload that is an object", message("a", { payload: {} })],
      ["a payload that is null", message("a", { payload: null })],
      ["headers that are a list", message("a", { headers: [] })],
      ["a header that is a number", message("a", { headers: { a: 1 } })],
      ["an end that is no yes or no", message("a", { stream_done: "true" })],
      ["an id that is a number", message("a", { request_id: 1 })],
    ] as const) {
      test(`by ${name} is closed, and its requests are lost`, async () => {
        const { told } = open(peer);
        peer.send(sent);
        assert.match(await peer.closed, /^1002 The peer broke the protocol/);
        assert.deepEqual(told, ["lost provider_disconnected"]);
        assert.deepEqual(bench.told, ["closed"]);
        await bench.leave();
      });
    }

    const headers = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, ",[{"]));

    test(`may have ${FIRST_GENERATION_MESSAGE_VALUES_MAX} values in a message, whatever its texts hold`, async () => {
      const { id, told } = open(peer);
      const more = { headers: headers(FIRST_GENERATION_MESSAGE_VALUES_MAX - 7), payload: "[".repeat(100_000) };
      peer.send(message(id, more));
      await peer.settle();
      assert.equal(told.length, 3);
      await bench.leave();
    });

    for (const [name, sent] of [
      ["one more header", message("a", { headers: headers(FIRST_GENERATION_MESSAGE_VALUES_MAX - 6) })],
      ["millions of brackets", `${"[".repeat(8_000_000)}${"]".repeat(8_000_000)}`],
      ["millions of numbers", `{"a":[${"0,".repeat(8_000_000)}0]}`],
    ] as const) {
      test(`is closed for ${name}, before they are parsed`, async () => {
        peer.send(sent);
        assert.equal(
          await peer.closed,
          "1002 The peer broke the protocol of the provider link: a message has at most 2 levels and 1000 values",
        );
        await bench.leave();
      });
    }

    test("is closed for a message too large, before it has come", async () => {
      const { told } = open(peer);
      peer.send(Buffer.alloc(FIRST_GENERATION_MESSAGE_BYTES_MAX + 1, "x").toString());
      assert.match(await peer.closed, /^1009|^1006/);
      await bench.leave();
      assert.deepEqual(told, ["lost provider_disconnected"]);
    });

    test("says nothing of what it was sent in the log", async () => {
      peer.send("a secret answer that is no JSON");
      await peer.closed;
      await bench.leave();
      assert.ok(bench.logLines.some((line) => line.includes("protocol violation")));
      assert.ok(!bench.logLines.some((line) => line.includes("secret")));
    });
  });

  describe("that ends", () => {
    test("is pinged, and dead after two pings without an answer", async () => {
      const silent = await bench.connect({ socket: { autoPong: false } });
      const { told } = open(silent);
      bench.clock.advance(HEARTBEAT_MS * 3 - 1);
      await silent.settle();
      assert.deepEqual(told, []);
      bench.clock.advance(1);
      assert.equal(await silent.closed, "1006 ");
      assert.deepEqual(told, ["lost provider_disconnected"]);
      await bench.leave();
    });

    test("by a drain finishes its requests, and is closed when the last one has ended", async () => {
      const [opened, abandoned] = [open(peer), open(peer)];
      abandoned.attempt.cancel("client_left");
      peer.link.drain("shutting down", 30_000);
      peer.link.drain("again", 1);
      assert.deepEqual([bench.told, slots()], [["draining"], 0]);
      bench.clock.advance(DRAIN_LOOK_MS * 5);
      peer.send(message(opened.id));
      await peer.settle();
      assert.equal(opened.told.length, 3);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1000 drained");
      await bench.leave();
    });

    test("by a drain loses what has not ended at its deadline", async () => {
      const opened = open(peer);
      peer.link.drain("shutting down", 10_000);
      bench.clock.advance(9_999);
      await peer.settle();
      assert.deepEqual(opened.told, []);
      bench.clock.advance(1);
      assert.equal(await peer.closed, "1000 drained");
      await bench.leave();
      assert.deepEqual(opened.told, ["lost provider_disconnected"]);
    });

    for (const reason of ["expired", "revoked"] as const) {
      test(`with its key leaves the market at once and closes within five seconds (${reason})`, async () => {
        const short = await bench.connect({ keyValidMs: 12_000 });
        bench.told.length = 0;
        const { told } = open(short);
        bench.clock.advance(11_999);
        await short.settle();
        assert.deepEqual(bench.told, []);
        if (reason === "revoked") short.link.endKey("revoked");
        else bench.clock.advance(1);
        assert.deepEqual([bench.told, short.link.freeSlots("m")], [["draining"], 0]);
        bench.clock.advance(KEY_END_GRACE_MS - 501);
        await short.settle();
        assert.deepEqual(told, []);
        bench.clock.advance(500);
        assert.equal(await short.closed, `1008 key ${reason}`);
        await bench.leave();
        assert.deepEqual(told, ["lost provider_disconnected"]);
      });
    }

    test("at once loses what runs, and what was cancelled, each with one end", async () => {
      const [running, cancelled] = [open(peer), open(peer)];
      cancelled.attempt.cancel("client_left");
      peer.link.terminate();
      assert.deepEqual([running.told, cancelled.told], [["lost draining"], ["lost draining"]]);
      running.attempt.cancel("late");
      running.attempt.grant(0);
      await bench.leave();
    });

    test("while its proxy sends a message leaves nothing of that", async () => {
      const frame = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4]); // the head of a masked text of 1 MiB
      const connection = (peer.socket as unknown as { _socket: NodeJS.WritableStream })._socket;
      connection.write(Buffer.concat([frame, Buffer.alloc(10_000)]));
      while (bench.incomingBytes.usedBytes < 10_000) await setImmediate();
      await bench.leave();
    });
  });
});
