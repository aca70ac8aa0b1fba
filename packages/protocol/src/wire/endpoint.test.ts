// Two endpoints tell each other a request and its answer, complete and in order, whatever the credit.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { REQUEST_CREDIT_BYTES, RESPONSE_CREDIT_BYTES, STREAM_ID_MAX } from "../limits.ts";
import { Ear, EndpointPair, loneEndpoint, pattern } from "../test-bed/endpoint-pair.ts";
import { MESSAGE_EXAMPLES } from "../test-bed/message-examples.ts";
import { decodeCredit, decodeFrame } from "./frame.ts";
import { encodeMessage } from "./messages.ts";

const HEAD = MESSAGE_EXAMPLES["request-head"];
const END = MESSAGE_EXAMPLES["response-end"];
const RESPONSE_HEAD = MESSAGE_EXAMPLES["response-head"];
const headPayload = encodeMessage("request-head", MESSAGE_EXAMPLES["request-head"]);

function sameBytes(found: readonly Uint8Array[], expected: Uint8Array): void {
  assert.equal(Buffer.compare(Buffer.concat(found), expected), 0, "the bytes arrive complete and in order");
}

describe("a request and its answer", () => {
  test("bodies far above the credit arrive complete, in order, and leave nothing behind", () => {
    const pair = new EndpointPair();
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
    const pair = new EndpointPair();
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
    const pair = new EndpointPair();
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

  test("a request in pieces of any size, empty ones too, arrives whole and in order", () => {
    const pair = new EndpointPair();
    const body = pattern(200_000);
    const pieces = [body.subarray(0, 3), body.subarray(3, 3), body.subarray(3, 70_000), body.subarray(70_000)];
    const stream = pair.router.open(HEAD, new Ear());
    stream.sendRequest(pieces);
    pair.settle();
    const [served] = pair.served;
    assert.deepEqual(Buffer.concat(served?.ear.body ?? []), Buffer.from(body));
    assert.equal(served?.ear.heard.at(-1), "request-end");
  });

  test("a request is sent once", () => {
    for (const body of [new Uint8Array(0), pattern(10)]) {
      const { stream } = new EndpointPair().open(body);
      assert.throws(() => stream.sendRequest([body]), /sent only where the table allows it/);
    }
  });

  test("an answer's body comes after its head, which comes once", () => {
    const { hear, served } = loneEndpoint("proxy");
    hear("request-head", 1, headPayload);
    const stream = served[0]?.stream;
    assert.throws(() => stream?.sendBody(pattern(1)), /sent only where the table allows it/);
    stream?.sendHead(RESPONSE_HEAD);
    assert.throws(() => stream?.sendHead(RESPONSE_HEAD), /sent only where the table allows it/);
  });

  test("a slow reader stops its sender at exactly the credit, and no other stream", () => {
    const pair = new EndpointPair();
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
    for (let granted = 0; granted < 100_000;) {
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
    const pair = new EndpointPair();
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
    const { endpoint, socket, hear } = loneEndpoint("router");
    const stream = endpoint.open(HEAD, new Ear());
    hear("response-head", stream.id, encodeMessage("response-head", RESPONSE_HEAD));
    hear("response-body", stream.id, new Uint8Array(RESPONSE_CREDIT_BYTES));
    socket.releaseAll();
    for (let granted = 0; granted < RESPONSE_CREDIT_BYTES; granted += 64) stream.grant(64);
    const credits = socket.releaseAll().map((bytes) => decodeCredit(decodeFrame(bytes, "router").payload));
    assert.deepEqual(credits, [RESPONSE_CREDIT_BYTES / 2, RESPONSE_CREDIT_BYTES / 2]);
  });

  test("an owner that grants more than it received is at fault itself", () => {
    const { endpoint, hear } = loneEndpoint("router");
    const stream = endpoint.open(HEAD, new Ear());
    hear("response-head", stream.id, encodeMessage("response-head", RESPONSE_HEAD));
    hear("response-body", stream.id, new Uint8Array(10));
    stream.grant(4);
    assert.throws(() => stream.grant(7), /no more than it has received/);
    stream.grant(6);
  });

  test("messages of the connection pass both ways, in order, whatever streams do", () => {
    const pair = new EndpointPair();
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
    const pair = new EndpointPair();
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
    const pair = new EndpointPair();
    const { stream, ear } = pair.open(pattern(5 * REQUEST_CREDIT_BYTES));
    pair.serve = (served) => served.stream.sendEnd({ ...END, error: { code: "overloaded", message: "Later." } });
    pair.settle();
    assert.deepEqual(ear.heard, ["end"]);
    assert.equal(stream.queuedBytes, 0);
    assert.deepEqual(pair.served[0]?.ear.heard, [], "what the router still had on its way means nothing any more");
    pair.assertIdle();
  });

  test("an End that waits for its body's credit lets the rest of the request pass unheard and ungranted", () => {
    const pair = new EndpointPair();
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
    const { violations, hear, endpoint, served } = loneEndpoint("proxy");
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
    const pair = new EndpointPair();
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

describe("stream ids", () => {
  test("the last one works like any other, and then the link has used them all", () => {
    const { endpoint, hear, violations, served, socket } = loneEndpoint("proxy");
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
      const again = loneEndpoint("proxy");
      again.hear("request-head", STREAM_ID_MAX, headPayload);
      again.hear("request-head", id, headPayload);
      assert.equal(again.violations.length, 1);
    }
  });

  test("a router counts them up from one", () => {
    const { endpoint } = loneEndpoint("router");
    assert.deepEqual(
      [1, 2, 3].map(() => endpoint.open(HEAD, new Ear()).id),
      [1, 2, 3],
    );
  });

  test("a stream whose head does not fit takes none", () => {
    const { endpoint, socket } = loneEndpoint("router");
    assert.throws(
      () => endpoint.open({ ...HEAD, payer: "p".repeat(2_001) }, new Ear()),
      /request-head fits its schema/,
    );
    assert.equal(endpoint.openStreams + endpoint.lanes + socket.length, 0);
    assert.equal(endpoint.open(HEAD, new Ear()).id, 1);
  });
});
