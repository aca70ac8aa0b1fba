// A link that is lost, or that its peer does not read, tells every open stream once.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CONTROL_FRAMES_QUEUED_MAX, REQUEST_CREDIT_BYTES, RESPONSE_CREDIT_BYTES } from "../limits.ts";
import { Ear, EndpointPair, LOST, loneEndpoint, pattern } from "../test-bed/endpoint-pair.ts";
import { HeldSocket } from "../test-bed/held-socket.ts";
import { MESSAGE_EXAMPLES } from "../test-bed/message-examples.ts";
import { Endpoint } from "./endpoint.ts";
import { encodeFrame } from "./frame.ts";
import { encodeMessage } from "./messages.ts";
import type { WireStream } from "./stream.ts";

const HEAD = MESSAGE_EXAMPLES["request-head"];
const END = MESSAGE_EXAMPLES["response-end"];
const RESPONSE_HEAD = MESSAGE_EXAMPLES["response-head"];
const headPayload = encodeMessage("request-head", MESSAGE_EXAMPLES["request-head"]);

describe("a lost link", () => {
  test("ends every stream once, whatever it was doing, and none that had ended", () => {
    const pair = new EndpointPair();
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
    const pair = new EndpointPair();
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
    const { endpoint } = loneEndpoint("router");
    endpoint.close(LOST);
    assert.throws(() => endpoint.open(HEAD, new Ear()), /live link/);
  });

  test("while a stream is being opened is told to whoever opened it", () => {
    const pair = new EndpointPair();
    pair.open();
    pair.serve = () => pair.proxy.close(LOST);
    pair.settle();
    assert.deepEqual(pair.served[0]?.ear.heard, ["lost provider_disconnected"]);
    assert.equal(pair.proxy.openStreams, 0);
  });

  test("is not told to a stream that ended while it was being opened", () => {
    const pair = new EndpointPair();
    pair.open();
    pair.serve = ({ stream }) => {
      stream.sendEnd(END);
      pair.proxy.close(LOST);
    };
    pair.settle();
    assert.deepEqual(pair.served[0]?.ear.heard, []);
  });

  test("in the middle of telling streams ends the others too", () => {
    const pair = new EndpointPair();
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
    const pair = new EndpointPair();
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
