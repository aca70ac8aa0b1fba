// Two endpoints joined by sockets that deliver when the test says so: every story a stream can live through.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AimoError, isAimoError } from "../errors.ts";
import {
  CONTROL_FRAMES_QUEUED_MAX,
  CREDIT_BYTES_MAX,
  REQUEST_CREDIT_BYTES,
  RESPONSE_CREDIT_BYTES,
  STREAM_ID_MAX,
  STREAMS_PER_LINK_MAX,
} from "../limits.ts";
import { Endpoint } from "./endpoint.ts";
import type { FrameName, LinkRole } from "./frame.ts";
import { decodeCredit, decodeFrame, encodeCredit, encodeFrame, FRAMES } from "./frame.ts";
import { HeldSocket } from "./held-socket.ts";
import { MESSAGE_EXAMPLES } from "./message-examples.ts";
import type { End, MessageName, RequestHead } from "./messages.ts";
import { encodeMessage } from "./messages.ts";
import type { StreamEvents, WireStream } from "./stream.ts";

const HEAD: RequestHead = MESSAGE_EXAMPLES["request-head"];
const END: End = MESSAGE_EXAMPLES["response-end"];
const RESPONSE_HEAD = MESSAGE_EXAMPLES["response-head"];
const LOST = new AimoError("provider_disconnected", { provider: "wallet" });

/** What one end of a stream heard, in words; bodies are collected aside. */
class Ear implements StreamEvents {
  readonly heard: string[] = [];
  readonly body: Uint8Array[] = [];
  #hear(words: string): void {
    this.heard.push(words);
  }
  #hearBody(bytes: Uint8Array): void {
    this.body.push(bytes);
    if (this.heard.at(-1) !== "body") this.#hear("body");
  }
  requestBody(bytes: Uint8Array): void {
    this.#hearBody(bytes);
  }
  requestEnd(): void {
    this.#hear("request-end");
  }
  cancelled(reason: string): void {
    this.#hear(`cancelled ${reason}`);
  }
  responseHead({ status }: { status: number }): void {
    this.#hear(`head ${status}`);
  }
  responseBody(bytes: Uint8Array): void {
    this.#hearBody(bytes);
  }
  responseEnd(end: End): void {
    this.#hear(end.cancelled ? "end cancelled" : "end");
  }
  drained(): void {
    this.#hear("drained");
  }
  lost(error: AimoError): void {
    this.#hear(`lost ${error.code}`);
  }
  get bodyBytes(): number {
    return this.body.reduce((sum, bytes) => sum + bytes.length, 0);
  }
}

/** A stream as its proxy sees it. */
interface Served {
  readonly stream: WireStream;
  readonly ear: Ear;
  readonly head: RequestHead;
}

class Pair {
  readonly toProxy = new HeldSocket();
  readonly toRouter = new HeldSocket();
  readonly served: Served[] = [];
  readonly messages: string[] = [];
  readonly violations: string[] = [];
  readonly router: Endpoint;
  readonly proxy: Endpoint;
  serve: (served: Served) => void = () => undefined;

  constructor() {
    this.router = new Endpoint("router", this.toProxy, {
      message: ({ name }) => this.messages.push(`router heard ${name}`),
      violation: (error) => this.violations.push(`router: ${error.code}: ${error.message}`),
    });
    this.proxy = new Endpoint("proxy", this.toRouter, {
      message: ({ name }) => this.messages.push(`proxy heard ${name}`),
      opened: (stream, head) => {
        const served = { stream, head, ear: new Ear() };
        this.served.push(served);
        this.serve(served);
        return served.ear;
      },
      violation: (error) => this.violations.push(`proxy: ${error.code}: ${error.message}`),
    });
    this.toProxy.receiver = (bytes) => this.proxy.receive(bytes);
    this.toRouter.receiver = (bytes) => this.router.receive(bytes);
  }

  /** Delivers until nothing is on its way. */
  settle(): void {
    while (this.toProxy.length + this.toRouter.length > 0) {
      this.toProxy.releaseAll();
      this.toRouter.releaseAll();
    }
  }

  open(body: Uint8Array = new Uint8Array(0)): { stream: WireStream; ear: Ear } {
    const ear = new Ear();
    const stream = this.router.open(HEAD, ear);
    stream.sendRequest(body);
    return { stream, ear };
  }

  assertIdle(): void {
    assert.deepEqual(this.violations, []);
    assert.equal(this.router.openStreams, 0, "router's streams");
    assert.equal(this.proxy.openStreams, 0, "proxy's streams");
    assert.equal(this.router.lanes, 0, "router's lanes");
    assert.equal(this.proxy.lanes, 0, "proxy's lanes");
  }
}

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = index * 7 + (index >> 8);
  return bytes;
}

function sameBytes(found: readonly Uint8Array[], expected: Uint8Array): void {
  assert.equal(Buffer.compare(Buffer.concat(found), expected), 0, "the bytes arrive complete and in order");
}

