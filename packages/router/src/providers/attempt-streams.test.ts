// Streams as real servers send them, through an attempt: the same answer however their bytes are split or spaced.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SSE_EVENT_CHARS_MAX } from "@aimo-network/protocol/limits";
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
interface Relayed {
  readonly shown: readonly string[];
  readonly end: unknown;
}

async function relayed(pieces: readonly Uint8Array[]): Promise<Relayed> {
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

/** Fails unless a client saw all of it; of a stream that fails it may have seen nothing, where one piece brought both. */
function assertSame(seen: Relayed, all: Relayed, { failure }: AnswerStream, how: string): void {
  if (failure !== undefined && seen.shown.length === 0) assert.deepEqual(seen.end, all.end, how);
  else assert.deepEqual(seen, all, how);
}

describe("a stream", () => {
  for (const stream of [...SERVER_STREAMS, ...ODD_STREAMS]) {
    test(`like ${stream.name} is read, and the same split at any byte`, async () => {
      const whole = streamBytes(stream);
      const expected = await relayed([...whole].map((byte) => Uint8Array.of(byte)));
      assert.deepEqual(expected.end, expectedEnd(stream));
      assert.equal(wordsIn(expected.shown), stream.says);
      assertSame(await relayed([whole]), expected, stream, "in one piece");
      for (let at = 1; at < whole.length; at += 1) {
        const split = await relayed([whole.subarray(0, at), whole.subarray(at)]);
        assertSame(split, expected, stream, `split at ${at}`);
      }
    });

    test(`like ${stream.name} is the same with other line ends, and with comments between its events`, async () => {
      const expected = await relayed([...streamBytes(stream)].map((byte) => Uint8Array.of(byte)));
      for (const [lineEnd, comment] of [["\r\n"], ["\r"], ["\n", "keep-alive"], ["\r\n", "data: no data"]] as const) {
        const whole = streamBytes(stream, lineEnd, comment);
        assertSame(await relayed([whole]), expected, stream, "in one piece");
        assert.deepEqual(await relayed([...whole].map((byte) => Uint8Array.of(byte))), expected);
      }
    });
  }
});

describe("an answer of many bytes", () => {
  const pieces = (text: string, pieceBytes: number): Uint8Array[] => {
    const whole = Buffer.from(text);
    return Array.from({ length: Math.ceil(whole.length / pieceBytes) }, (_, index) =>
      whole.subarray(index * pieceBytes, (index + 1) * pieceBytes),
    );
  };
  const says = (words: string): string => JSON.stringify({ choices: [{ index: 0, delta: { content: words } }] });
  const END = '\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

  test("in one event of a million or fifteen million bytes arrives whole, its characters cut anywhere", async () => {
    for (const count of [250_000, 3_750_000]) {
      const event = says("\u{1f642}".repeat(count));
      const { shown, end } = await relayed(pieces(`data: ${event}${END}`, 32_767));
      assert.ok(shown[0] === event, "every character stands in its place");
      assert.deepEqual(end, { finishReason: "stop", usage: undefined });
    }
  });

  test("in one event of the limit arrives, and one character more is the provider's error", async () => {
    const room = SSE_EVENT_CHARS_MAX - `data: ${says("")}`.length;
    const fits = await relayed(pieces(`data: ${says("x".repeat(room))}${END}`, 32_768));
    assert.equal(fits.shown[0]?.length, SSE_EVENT_CHARS_MAX - "data: ".length);
    const over = await relayed(pieces(`data: ${says("x".repeat(room + 1))}${END}`, 32_768));
    assert.deepEqual([over.shown, over.end], [[], "provider_error"]);
  });

  test("behind a million comments arrives, and in a hundred thousand pieces of one byte", async () => {
    const { shown } = await relayed(pieces(`${":\n\n".repeat(1_000_000)}data: ${says("x")}${END}`, 32_768));
    assert.deepEqual(shown.slice(0, 1), [says("x")]);
    const bench = createRelayBench({ links: 1, stream: false, answerBytesMax: 100_000_000 });
    const outcome = bench.run();
    const attempt = await bench.attempt();
    const content = "é".repeat(50_000);
    const message = { role: "assistant", content };
    attempt.head(200, { "content-type": "application/json" });
    const text = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] });
    for (const piece of pieces(text, 1)) attempt.write(piece);
    attempt.end();
    const ended = await outcome;
    assert.ok(ended.ended === "answered" && ended.answer?.text === text);
    bench.assertNothingLeft();
  });
});
