// The table of a stream's life, line by line as wire.md tells it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FrameName } from "./frame.ts";
import { FRAMES } from "./frame.ts";
import type { StreamState } from "./stream-state.ts";
import { nextStreamState } from "./stream-state.ts";

const STATES: readonly StreamState[] = ["sending", "sent", "answering-early", "answering", "ended"];
const NAMES = Object.keys(FRAMES) as FrameName[];

/** The states after a stream's head and then `frames`, in order; undefined as soon as one is refused. */
function walk(frames: readonly FrameName[]): StreamState | undefined {
  let state: StreamState | undefined = "sending";
  for (const frame of frames) {
    if (state === undefined) return undefined;
    state = nextStreamState(state, frame);
  }
  return state;
}

function allowed(state: StreamState): FrameName[] {
  return NAMES.filter((name) => nextStreamState(state, name) !== undefined);
}

describe("the life of a stream", () => {
  test("a request and its answer walk from sending to ended", () => {
    assert.equal(walk(["request-body", "request-body"]), "sending");
    assert.equal(walk(["request-body", "request-end"]), "sent");
    assert.equal(walk(["request-body", "request-end", "response-head"]), "answering");
    assert.equal(walk(["request-end", "response-head", "response-body", "response-body"]), "answering");
    assert.equal(walk(["request-end", "response-head", "response-body", "response-end"]), "ended");
  });

  test("an answer may begin, and end, before the request has ended", () => {
    assert.equal(walk(["request-body", "response-head", "response-body", "request-body"]), "answering-early");
    assert.equal(walk(["request-body", "response-head", "request-end", "response-body"]), "answering");
    assert.equal(walk(["request-body", "response-head", "response-body", "response-end"]), "ended");
  });

  test("an attempt may fail without a head, before or after the request has ended", () => {
    assert.equal(walk(["response-end"]), "ended");
    assert.equal(walk(["request-end", "response-end"]), "ended");
  });

  test("an answer's head comes once, and before its body", () => {
    assert.equal(walk(["request-end", "response-body"]), undefined);
    assert.equal(walk(["response-body"]), undefined);
    assert.equal(walk(["request-end", "response-head", "response-head"]), undefined);
    assert.equal(walk(["response-head", "response-head"]), undefined);
  });

  test("a request ends once, and nothing of it follows its end", () => {
    assert.equal(walk(["request-end", "request-end"]), undefined);
    assert.equal(walk(["request-end", "request-body"]), undefined);
    assert.equal(walk(["response-head", "request-end", "request-body"]), undefined);
  });

  test("cancel and credit are allowed until the end, and change no state", () => {
    for (const state of STATES.filter((name) => name !== "ended")) {
      assert.equal(nextStreamState(state, "cancel"), state);
      assert.equal(nextStreamState(state, "credit"), state);
    }
  });

  test("response-end ends a stream from every state, and nothing follows it", () => {
    for (const state of STATES.filter((name) => name !== "ended")) {
      assert.equal(nextStreamState(state, "response-end"), "ended");
    }
    assert.deepEqual(allowed("ended"), []);
  });

  test("every state allows exactly the frames the design names", () => {
    const always: FrameName[] = ["cancel", "response-end", "credit"];
    const expected: Record<StreamState, FrameName[]> = {
      sending: ["request-body", "request-end", "response-head", ...always],
      sent: ["response-head", ...always],
      "answering-early": ["request-body", "request-end", "response-body", ...always],
      answering: ["response-body", ...always],
      ended: [],
    };
    for (const state of STATES) assert.deepEqual(new Set(allowed(state)), new Set(expected[state]), state);
  });

  test("frames of the connection, heads of requests and acknowledgements are never part of a stream's life", () => {
    for (const name of NAMES.filter((frame) => FRAMES[frame].scope !== "stream" || frame === "request-head")) {
      for (const state of STATES) assert.equal(nextStreamState(state, name), undefined, `${name} while ${state}`);
    }
  });

  // The two ends are at different places of the table while frames are on their way: none of the orders in which
  // honest frames can cross may be a violation at either end.
  test("frames that cross on the wire are allowed at both ends", () => {
    const requests: readonly FrameName[] = ["request-body", "request-end"];
    const answers: readonly FrameName[] = ["response-head", "response-body", "response-end"];
    const interleave = (left: readonly FrameName[], right: readonly FrameName[]): FrameName[][] => {
      const [first, ...leftRest] = left;
      const [second, ...rightRest] = right;
      if (first === undefined) return [[...right]];
      if (second === undefined) return [[...left]];
      return [
        ...interleave(leftRest, right).map((tail) => [first, ...tail]),
        ...interleave(left, rightRest).map((tail) => [second, ...tail]),
      ];
    };
    const orders = interleave(requests, answers);
    assert.equal(orders.length, 10);
    for (const order of orders) {
      const untilEnd = order.slice(0, order.indexOf("response-end") + 1); // later frames meet a stream that is gone
      assert.equal(walk(untilEnd), "ended", order.join(" "));
    }
  });
});