/** An endpoint whose peer is the test itself. */
function alone(role: LinkRole): {
  endpoint: Endpoint;
  socket: HeldSocket;
  violations: AimoError[];
  served: Served[];
  hear(name: FrameName, streamId: number, payload?: Uint8Array): void;
} {
  const socket = new HeldSocket();
  const violations: AimoError[] = [];
  const served: Served[] = [];
  const endpoint = new Endpoint(role, socket, {
    message: () => undefined,
    opened: (stream, head) => {
      const ear = new Ear();
      served.push({ stream, head, ear });
      return ear;
    },
    violation: (error) => violations.push(error),
  });
  return { endpoint, socket, violations, served, hear: (...frame) => endpoint.receive(encodeFrame(...frame)) };
}

const headPayload = encodeMessage("request-head", HEAD);

describe("a request and its answer", () => {
  test("bodies far above the credit arrive complete, in order, and leave nothing behind", () => {
    const pair = new Pair();
    const request = pattern(3 * REQUEST_CREDIT_BYTES + 5);
    const answer = pattern(9 * RESPONSE_CREDIT_BYTES + 7);
    const { stream, ear } = pair.open(request);
    ear.responseBody = (bytes) => {
      ear.body.push(bytes);
      stream.grant(bytes.length);
    };
    pair.serve = (served) => {
      served.ear.requestBody = (bytes) => {
        served.ear.body.push(bytes);
        served.stream.grant(bytes.length);
      };
      served.ear.requestEnd = () => {
        served.stream.sendHead(RESPONSE_HEAD);
        served.stream.sendBody(answer.subarray(0, 10));
        served.stream.sendBody(answer.subarray(10));
        served.stream.sendEnd(END);
      };
    };
    pair.settle();
    const [served] = pair.served;
    assert.deepEqual(served?.head, HEAD);
    sameBytes(served.ear.body, request);
    sameBytes(ear.body, answer);
    assert.deepEqual(ear.heard, ["drained", "head 200", "end"]);
    assert.equal(stream.ended && served.stream.ended, true);
    pair.assertIdle();
  });

  test("each part is heard once and in the order it was sent", () => {
    const pair = new Pair();
    const { stream, ear } = pair.open(pattern(100));
    pair.toProxy.releaseAll();
    const [served] = pair.served;
    assert.deepEqual(served?.ear.heard, ["body", "request-end"]);
    served.stream.sendHead(RESPONSE_HEAD);
    served.stream.sendBody(pattern(50));
    assert.equal(pair.proxy.openStreams, 1);
    served.stream.sendEnd(END);
    assert.equal(pair.proxy.openStreams, 0, "an End that is on its way ends the proxy's stream");
    assert.equal(pair.router.openStreams, 1);
    pair.settle();
    assert.deepEqual(ear.heard, ["drained", "head 200", "body", "end"]);
    stream.acknowledge({ attempt_id: HEAD.attempt_id, charged: true });
    pair.settle();
    assert.deepEqual(pair.messages, ["proxy heard end-ack"]);
    assert.deepEqual(served.ear.heard, ["body", "request-end", "drained"]);
    pair.assertIdle();
  });

  test("an empty request and an empty answer have no body frames", () => {
    const pair = new Pair();
    const { ear } = pair.open();
    assert.equal(pair.toProxy.length, 2);
    pair.serve = ({ stream }) => {
      stream.sendHead(RESPONSE_HEAD);
      stream.sendEnd(END);
    };
    pair.settle();
    assert.deepEqual(ear.heard, ["head 200", "end"]);
    pair.assertIdle();
  });

  test("a slow reader stops its sender at exactly the credit, and no other stream", () => {
    const pair = new Pair();
    const slow = pair.open();
    const quick = pair.open();
    pair.serve = ({ stream }) => {
      stream.sendHead(RESPONSE_HEAD);
      stream.sendBody(pattern(stream.id === 1 ? 100_000 : 10_000));
      stream.sendEnd(END);
    };
    pair.settle();
    assert.equal(slow.ear.bodyBytes, RESPONSE_CREDIT_BYTES);
    assert.deepEqual(slow.ear.heard, ["head 200", "body"]);
    assert.deepEqual(quick.ear.heard, ["head 200", "body", "end"]);
    for (let granted = 0; granted < 100_000; ) {
      const held = slow.ear.bodyBytes - granted;
      assert.ok(held > 0, "a reader that reads on gets on");
      slow.stream.grant(held);
      granted += held;
      pair.settle();
    }
    sameBytes(slow.ear.body, pattern(100_000));
    pair.assertIdle();
  });

  test("a sender that waits for credit is told when the rest has gone", () => {
    const pair = new Pair();
    const { stream, ear } = pair.open();
    pair.settle();
    const [served] = pair.served;
    served?.stream.sendHead(RESPONSE_HEAD);
    served?.stream.sendBody(pattern(RESPONSE_CREDIT_BYTES + 100));
    pair.settle();
    assert.equal(served?.stream.queuedBytes, 100);
    assert.deepEqual(served.ear.heard, ["request-end"]);
    stream.grant(ear.bodyBytes);
    pair.settle();
    assert.deepEqual(served.ear.heard, ["request-end", "drained"]);
    assert.equal(served.stream.queuedBytes, 0);
  });

  test("granting a little at a time costs a credit frame per half window and not per call", () => {
    const { endpoint, socket, hear } = alone("router");
    const stream = endpoint.open(HEAD, new Ear());
    hear("response-head", stream.id, encodeMessage("response-head", RESPONSE_HEAD));
    hear("response-body", stream.id, new Uint8Array(RESPONSE_CREDIT_BYTES));
    socket.releaseAll();
    for (let granted = 0; granted < RESPONSE_CREDIT_BYTES; granted += 64) stream.grant(64);
    const credits = socket.releaseAll().map((bytes) => decodeCredit(decodeFrame(bytes, "router").payload));
    assert.deepEqual(credits, [RESPONSE_CREDIT_BYTES / 2, RESPONSE_CREDIT_BYTES / 2]);
  });

  test("an owner that grants more than it received is at fault itself", () => {
    const { endpoint, hear } = alone("router");
    const stream = endpoint.open(HEAD, new Ear());
    hear("response-head", stream.id, encodeMessage("response-head", RESPONSE_HEAD));
    hear("response-body", stream.id, new Uint8Array(10));
    stream.grant(4);
    assert.throws(() => stream.grant(7), /no more than it has received/);
    stream.grant(6);
  });

  test("messages of the connection pass both ways, in order, whatever streams do", () => {
    const pair = new Pair();
    pair.proxy.send("hello", MESSAGE_EXAMPLES.hello);
    pair.router.send("welcome", MESSAGE_EXAMPLES.welcome);
    pair.proxy.send("offers", MESSAGE_EXAMPLES.offers);
    pair.open(pattern(REQUEST_CREDIT_BYTES));
    pair.router.send("notice", MESSAGE_EXAMPLES.notice);
    pair.router.send("end-ack", MESSAGE_EXAMPLES["end-ack"]);
    pair.router.send("drain", MESSAGE_EXAMPLES.drain);
    pair.proxy.send("end-replay", MESSAGE_EXAMPLES["end-replay"]);
    pair.proxy.send("drain", MESSAGE_EXAMPLES.drain);
    pair.settle();
    assert.deepEqual(pair.violations, []);
    assert.deepEqual(
      pair.messages.filter((words) => words.startsWith("router")),
      ["hello", "offers", "end-replay", "drain"].map((name) => `router heard ${name}`),
    );
    assert.deepEqual(
      pair.messages.filter((words) => words.startsWith("proxy")),
      ["welcome", "notice", "end-ack", "drain"].map((name) => `proxy heard ${name}`),
    );
  });
});

