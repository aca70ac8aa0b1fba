// Streams as real servers send them: the proxy reads the usage and the reason that the router reads, however they come.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { describe, test } from "node:test";
import { ODD_STREAMS } from "@aimo-network/protocol/test-bed/odd-streams";
import { SERVER_STREAMS } from "@aimo-network/protocol/test-bed/server-streams";
import { streamBytes } from "@aimo-network/protocol/test-bed/stream-words";
import { AnswerReader } from "./answer-reader.ts";

interface Read {
  readonly finishReason: string | undefined;
  readonly usage: readonly [prompt: number, completion: number, cached: number, reasoning: number] | undefined;
}

function read(pieces: readonly Uint8Array[]): Read {
  const reader = new AnswerReader("events");
  for (const piece of pieces) reader.push(piece);
  reader.end();
  assert.equal(reader.digest(), hash("sha256", Buffer.concat(pieces), "hex"));
  const { finishReason, usage } = reader;
  if (usage === undefined) return { finishReason, usage };
  return {
    finishReason,
    usage: [usage.promptTokens, usage.completionTokens, usage.cachedTokens, usage.reasoningTokens],
  };
}

describe("an answer", () => {
  for (const stream of [...SERVER_STREAMS, ...ODD_STREAMS]) {
    test(`like ${stream.name} is read the same, split at any byte and with any line end`, () => {
      const whole = streamBytes(stream);
      const expected = read([whole]);
      if (stream.failure === undefined) assert.equal(expected.finishReason, stream.finishReason);
      const { usage } = stream;
      assert.deepEqual(
        expected.usage,
        usage && [usage.promptTokens, usage.completionTokens, usage.cachedTokens ?? 0, usage.reasoningTokens ?? 0],
      );
      for (let at = 1; at < whole.length; at += 1) {
        assert.deepEqual(read([whole.subarray(0, at), whole.subarray(at)]), expected, `split at ${at}`);
      }
      for (const spaced of [streamBytes(stream, "\r\n"), streamBytes(stream, "\r"), streamBytes(stream, "\n", "c")]) {
        assert.deepEqual(read([...spaced].map((byte) => Uint8Array.of(byte))), expected);
      }
    });
  }
});
