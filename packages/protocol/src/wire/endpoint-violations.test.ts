// Frames that do not belong: ignored where an honest peer may send them, a violation everywhere else.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AimoError, isAimoError } from "../errors.ts";
import { CREDIT_BYTES_MAX, REQUEST_CREDIT_BYTES, RESPONSE_CREDIT_BYTES, STREAMS_PER_LINK_MAX } from "../limits.ts";
import { Ear, EndpointPair, LOST, loneEndpoint } from "../test-bed/endpoint-pair.ts";
import { HeldSocket } from "../test-bed/held-socket.ts";
import { MESSAGE_EXAMPLES } from "../test-bed/message-examples.ts";
import { Endpoint } from "./endpoint.ts";
import type { FrameName } from "./frame.ts";
import { encodeCredit, encodeFrame, FRAMES } from "./frame.ts";
import type { MessageName } from "./messages.ts";
import { encodeMessage } from "./messages.ts";

const HEAD = MESSAGE_EXAMPLES["request-head"];
const END = MESSAGE_EXAMPLES["response-end"];
const RESPONSE_HEAD = MESSAGE_EXAMPLES["response-head"];
const headPayload = encodeMessage("request-head", MESSAGE_EXAMPLES["request-head"]);

const FROM_ROUTER: readonly FrameName[] = ["request-body", "request-end", "cancel", "credit"];
const FROM_PROXY: readonly FrameName[] = ["response-head", "response-body", "response-end", "credit"];

function examplePayload(name: FrameName): Uint8Array {
  if (name === "credit") return encodeCredit(1);
  if (name in MESSAGE_EXAMPLES) return encodeMessage(name as MessageName, MESSAGE_EXAMPLES[name as MessageName]);
  return new Uint8Array(name === "request-end" ? 0 : 10);
}

describe("frames that do not belong", () => {
  for (const [role, names] of [
    ["proxy", FROM_ROUTER],
    ["router", FROM_PROXY],
  ] as const) {
    for (const name of names) {
      test(`a ${role} ignores ${name} on a stream that has ended`, () => {
        const pair = new EndpointPair();
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
        const { hear, violations } = loneEndpoint(role);
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
        const { hear, violations } = loneEndpoint(role);
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
      const { hear, violations, served } = loneEndpoint("proxy");
      hear("request-head", first, headPayload);
      served[0]?.stream.sendEnd(END);
      hear("request-head", second, headPayload);
      assert.equal(violations.length, 1, `${second} after ${first}`);
      assert.equal(served.length, 1);
    }
  });

  test("stream ids may leave some out", () => {
    const { hear, violations, served } = loneEndpoint("proxy");
    for (const id of [1, 2, 9, 4_000_000_000]) hear("request-head", id, headPayload);
    assert.deepEqual(violations, []);
    assert.deepEqual(
      served.map(({ stream }) => stream.id),
      [1, 2, 9, 4_000_000_000],
    );
  });

  test("a body byte without credit is a violation to either end, and the last one with credit is not", () => {
    const proxy = loneEndpoint("proxy");
    proxy.hear("request-head", 1, headPayload);
    for (let sent = 0; sent < REQUEST_CREDIT_BYTES; sent += 65_536)
      proxy.hear("request-body", 1, new Uint8Array(65_536));
    assert.equal(proxy.served[0]?.ear.bodyBytes, REQUEST_CREDIT_BYTES);
    assert.deepEqual(proxy.violations, []);
    proxy.hear("request-body", 1, new Uint8Array(1));
    assert.equal(proxy.violations.length, 1);

    const router = loneEndpoint("router");
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
    const router = loneEndpoint("router");
    const ear = new Ear();
    router.endpoint.open(HEAD, ear);
    router.hear("response-head", 1, encodeMessage("response-head", RESPONSE_HEAD));
    for (let sent = 0; sent < 10; sent += 1) router.hear("response-body", 1);
    assert.deepEqual(ear.heard, ["head 200"]);
    const proxy = loneEndpoint("proxy");
    proxy.hear("request-head", 1, headPayload);
    for (let sent = 0; sent < 10; sent += 1) proxy.hear("request-body", 1);
    assert.deepEqual(proxy.served[0]?.ear.heard, []);
    assert.deepEqual([...router.violations, ...proxy.violations], []);
  });

  test("credit that overflows, is zero, or has another length is a violation", () => {
    for (const payload of [encodeCredit(CREDIT_BYTES_MAX), new Uint8Array(4), new Uint8Array(3), new Uint8Array(5)]) {
      const { hear, violations } = loneEndpoint("proxy");
      hear("request-head", 1, headPayload);
      hear("credit", 1, payload);
      assert.equal(violations.length, 1);
    }
  });

  test("more streams at once than a link carries is a violation", () => {
    const { endpoint, hear, violations, served } = loneEndpoint("proxy");
    for (let id = 1; id <= STREAMS_PER_LINK_MAX; id += 1) hear("request-head", id, headPayload);
    assert.equal(endpoint.openStreams, STREAMS_PER_LINK_MAX);
    served[5]?.stream.sendEnd(END);
    hear("request-head", STREAMS_PER_LINK_MAX + 1, headPayload);
    assert.deepEqual(violations, []);
    hear("request-head", STREAMS_PER_LINK_MAX + 2, headPayload);
    assert.equal(violations.length, 1);
  });

  test("a violation is told once, and nothing that the peer sends after it is heard", () => {
    const { endpoint, hear, violations } = loneEndpoint("router");
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
    const { endpoint, hear, violations } = loneEndpoint("router");
    const ear = new Ear();
    endpoint.open(HEAD, ear);
    hear("response-end", 1, new TextEncoder().encode("{}"));
    assert.equal(violations.length, 1);
    assert.deepEqual(ear.heard, []);
    endpoint.close(LOST);
    assert.deepEqual(ear.heard, ["lost provider_disconnected"]);
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