describe("early answers", () => {
  test("an answer may begin before the request has ended, and both go on", () => {
    const pair = new Pair();
    const request = pattern(2 * REQUEST_CREDIT_BYTES);
    const { ear } = pair.open(request);
    pair.settle();
    const [served] = pair.served;
    assert.deepEqual(served?.ear.heard, ["body"]);
    served.stream.sendHead(RESPONSE_HEAD);
    served.stream.sendBody(pattern(10));
    pair.settle();
    served.stream.grant(served.ear.bodyBytes);
    pair.settle();
    sameBytes(served.ear.body, request);
    assert.deepEqual(served.ear.heard, ["body", "drained", "body", "request-end"]);
    served.stream.sendEnd(END);
    pair.settle();
    assert.deepEqual(ear.heard, ["head 200", "body", "drained", "end"]);
    pair.assertIdle();
  });

  test("an End before the request has ended stops the request", () => {
    const pair = new Pair();
    const { stream, ear } = pair.open(pattern(5 * REQUEST_CREDIT_BYTES));
    pair.serve = (served) => served.stream.sendEnd({ ...END, error: { code: "overloaded", message: "Later." } });
    pair.settle();
    assert.deepEqual(ear.heard, ["end"]);
    assert.equal(stream.queuedBytes, 0);
    assert.deepEqual(pair.served[0]?.ear.heard, [], "what the router still had on its way means nothing any more");
    pair.assertIdle();
  });

  test("an End that waits for its body's credit lets the rest of the request pass unheard and ungranted", () => {
    const pair = new Pair();
    const { stream, ear } = pair.open(pattern(2 * REQUEST_CREDIT_BYTES));
    pair.serve = (served) => {
      served.stream.sendHead(RESPONSE_HEAD);
      served.stream.sendBody(pattern(RESPONSE_CREDIT_BYTES + 1));
      served.stream.sendEnd(END);
    };
    pair.settle();
    assert.deepEqual(pair.served[0]?.ear.heard, []);
    assert.equal(stream.queuedBytes, REQUEST_CREDIT_BYTES, "a request that nobody reads stays at its first credit");
    stream.grant(ear.bodyBytes);
    pair.settle();
    assert.deepEqual(ear.heard, ["head 200", "body", "end"]);
    pair.assertIdle();
  });

  test("an End that waits does not lift the limit of credit", () => {
    const { violations, hear, endpoint, served } = alone("proxy");
    hear("request-head", 1, headPayload);
    served[0]?.stream.sendHead(RESPONSE_HEAD);
    served[0]?.stream.sendBody(new Uint8Array(RESPONSE_CREDIT_BYTES + 1));
    served[0]?.stream.sendEnd(END);
    assert.equal(endpoint.openStreams, 1);
    for (let sent = 0; sent < REQUEST_CREDIT_BYTES; sent += 65_536) hear("request-body", 1, new Uint8Array(65_536));
    assert.deepEqual(violations, []);
    hear("request-body", 1, new Uint8Array(1));
    assert.equal(violations.length, 1);
  });

  test("what an owner sends after its End is dropped", () => {
    const pair = new Pair();
    const { stream, ear } = pair.open();
    pair.serve = (served) => {
      served.stream.sendHead(RESPONSE_HEAD);
      served.stream.sendBody(pattern(RESPONSE_CREDIT_BYTES + 1));
      served.stream.sendEnd(END);
      served.stream.sendBody(pattern(10));
      served.stream.sendEnd({ ...END, cancelled: true });
    };
    pair.settle();
    stream.grant(ear.bodyBytes);
    pair.settle();
    assert.equal(ear.bodyBytes, RESPONSE_CREDIT_BYTES + 1);
    assert.deepEqual(ear.heard, ["head 200", "body", "end"]);
    pair.assertIdle();
  });
});

