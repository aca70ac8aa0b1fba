// Relays over a first-generation link, whose proxy can neither be cancelled nor be told anything: the same outcomes.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import type { RelayBench } from "../test-bed/relay-bench.ts";
import { createRelayBench, says, stops, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";
import type { TextBench, TextPeer } from "../test-bed/text-bench.ts";
import { event, message, startTextBench } from "../test-bed/text-bench.ts";
import type { RelayOutcome } from "./relay.ts";

const USAGE = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } };

describe("a relay over a first-generation link", () => {
  let texts: TextBench;
  let peer: TextPeer;
  before(async () => (texts = await startTextBench()));
  after(() => texts.close());
  beforeEach(async () => (peer = await texts.connect()));
  afterEach(() => texts.leave());

  const start = async (
    stream: boolean,
  ): Promise<{ bench: RelayBench; outcome: Promise<RelayOutcome<string>>; id: string }> => {
    const bench = createRelayBench({ stream, realLink: peer.link });
    const outcome = bench.run();
    await peer.settle();
    return { bench, outcome, id: peer.requests.at(-1)?.request_id ?? "" };
  };

  test("reads a stream that has said why it stops on to its usage when its client leaves", async () => {
    const { bench, outcome, id } = await start(true);
    for (const said of [says("é"), stops()]) peer.send(event(id, JSON.stringify(said)));
    await peer.settle();
    bench.leave();
    peer.send(event(id, JSON.stringify(USAGE)));
    peer.send(event(id, "[DONE]"));
    peer.send(event(id, "", true));
    const result = await outcome;
    assert.ok(result.ended === "answered");
    assert.deepEqual([result.clientGone, result.delivered, result.usage?.completionTokens], [true, { bytes: 2 }, 2]);
    result.settle(true); // which this proxy is not told
    bench.assertNothingLeft();
  });

  for (const [name, stream, payload] of [
    ["a stream", true, undefined],
    ["a JSON answer", false, WHOLE_ANSWER],
  ] as const) {
    test(`is left by its client where ${name} comes when nobody waits for it any more`, async () => {
      const { bench, outcome, id } = await start(stream);
      bench.leave();
      if (payload !== undefined) peer.send(message(id, { payload }));
      else for (const said of [says("x"), stops(), USAGE]) peer.send(event(id, JSON.stringify(said)));
      peer.send(event(id, "", true));
      await peer.settle();
      const result = await outcome;
      assert.ok(result.ended === "client_left");
      assert.deepEqual([result.delivered, result.usage, result.finishReason], [{ bytes: 0 }, undefined, undefined]);
      result.settle(false);
      bench.assertNothingLeft();
    });
  }

  test("sends its proxy no notices", async () => {
    peer.link.notice("no_usage", "An answer came without usage.", "m");
    await peer.settle();
    assert.deepEqual(peer.requests, []);
  });
});
