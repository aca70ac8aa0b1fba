// A usage that no answer of these bytes can have is brought down to what it can.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readUsage } from "@aimo-network/protocol/usage";
import fc from "fast-check";
import { SILENT_TOKENS_PER_CHOICE_MAX } from "./limits.ts";
import { plainUsage } from "../test-bed/priced-request.ts";
import type { UsageBounds } from "./plausible-usage.ts";
import { plausibleUsage } from "./plausible-usage.ts";

const BOUNDS: UsageBounds = {
  promptBound: 1_000,
  maxOutput: 500,
  choices: 1,
  deliveredBytes: 100,
  hiddenReasoningTokens: 0,
};

describe("a usage within its bounds", () => {
  test("stays as it was reported, at its edges too", () => {
    const details = { cachedTokens: 1_000, reasoningTokens: 132, promptAudioTokens: 7, completionAudioTokens: 8 };
    const edge = plainUsage(1_000, 100 + SILENT_TOKENS_PER_CHOICE_MAX, details);
    assert.deepEqual(plausibleUsage(edge, BOUNDS), { usage: edge, adjusted: false });
    const nothing = plainUsage(0, 0);
    assert.deepEqual(plausibleUsage(nothing, BOUNDS), { usage: nothing, adjusted: false });
  });
});

describe("a usage is adjusted where it claims", () => {
  for (const [name, reported, bounds, expected] of [
    ["more prompt tokens than the bound", plainUsage(1_001, 1), {}, plainUsage(1_000, 1)],
    ["more completion tokens than bytes, and a few that show none", plainUsage(1, 133), {}, plainUsage(1, 132)],
    ["as many silent tokens for each choice", plainUsage(1, 999), { choices: 3 }, plainUsage(1, 100 + 3 * 32)],
    [
      "more completion tokens than were allowed, however many bytes there are",
      plainUsage(1, 501),
      { deliveredBytes: 9_999 },
      plainUsage(1, 500),
    ],
    [
      "more than was allowed of all choices together",
      plainUsage(1, 1_501),
      { deliveredBytes: 9_999, choices: 3 },
      plainUsage(1, 1_500),
    ],
    [
      "more hidden reasoning than the family may have",
      plainUsage(1, 183, { reasoningTokens: 183 }),
      { hiddenReasoningTokens: 50 },
      plainUsage(1, 182, { reasoningTokens: 182 }),
    ],
    [
      "more cached tokens than the prompt has",
      plainUsage(10, 1, { cachedTokens: 11 }),
      {},
      plainUsage(10, 1, { cachedTokens: 10 }),
    ],
    [
      "more reasoning than the completion has",
      plainUsage(10, 1, { reasoningTokens: 2 }),
      {},
      plainUsage(10, 1, { reasoningTokens: 1 }),
    ],
  ] as const) {
    test(name, () => {
      assert.deepEqual(plausibleUsage(reported, { ...BOUNDS, ...bounds }), { usage: expected, adjusted: true });
    });
  }
});

test("hidden reasoning of the family's is believed where no byte shows it, up to the output that was allowed", () => {
  const bounds = { ...BOUNDS, deliveredBytes: 0, hiddenReasoningTokens: 100_000 };
  assert.equal(plausibleUsage(plainUsage(1, 500), bounds).adjusted, false);
  assert.equal(plausibleUsage(plainUsage(1, 501), bounds).usage.completionTokens, 500);
});

test("whatever a provider reports comes out within every bound, parts within their sides, or is no usage at all", () => {
  const count = fc.oneof(
    fc.integer({ min: 0, max: 3_000 }),
    fc.constantFrom<unknown>(2 ** 64, -1, 0.5, "7", null, undefined, 1e300, Number.NaN, [], {}, 1_000_000_000),
  );
  const reports = fc.record({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: fc.record({ cached_tokens: count, audio_tokens: count }),
    completion_tokens_details: fc.record({ reasoning_tokens: count, audio_tokens: count }),
  });
  const bounds = fc.record({
    promptBound: fc.nat(2_000),
    maxOutput: fc.nat(2_000),
    choices: fc.integer({ min: 1, max: 128 }),
    deliveredBytes: fc.nat(2_000),
    hiddenReasoningTokens: fc.constantFrom(0, 0, 100_000),
  });
  let read = 0;
  fc.assert(
    fc.property(reports, bounds, (report, within) => {
      const reported = readUsage(report);
      if (reported === undefined) return;
      read += 1;
      const { usage, adjusted } = plausibleUsage(reported, within);
      for (const tokens of Object.values(usage) as number[]) assert.ok(Number.isSafeInteger(tokens) && tokens >= 0);
      const unseen = (SILENT_TOKENS_PER_CHOICE_MAX + within.hiddenReasoningTokens) * within.choices;
      assert.ok(usage.promptTokens <= within.promptBound);
      assert.ok(usage.completionTokens <= within.deliveredBytes + unseen);
      assert.ok(usage.completionTokens <= within.maxOutput * within.choices);
      assert.ok(usage.cachedTokens <= usage.promptTokens && usage.reasoningTokens <= usage.completionTokens);
      assert.equal(
        adjusted,
        usage.promptTokens < reported.promptTokens || usage.completionTokens < reported.completionTokens,
      );
    }),
    { numRuns: 1_000 },
  );
  assert.ok(read > 100, `${read} of 1000 were read`);
});