describe("cancel", () => {
  /** Runs one whole story of about 40 messages, delivering `before` of them, then cancels. */
  function storyCancelledAfter(before: number): { pair: Pair; ear: Ear; messages: number; heardBefore: number } {
    const pair = new Pair();
    const { stream, ear } = pair.open(pattern(REQUEST_CREDIT_BYTES + 100_000));
    ear.responseBody = (bytes) => {
      ear.body.push(bytes);
      stream.grant(bytes.length);
    };
    pair.serve = (served) => {
      served.ear.requestBody = (bytes) => served.stream.grant(bytes.length);
      served.ear.requestEnd = () => {
        served.stream.sendHead(RESPONSE_HEAD);
        served.stream.sendBody(pattern(3 * RESPONSE_CREDIT_BYTES));
        served.stream.sendEnd(END);
      };
      served.ear.cancelled = (reason) => {
        served.ear.heard.push(`cancelled ${reason}`);
        served.stream.sendEnd({ ...END, cancelled: true });
      };
    };
    let messages = 0;
    while (messages < before && pair.toProxy.length + pair.toRouter.length > 0) {
      messages += pair.toProxy.release(1).length;
      if (messages < before) messages += pair.toRouter.release(1).length;
    }
    const heardBefore = ear.heard.length;
    const bytesBefore = ear.bodyBytes;
    stream.cancel("client_left");
    stream.cancel("client_left");
    pair.settle();
    assert.equal(ear.bodyBytes, bytesBefore, `bytes were heard after the cancel at ${before}`);
    return { pair, ear, messages, heardBefore };
  }

  test("at every point of a stream's life it ends the stream once at both ends, and only the End is heard after it", () => {
    let before = 0;
    for (;;) {
      const { pair, ear, messages, heardBefore } = storyCancelledAfter(before);
      const after = ear.heard.slice(heardBefore);
      const ends = ear.heard.filter((words) => words.startsWith("end")).length;
      assert.equal(ends, 1, `${ends} Ends after a cancel at ${before}: ${ear.heard.join(", ")}`);
      assert.ok(
        after.every((words) => words.startsWith("end")),
        `after a cancel at ${before}: ${after.join(", ")}`,
      );
      const cancels = pair.served[0]?.ear.heard.filter((words) => words.startsWith("cancelled")).length ?? 0;
      assert.ok(cancels <= 1);
      pair.assertIdle();
      if (messages < before) break;
      before += 1;
    }
    assert.ok(before > 40, `the story has ${before} messages`);
  });

  test("before the request's bytes have gone it takes them back", () => {
    const pair = new Pair();
    const { stream } = pair.open(pattern(5 * REQUEST_CREDIT_BYTES));
    const onTheirWay = pair.toProxy.length;
    stream.cancel("client_left");
    assert.equal(stream.queuedBytes, 0);
    assert.equal(pair.router.lanes, 0);
    const sent = pair.toProxy.releaseAll().map((bytes) => decodeFrame(bytes, "router").name);
    assert.deepEqual(sent.slice(onTheirWay), ["cancel"]);
    assert.deepEqual(pair.served[0]?.ear.heard, ["body", "cancelled client_left"]);
  });

  test("an End that waits behind bytes without credit overtakes them", () => {
    const pair = new Pair();
    const { stream, ear } = pair.open();
    pair.serve = (served) => {
      served.stream.sendHead(RESPONSE_HEAD);
      served.stream.sendBody(pattern(50 * RESPONSE_CREDIT_BYTES));
      served.stream.sendEnd(END);
    };
    pair.settle();
    assert.deepEqual(ear.heard, ["head 200", "body"]);
    stream.cancel("client_left");
    pair.settle();
    assert.deepEqual(ear.heard, ["head 200", "body", "end"]);
    assert.deepEqual(pair.served[0]?.ear.heard, [], "an owner that has ended is not told of the cancel");
    pair.assertIdle();
  });

  test("an owner that goes on sending after the cancel is not listened to", () => {
    const pair = new Pair();
    const { stream, ear } = pair.open();
    pair.settle();
    stream.cancel("client_left");
    pair.settle();
    const [served] = pair.served;
    served?.stream.sendHead(RESPONSE_HEAD);
    served?.stream.sendBody(pattern(10));
    assert.equal(pair.toRouter.length, 0);
    served?.stream.sendEnd({ ...END, cancelled: true });
    pair.settle();
    assert.deepEqual(ear.heard, ["end cancelled"]);
    pair.assertIdle();
  });

  test("bytes that a proxy sends after it are credited back, with those the router's owner still held", () => {
    const { endpoint, socket, hear, violations } = alone("router");
    const ear = new Ear();
    const stream = endpoint.open(HEAD, ear);
    hear("response-head", stream.id, encodeMessage("response-head", RESPONSE_HEAD));
    hear("response-body", stream.id, new Uint8Array(RESPONSE_CREDIT_BYTES - 100)); // which the owner never grants
    stream.cancel("client_left");
    let credit = 100;
    for (let round = 0; round < 50; round += 1) {
      for (const bytes of socket.releaseAll()) {
        const frame = decodeFrame(bytes, "router");
        if (frame.name === "credit") credit += decodeCredit(frame.payload);
      }
      assert.ok(credit > 0 && credit <= RESPONSE_CREDIT_BYTES, `round ${round} has ${credit} bytes of credit`);
      hear("response-body", stream.id, new Uint8Array(credit));
      credit = 0;
    }
    stream.grant(RESPONSE_CREDIT_BYTES - 100); // too late: the cancel has given this back
    assert.equal(socket.releaseAll().filter((bytes) => bytes[0] === FRAMES.credit.code).length, 1);
    assert.deepEqual(violations, []);
    assert.equal(ear.bodyBytes, RESPONSE_CREDIT_BYTES - 100);
  });

  test("credit still limits what comes after it", () => {
    const { endpoint, hear, violations } = alone("router");
    const stream = endpoint.open(HEAD, new Ear());
    hear("response-head", stream.id, encodeMessage("response-head", RESPONSE_HEAD));
    stream.cancel("client_left");
    hear("response-body", stream.id, new Uint8Array(RESPONSE_CREDIT_BYTES + 1));
    assert.equal(violations.length, 1);
  });

  test("a second one is not told, and a request that goes on after it is not heard", () => {
    const { hear, served, violations } = alone("proxy");
    hear("request-head", 1, headPayload);
    hear("cancel", 1, encodeMessage("cancel", { reason: "first" }));
    hear("cancel", 1, encodeMessage("cancel", { reason: "second" }));
    hear("request-body", 1, new Uint8Array(10));
    hear("request-end", 1);
    assert.deepEqual(served[0]?.ear.heard, ["cancelled first"]);
    assert.deepEqual(violations, []);
  });

  test("one that cannot be read is a violation, also when the End already waits", () => {
    const { hear, served, violations } = alone("proxy");
    hear("request-head", 1, headPayload);
    served[0]?.stream.sendHead(RESPONSE_HEAD);
    served[0]?.stream.sendBody(new Uint8Array(RESPONSE_CREDIT_BYTES + 1));
    served[0]?.stream.sendEnd(END);
    hear("cancel", 1, Uint8Array.of(0xff));
    assert.equal(violations.length, 1);
  });
});

