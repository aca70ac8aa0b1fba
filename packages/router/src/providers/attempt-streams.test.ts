// Streams as real servers send them, through an attempt: the same answer however their bytes are split or spaced.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ODD_STREAMS } from "@aimo-network/protocol/test-bed/odd-streams";
import { SERVER_STREAMS } from "@aimo-network/protocol/test-bed/server-streams";
import type { AnswerStream } from "@aimo-network/protocol/test-bed/stream-words";
import { streamBytes } from "@aimo-network/protocol/test-bed/stream-words";
import type { Usage } from "@aimo-network/protocol/usage";
import { createRelayBench } from "../test-bed/relay-bench.ts";

const NO_TOKENS: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  promptAudioTokens: 0,
  completionAudioTokens: 0,
};

/** What a client saw of a stream, and how its relay ended. */
async function relayed(pieces: readonly Uint8Array[]): Promise<{ shown: readonly string[]; end: unknown }> {
  const bench = createRelayBench({ links: 1 });
  const outcome = bench.run();
  const attempt = await bench.attempt();
  attempt.head();
  for (const piece of pieces) attempt.write(piece);
  attempt.end();
  const ended = await outcome;
  bench.assertNothingLeft();
  if (ended.ended === "failed") return { shown: bench.shown, end: ended.error.code };
  assert.equal(ended.ended, "answered");
  return { shown: bench.shown, end: { finishReason: ended.finishReason, usage: ended.usage } };
}

interface Delta {
  readonly content?: string | null;
  readonly reasoning?: string;
  readonly reasoning_content?: string | null;
  readonly audio?: { readonly transcript?: string };
  readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[] | null;
}

function wordsOf({ content, reasoning, reasoning_content: thought, audio, tool_calls: calls }: Delta): string {
  const said = [
    reasoning,
    thought,
    content,
    audio?.transcript,
    ...(calls ?? []).map((call) => call.function.arguments),
  ];
  return said.map((words) => words ?? "").join("");
}

function wordsIn(shown: readonly string[]): string {
  return shown
    .flatMap((text) => (JSON.parse(text) as { choices: readonly { delta: Delta }[] }).choices)
    .map((choice) => wordsOf(choice.delta))
    .join("");
}

function expectedEnd({ failure, finishReason, usage }: AnswerStream): unknown {
  return failure ?? { finishReason, usage: usage === undefined ? undefined : { ...NO_TOKENS, ...usage } };
}

describe("a stream", () => {
  for (const stream of [...SERVER_STREAMS, ...ODD_STREAMS]) {
    test(`like ${stream.name} is read, and the same split at any byte`, async () => {
      const whole = streamBytes(stream);
      const expected = await relayed([whole]);
      assert.deepEqual(expected.end, expectedEnd(stream));
      assert.equal(wordsIn(expected.shown), stream.says);
      for (let at = 1; at < whole.length; at += 1) {
        assert.deepEqual(await relayed([whole.subarray(0, at), whole.subarray(at)]), expected, `split at ${at}`);
      }
      assert.deepEqual(await relayed([...whole].map((byte) => Uint8Array.of(byte))), expected, "byte by byte");
    });

    test(`like ${stream.name} is the same with other line ends, and with comments between its events`, async () => {
      const expected = await relayed([streamBytes(stream)]);
      for (const [lineEnd, comment] of [["\r\n"], ["\r"], ["\n", "keep-alive"], ["\r\n", "data: no data"]] as const) {
        const whole = streamBytes(stream, lineEnd, comment);
        assert.deepEqual(await relayed([whole]), expected);
        assert.deepEqual(await relayed([...whole].map((byte) => Uint8Array.of(byte))), expected);
      }
    });
  }
});
