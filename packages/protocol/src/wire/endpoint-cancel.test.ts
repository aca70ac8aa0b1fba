// A cancel may come at any moment: it ends the stream once at both ends and gives all credit back.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { REQUEST_CREDIT_BYTES, RESPONSE_CREDIT_BYTES } from "../limits.ts";
import { Ear, EndpointPair, loneEndpoint, pattern } from "../test-bed/endpoint-pair.ts";
import { MESSAGE_EXAMPLES } from "../test-bed/message-examples.ts";
import { decodeCredit, decodeFrame, FRAMES } from "./frame.ts";
import { encodeMessage } from "./messages.ts";

const HEAD = MESSAGE_EXAMPLES["request-head"];
const END = MESSAGE_EXAMPLES["response-end"];
const RESPONSE_HEAD = MESSAGE_EXAMPLES["response-head"];
const headPayload = encodeMessage("request-head", MESSAGE_EXAMPLES["request-head"]);

describe("cancel", () => {
  /** Runs one whole story of about 40 messages, delivering `before` of them, then cancels. */
  function storyCancelledAfter(before: number): {
    pair: EndpointPair;
    ear: Ear;
    messages: number;
    heardBefore: number;
  } {
    const pair = new EndpointPair();
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

  test("is sent once, and takes back the request's bytes that have not gone", () => {
    const pair = new EndpointPair();
    const { stream } = pair.open(pattern(5 * REQUEST_CREDIT_BYTES));
    const onTheirWay = pair.toProxy.length;
    stream.cancel("client_left");
    stream.cancel("client_left");
    assert.equal(stream.queuedBytes, 0);
    assert.equal(pair.router.lanes, 0);
    const sent = pair.toProxy.releaseAll().map((bytes) => decodeFrame(bytes, "router").name);
    assert.deepEqual(sent.slice(onTheirWay), ["cancel"]);
    assert.deepEqual(pair.served[0]?.ear.heard, ["body", "cancelled client_left"]);
  });

  test("an End that waits behind bytes without credit overtakes them", () => {
    const pair = new EndpointPair();
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
    const pair = new EndpointPair();
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
    const { endpoint, socket, hear, violations } = loneEndpoint("router");
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
    const { endpoint, hear, violations } = loneEndpoint("router");
    const stream = endpoint.open(HEAD, new Ear());
    hear("response-head", stream.id, encodeMessage("response-head", RESPONSE_HEAD));
    stream.cancel("client_left");
    hear("response-body", stream.id, new Uint8Array(RESPONSE_CREDIT_BYTES + 1));
    assert.equal(violations.length, 1);
  });

  test("a second one is not told, and a request that goes on after it is not heard", () => {
    const { hear, served, violations } = loneEndpoint("proxy");
    hear("request-head", 1, headPayload);
    hear("cancel", 1, encodeMessage("cancel", { reason: "first" }));
    hear("cancel", 1, encodeMessage("cancel", { reason: "second" }));
    hear("request-body", 1, new Uint8Array(10));
    hear("request-end", 1);
    assert.deepEqual(served[0]?.ear.heard, ["cancelled first"]);
    assert.deepEqual(violations, []);
  });

  test("one that cannot be read is a violation, also when the End already waits", () => {
    const { hear, served, violations } = loneEndpoint("proxy");
    hear("request-head", 1, headPayload);
    served[0]?.stream.sendHead(RESPONSE_HEAD);
    served[0]?.stream.sendBody(new Uint8Array(RESPONSE_CREDIT_BYTES + 1));
    served[0]?.stream.sendEnd(END);
    hear("cancel", 1, Uint8Array.of(0xff));
    assert.equal(violations.length, 1);
  });
});