const FROM_ROUTER: readonly FrameName[] = ["request-body", "request-end", "cancel", "credit"];
const FROM_PROXY: readonly FrameName[] = ["response-head", "response-body", "response-end", "credit"];

function examplePayload(name: FrameName): Uint8Array {
  if (name === "credit") return encodeCredit(1);
  if (name in MESSAGE_EXAMPLES) return encodeMessage(name as MessageName, MESSAGE_EXAMPLES[name as MessageName]);
  return FRAMES[name].code === FRAMES["request-end"].code ? new Uint8Array(0) : new Uint8Array(10);
}

describe("frames that do not belong", () => {
  for (const [role, names] of [
    ["proxy", FROM_ROUTER],
    ["router", FROM_PROXY],
  ] as const) {
    for (const name of names) {
      test(`a ${role} ignores ${name} on a stream that has ended`, () => {
        const pair = new Pair();
        const { ear } = pair.open();
        pair.serve = ({ stream }) => stream.sendEnd(END);
        pair.settle();
        const heard = [...ear.heard, ...(pair.served[0]?.ear.heard ?? [])];
        pair[role].receive(encodeFrame(name, 1, examplePayload(name)));
        pair.settle();
        assert.deepEqual([...ear.heard, ...(pair.served[0]?.ear.heard ?? [])], heard);
        pair.assertIdle();
      });
    }

    for (const name of role === "proxy" ? [...names, "end-ack" as const] : names) {
      test(`${name} on a stream that was never opened is a violation to a ${role}`, () => {
        const { hear, violations } = alone(role);
        hear(name, 1, examplePayload(name));
        assert.deepEqual(
          violations.map((error) => error.code),
          ["protocol_violation"],
        );
      });
    }

    test(`a ${role} calls every frame of its own side a violation`, () => {
      for (const name of Object.keys(FRAMES) as FrameName[]) {
        if (FRAMES[name].from !== role) continue;
        const { hear, violations } = alone(role);
        hear(name, FRAMES[name].scope === "connection" ? 0 : 1, examplePayload(name));
        assert.equal(violations.length, 1, name);
      }
    });
  }

  test("a stream id that was used before, or that falls, is a violation", () => {
    for (const [first, second] of [
      [1, 1],
      [7, 7],
      [7, 6],
      [7, 1],
    ] as const) {
      const { hear, violations, served } = alone("proxy");
      hear("request-head", first, headPayload);
      served[0]?.stream.sendEnd(END);
      hear("request-head", second, headPayload);
      assert.equal(violations.length, 1, `${second} after ${first}`);
      assert.equal(served.length, 1);
    }
  });

  test("stream ids may leave some out", () => {
    const { hear, violations, served } = alone("proxy");
    for (const id of [1, 2, 9, 4_000_000_000]) hear("request-head", id, headPayload);
    assert.deepEqual(violations, []);
    assert.deepEqual(
      served.map(({ stream }) => stream.id),
      [1, 2, 9, 4_000_000_000],
    );
  });

  test("a body byte without credit is a violation to either end, and the last one with credit is not", () => {
    const proxy = alone("proxy");
    proxy.hear("request-head", 1, headPayload);
    for (let sent = 0; sent < REQUEST_CREDIT_BYTES; sent += 65_536) proxy.hear("request-body", 1, new Uint8Array(65_536));
    assert.equal(proxy.served[0]?.ear.bodyBytes, REQUEST_CREDIT_BYTES);
    assert.deepEqual(proxy.violations, []);
    proxy.hear("request-body", 1, new Uint8Array(1));
    assert.equal(proxy.violations.length, 1);

    const router = alone("router");
    const ear = new Ear();
    router.endpoint.open(HEAD, ear);
    router.hear("response-head", 1, encodeMessage("response-head", RESPONSE_HEAD));
    router.hear("response-body", 1, new Uint8Array(RESPONSE_CREDIT_BYTES));
    assert.deepEqual(router.violations, []);
    router.hear("response-body", 1, new Uint8Array(1));
    assert.equal(router.violations.length, 1);
    assert.equal(ear.bodyBytes, RESPONSE_CREDIT_BYTES);
  });

  test("an empty body frame costs nothing and is not heard", () => {
    const { endpoint, hear, violations } = alone("router");
    const ear = new Ear();
    endpoint.open(HEAD, ear);
    hear("response-head", 1, encodeMessage("response-head", RESPONSE_HEAD));
    for (let sent = 0; sent < 10; sent += 1) hear("response-body", 1);
    assert.deepEqual(ear.heard, ["head 200"]);
    assert.deepEqual(violations, []);
  });

  test("credit that overflows, is zero, or has another length is a violation", () => {
    for (const payload of [encodeCredit(CREDIT_BYTES_MAX), new Uint8Array(4), new Uint8Array(3), new Uint8Array(5)]) {
      const { hear, violations } = alone("proxy");
      hear("request-head", 1, headPayload);
      hear("credit", 1, payload);
      assert.equal(violations.length, 1);
    }
  });

  test("more streams at once than a link carries is a violation", () => {
    const { endpoint, hear, violations, served } = alone("proxy");
    for (let id = 1; id <= STREAMS_PER_LINK_MAX; id += 1) hear("request-head", id, headPayload);
    assert.equal(endpoint.openStreams, STREAMS_PER_LINK_MAX);
    served[5]?.stream.sendEnd(END);
    hear("request-head", STREAMS_PER_LINK_MAX + 1, headPayload);
    assert.deepEqual(violations, []);
    hear("request-head", STREAMS_PER_LINK_MAX + 2, headPayload);
    assert.equal(violations.length, 1);
  });

  test("a violation is told once, and nothing that the peer sends after it is heard", () => {
    const { endpoint, hear, violations } = alone("router");
    const ear = new Ear();
    endpoint.open(HEAD, ear);
    hear("response-body", 1, new Uint8Array(1));
    hear("response-head", 1, encodeMessage("response-head", RESPONSE_HEAD));
    hear("response-end", 1, encodeMessage("response-end", END));
    endpoint.receive(new Uint8Array(0));
    assert.equal(violations.length, 1);
    assert.deepEqual(ear.heard, []);
    endpoint.close(LOST);
    assert.deepEqual(ear.heard, ["lost provider_disconnected"]);
  });

  test("an End that cannot be read is a violation, and its stream is lost with the link", () => {
    const { endpoint, hear, violations } = alone("router");
    const ear = new Ear();
    endpoint.open(HEAD, ear);
    hear("response-end", 1, new TextEncoder().encode("{}"));
    assert.equal(violations.length, 1);
    assert.deepEqual(ear.heard, []);
    endpoint.close(LOST);
    assert.deepEqual(ear.heard, ["lost provider_disconnected"]);
  });
});

describe("a lost link", () => {
  test("ends every stream once, whatever it was doing, and none that had ended", () => {
    const pair = new Pair();
    const ended = pair.open();
    pair.serve = ({ stream }) => stream.sendEnd(END);
    pair.settle();
    pair.serve = () => undefined;
    const [sending, cancelled, answering] = [pair.open(pattern(5 * REQUEST_CREDIT_BYTES)), pair.open(), pair.open()];
    pair.settle();
    cancelled.stream.cancel("client_left");
    const served = pair.served[3];
    served?.stream.sendHead(RESPONSE_HEAD);
    served?.stream.sendBody(pattern(2 * RESPONSE_CREDIT_BYTES));
    served?.stream.sendEnd(END);
    pair.settle();
    for (const endpoint of [pair.router, pair.proxy]) {
      endpoint.close(LOST);
      endpoint.close(LOST);
    }
    assert.deepEqual(ended.ear.heard, ["end"]);
    assert.deepEqual(sending.ear.heard, ["lost provider_disconnected"]);
    assert.deepEqual(cancelled.ear.heard, ["lost provider_disconnected"]);
    assert.deepEqual(answering.ear.heard, ["head 200", "body", "lost provider_disconnected"]);
    const losses = pair.served.map(({ ear }) => ear.heard.filter((words) => words.startsWith("lost")).length);
    assert.deepEqual(losses, [0, 1, 1, 1]);
    pair.assertIdle();
  });

  test("leaves streams on which every call does nothing", () => {
    const pair = new Pair();
    const { stream } = pair.open(pattern(10));
    pair.settle();
    const served = pair.served[0];
    pair.router.close(LOST);
    pair.proxy.close(LOST);
    stream.cancel("client_left");
    stream.grant(5);
    stream.acknowledge({ attempt_id: HEAD.attempt_id, charged: false });
    pair.router.send("drain", MESSAGE_EXAMPLES.drain);
    served?.stream.sendHead(RESPONSE_HEAD);
    served?.stream.sendBody(pattern(10));
    served?.stream.sendEnd(END);
    assert.equal(pair.toProxy.length + pair.toRouter.length, 0);
    assert.equal(stream.ended && served?.stream.ended, true);
    assert.equal(stream.queuedBytes, 0);
    pair.router.receive(encodeFrame("hello", 0, encodeMessage("hello", MESSAGE_EXAMPLES.hello)));
    assert.deepEqual(pair.messages, []);
  });

  test("refuses a new stream", () => {
    const { endpoint } = alone("router");
    endpoint.close(LOST);
    assert.throws(() => endpoint.open(HEAD, new Ear()), /live link/);
  });

  test("while a stream is being opened is told to whoever opened it", () => {
    const pair = new Pair();
    pair.open();
    pair.serve = () => pair.proxy.close(LOST);
    pair.settle();
    assert.deepEqual(pair.served[0]?.ear.heard, ["lost provider_disconnected"]);
    assert.equal(pair.proxy.openStreams, 0);
  });

  test("is not told to a stream that ended while it was being opened", () => {
    const pair = new Pair();
    pair.open();
    pair.serve = ({ stream }) => {
      stream.sendEnd(END);
      pair.proxy.close(LOST);
    };
    pair.settle();
    assert.deepEqual(pair.served[0]?.ear.heard, []);
  });

  test("in the middle of telling streams ends the others too", () => {
    const pair = new Pair();
    const first = pair.open();
    const second = pair.open();
    first.ear.lost = () => {
      pair.router.close(LOST);
      second.stream.cancel("client_left");
    };
    pair.router.close(LOST);
    assert.deepEqual(second.ear.heard, ["lost provider_disconnected"]);
  });
});

describe("a peer that does not read", () => {
  /** Fills an endpoint's socket, and then its queue of control frames to the last place. */
  function stuff(endpoint: Endpoint, socket: HeldSocket): void {
    const filler = { reason: "r".repeat(2_000), deadline_ms: 1 };
    let held = -1;
    while (socket.length > held) {
      held = socket.length;
      endpoint.send("drain", filler);
    }
    for (let queued = 1; queued < CONTROL_FRAMES_QUEUED_MAX; queued += 1) endpoint.send("drain", filler);
  }

  test("is reported once, and the owner may close the link at that moment", () => {
    const pair = new Pair();
    const { ear, stream } = pair.open();
    stuff(pair.router, pair.toProxy);
    assert.deepEqual(pair.violations, []);
    pair.router.send("drain", MESSAGE_EXAMPLES.drain);
    pair.router.send("drain", MESSAGE_EXAMPLES.drain);
    assert.equal(pair.violations.length, 1);
    assert.match(pair.violations[0] ?? "", /overloaded/);
    stream.cancel("client_left");
    assert.equal(pair.violations.length, 1);
    pair.router.close(LOST);
    assert.deepEqual(ear.heard, ["lost provider_disconnected"]);
  });

  test("may lose the link while a stream ends, without a fault", () => {
    const socket = new HeldSocket();
    const told: string[] = [];
    const ears: Ear[] = [];
    const streams: WireStream[] = [];
    const proxy: Endpoint = new Endpoint("proxy", socket, {
      message: () => undefined,
      opened: (stream) => {
        streams.push(stream);
        const ear = new Ear();
        ears.push(ear);
        return ear;
      },
      violation: (error) => {
        told.push(error.code);
        proxy.close(LOST);
      },
    });
    for (const id of [1, 2]) proxy.receive(encodeFrame("request-head", id, headPayload));
    proxy.receive(encodeFrame("cancel", 1, encodeMessage("cancel", { reason: "left" })));
    stuff(proxy, socket);
    assert.deepEqual(told, []);
    streams[0]?.sendEnd({ ...END, cancelled: true }); // which finds the queue full
    assert.deepEqual(told, ["overloaded"]);
    assert.equal(streams[0]?.ended, true);
    assert.deepEqual(ears[1]?.heard, ["lost provider_disconnected"]);
    assert.equal(proxy.openStreams, 0);
  });
});

describe("stream ids", () => {
  test("the last one works like any other, and then the link has used them all", () => {
    const { endpoint, hear, violations, served, socket } = alone("proxy");
    assert.equal(endpoint.exhausted, false);
    hear("request-head", STREAM_ID_MAX - 1, headPayload);
    assert.equal(endpoint.exhausted, false);
    hear("request-head", STREAM_ID_MAX, headPayload);
    assert.equal(endpoint.exhausted, true);
    hear("request-end", STREAM_ID_MAX);
    assert.deepEqual(served[1]?.ear.heard, ["request-end"]);
    served[1]?.stream.sendEnd(END);
    const end = socket.releaseAll().map((bytes) => decodeFrame(bytes, "proxy"));
    assert.deepEqual(
      end.map((frame) => [frame.name, frame.streamId]),
      [["response-end", STREAM_ID_MAX]],
    );
    assert.deepEqual(violations, []);
    for (const id of [1, STREAM_ID_MAX]) {
      const again = alone("proxy");
      again.hear("request-head", STREAM_ID_MAX, headPayload);
      again.hear("request-head", id, headPayload);
      assert.equal(again.violations.length, 1);
    }
  });

  test("a router counts them up from one", () => {
    const { endpoint } = alone("router");
    assert.deepEqual(
      [1, 2, 3].map(() => endpoint.open(HEAD, new Ear()).id),
      [1, 2, 3],
    );
  });

  test("a stream whose head does not fit takes none", () => {
    const { endpoint, socket } = alone("router");
    assert.throws(() => endpoint.open({ ...HEAD, payer: "p".repeat(2_001) }, new Ear()), /request-head fits its schema/);
    assert.equal(endpoint.openStreams + endpoint.lanes + socket.length, 0);
    assert.equal(endpoint.open(HEAD, new Ear()).id, 1);
  });
});

describe("bytes from the network", () => {
  test("an owner's own operating error closes the link, and its programming error is its own", () => {
    const socket = new HeldSocket();
    const violations: AimoError[] = [];
    const failures: Error[] = [new AimoError("internal", {}), new TypeError("the owner broke")];
    const endpoint = new Endpoint("proxy", socket, {
      message: () => {
        const failure = failures.pop();
        if (failure !== undefined) throw failure;
      },
      violation: (error) => violations.push(error),
    });
    const drain = encodeFrame("drain", 0, encodeMessage("drain", MESSAGE_EXAMPLES.drain));
    assert.throws(() => endpoint.receive(drain), TypeError);
    assert.deepEqual(violations, []);
    endpoint.receive(drain);
    assert.equal(violations.length, 1);
    assert.ok(isAimoError(violations[0], "internal"));
  });
});
