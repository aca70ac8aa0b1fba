// What is locked: every quantity at its bound, exact to the nano-USDC, and never an amount that others would suffer from.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { cost } from "@aimo-network/protocol/price";
import type { OfferBounds } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import { OUTPUT_TOKENS_DEFAULT, OUTPUT_TOKENS_MIN, REQUEST_COST_USDC_MAX } from "./limits.ts";
import { anyOffer, anyRequest, PLAIN_REQUEST, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import type { MediaCounts, PricedOffer, RequestSize } from "./ceiling.ts";
import { affordableTokens, ceiling, maxOutput, mediaTokens, planCeiling, promptBound } from "./ceiling.ts";

const MAX_NANO = 2n ** 63n - 1n;
const COST_MAX = REQUEST_COST_USDC_MAX * 10n ** 9n;

function sized(more: Partial<RequestSize>): RequestSize {
  return { ...PLAIN_REQUEST, ...more };
}

function media(more: Partial<MediaCounts>): RequestSize {
  return sized({ media: { ...PLAIN_REQUEST.media, ...more } });
}

function priced(prompt: bigint, completion: bigint, offer: OfferBounds = {}): PricedOffer {
  return { price: tokenPrice(prompt, completion), offer };
}

describe("the prompt bound is", () => {
  test("a token for each byte, 64 for each message and 512 for the template", () => {
    assert.equal(promptBound({}, sized({ textBytes: 1_000, messageCount: 3 })), 1_000 + 3 * 64 + 512);
  });

  test("at most the context length", () => {
    assert.equal(promptBound({ context_length: 663 }, PLAIN_REQUEST), 663);
    assert.equal(promptBound({ context_length: 665 }, PLAIN_REQUEST), 664);
  });

  test("3,000 more for each image, or what the offer says, beyond the context length too", () => {
    assert.equal(promptBound({}, media({ image: 2 })), 664 + 2 * 3_000);
    assert.equal(promptBound({ max_tokens_per_image: 85, context_length: 600 }, media({ image: 2 })), 600 + 2 * 85);
  });

  test("what the offer says more for each recording, video and file", () => {
    const offer = { max_tokens_per_audio: 7, max_tokens_per_video: 70, max_tokens_per_file: 700 };
    assert.equal(mediaTokens(offer, { image: 1, audio: 2, video: 3, file: 4 }), 3_000 + 14 + 210 + 2_800);
  });

  test("unknown for a recording at an offer that does not bound it: it never gets one", () => {
    assert.throws(() => promptBound({}, media({ audio: 1 })), /an offer that does not bound audio parts gets none/);
  });
});

describe("the output of each choice is", () => {
  for (const [name, offer, maxTokens, expected] of [
    ["what the client asked for", { max_completion_tokens: 500 }, 100, 100],
    ["what the offer can write where the client asked for more", { max_completion_tokens: 500 }, 501, 500],
    ["what the context holds where the client asked for more", { context_length: 400 }, 501, 400],
    ["what the client asked for where the offer says nothing", {}, 2 ** 31, 2 ** 31],
    ["the offer's limit where the client asked for nothing", { max_completion_tokens: 5_000 }, undefined, 5_000],
    ["4,096 where neither says anything", { context_length: 128_000 }, undefined, OUTPUT_TOKENS_DEFAULT],
    ["no more than the context", { context_length: 900, max_completion_tokens: 5_000 }, undefined, 900],
    [
      "what the context has left beside the prompt where the client asked for nothing",
      { context_length: 8_192, max_completion_tokens: 8_192 },
      undefined,
      8_192 - Math.ceil(88 / 3),
    ],
  ] as const) {
    test(name, () => assert.equal(maxOutput(offer, sized({ maxTokens })), expected));
  }

  test("a short answer at least, however long the prompt is", () => {
    assert.equal(maxOutput({ context_length: 8_192 }, sized({ textBytes: 1_000_000 })), OUTPUT_TOKENS_MIN);
  });
});

describe("the ceiling is", () => {
  test("prompt bound × prompt price + output × choices × completion price, rounded up once", () => {
    assert.equal(ceiling(priced(3n, 7n), sized({ choices: 3 }), 100), (664n * 3n + 300n * 7n + 999n) / 1_000n);
    assert.equal(ceiling(priced(1n, 0n), PLAIN_REQUEST, 100), 1n);
    assert.equal(ceiling(priced(0n, 0n), PLAIN_REQUEST, 100), 0n);
  });

  test("counted with the dearer of prompt and cache price", () => {
    const at = (inputCacheRead: bigint): bigint => {
      const price = tokenPrice(1_000n, 0n, { inputCacheRead: microUsdc(inputCacheRead) });
      return ceiling({ price, offer: {} }, PLAIN_REQUEST, 100);
    };
    assert.deepEqual([at(500n), at(2_000n)], [664n, 1_328n]);
  });

  test("with the images and the request", () => {
    const price = tokenPrice(0n, 0n, { image: microUsdc(5n), request: microUsdc(7n) });
    assert.equal(ceiling({ price, offer: {} }, media({ image: 3 }), 100), 22_000n);
  });

  test("never below what any usage within the bounds costs", () => {
    const share = fc.integer({ min: 0, max: 16 }).map((sixteenths) => sixteenths / 16);
    fc.assert(
      fc.property(anyOffer, anyRequest, share, share, share, (offer, size, prompt, cached, completion) => {
        const output = maxOutput(offer.offer, size);
        const promptTokens = Math.floor(promptBound(offer.offer, size) * prompt);
        const usage = plainUsage(promptTokens, Math.floor(output * size.choices * completion), {
          cachedTokens: Math.floor(promptTokens * cached),
        });
        const most = orTooMuch(() => ceiling(offer, size, output));
        assert.ok(orTooMuch(() => cost(offer.price, usage, size.media.image)) <= most);
      }),
    );
  });
});

/** An amount, or one more than the greatest where it is refused as too great. */
function orTooMuch(compute: () => bigint): bigint {
  try {
    return compute();
  } catch (error) {
    assert.ok(isAimoError(error, "invalid_amount"), String(error));
    return MAX_NANO + 1n;
  }
}

describe("what a granted amount pays for is", () => {
  test("the most output whose ceiling fits: one token more exceeds it, or the offer's limit", () => {
    let lowered = 0;
    fc.assert(
      fc.property(anyOffer, anyRequest, fc.integer({ min: 0, max: 100 }), (offer, size, percent) => {
        const most = maxOutput(offer.offer, size);
        const full = orTooMuch(() => ceiling(offer, size, most));
        const promptAlone = orTooMuch(() => ceiling(offer, size, 0));
        const part = promptAlone - 2n + ((full - promptAlone) * BigInt(percent)) / 100n;
        const granted = nanoUsdc(part < 0n ? 0n : part);
        const affordable = affordableTokens(offer, size, granted);
        assert.ok(affordable >= 0 && affordable <= most);
        if (affordable > 0) assert.ok(ceiling(offer, size, affordable) <= granted);
        if (affordable < most) assert.ok(orTooMuch(() => ceiling(offer, size, affordable + 1)) > granted);
        if (affordable > 0 && affordable < most) lowered += 1;
      }),
      { numRuns: 1_000 },
    );
    assert.ok(lowered > 100, `${lowered} of 1000 were lowered`);
  });

  test("everything the offer may write where the whole ceiling was granted, and where it is free", () => {
    const offer = priced(1_000n, 2_000n, { max_completion_tokens: 300 });
    const full = ceiling(offer, PLAIN_REQUEST, 300);
    assert.deepEqual([full, affordableTokens(offer, PLAIN_REQUEST, full)], [1_264n, 300]);
    assert.equal(affordableTokens(offer, PLAIN_REQUEST, nanoUsdc(1_263n)), 299);
    assert.equal(affordableTokens(priced(0n, 0n), PLAIN_REQUEST, nanoUsdc(0n)), OUTPUT_TOKENS_DEFAULT);
  });

  test("nothing where it does not pay for the prompt and one token", () => {
    assert.equal(affordableTokens(priced(1_000n, 2_000n), PLAIN_REQUEST, nanoUsdc(665n)), 0);
    assert.equal(affordableTokens(priced(1_000n, 2_000n), PLAIN_REQUEST, nanoUsdc(666n)), 1);
  });
});

describe("the ceiling of a plan", () => {
  const cheap = priced(1_000n, 1_000n);

  test("is that of its dearest offer", () => {
    const dear = priced(2_000n, 2_000n);
    const plan = planCeiling([cheap, dear], sized({ maxTokens: 100 }), { named: false });
    assert.deepEqual([plan.offers, plan.full], [[cheap, dear], 1_528n]);
  });

  test("is at least that of its first offer: for another one nobody is refused", () => {
    const dear = priced(2_000n, 2_000n);
    const bounded = planCeiling([cheap, dear], sized({ maxTokens: 100 }), { named: false });
    assert.deepEqual([bounded.least, bounded.leasts], [764n, [764n, 1_528n]]);
    const open = planCeiling([dear, cheap], PLAIN_REQUEST, { named: false });
    assert.deepEqual([open.least, open.leasts], [2n * 1_688n, [2n * 1_688n, 1_688n]]);
  });

  test("is free where its offers are", () => {
    const plan = planCeiling([priced(0n, 0n)], PLAIN_REQUEST, { named: false });
    assert.deepEqual([plan.full, plan.least], [0n, 0n]);
  });

  test("leaves out fallbacks dearer than four times the first, not those that cost exactly as much", () => {
    const [fourfold, dearer] = [priced(4_000n, 4_000n), priced(4_001n, 4_000n)];
    const plan = planCeiling([cheap, dearer, fourfold], PLAIN_REQUEST, { named: false });
    assert.deepEqual(plan.offers, [cheap, fourfold]);
    assert.deepEqual(planCeiling([priced(0n, 0n), cheap], PLAIN_REQUEST, { named: false }).offers, [priced(0n, 0n)]);
  });

  test("keeps dearer fallbacks where the client named the provider, and is theirs then", () => {
    const dearer = priced(9_000n, 9_000n);
    const plan = planCeiling([cheap, dearer], sized({ maxTokens: 100 }), { named: true });
    assert.deepEqual([plan.offers, plan.full], [[cheap, dearer], 6_876n]);
  });

  test("keeps a fallback of the same price that may only write more", () => {
    const longer = priced(1_000n, 1_000n, { max_completion_tokens: 32_000 });
    const plan = planCeiling([cheap, longer], PLAIN_REQUEST, { named: false });
    assert.deepEqual([plan.offers, plan.full], [[cheap, longer], 32_664n]);
  });

  test("may be lowered to 1,024 output tokens where the client left them open, and no further", () => {
    const plan = planCeiling([cheap], sized({ choices: 2 }), { named: false });
    assert.deepEqual([plan.full, plan.least], [664n + 8_192n, 664n + 2_048n]);
    assert.equal(affordableTokens(cheap, sized({ choices: 2 }), plan.least), OUTPUT_TOKENS_MIN);
  });

  test("may be lowered to the offer's own limit where that is less", () => {
    const short = priced(1_000n, 1_000n, { max_completion_tokens: 300 });
    const plan = planCeiling([short], PLAIN_REQUEST, { named: false });
    assert.deepEqual([plan.full, plan.least], [964n, 964n]);
  });

  test("may not be lowered where the client set a maximum, large or small", () => {
    for (const maxTokens of [1, 1_025, 9_000]) {
      const plan = planCeiling([cheap], sized({ maxTokens }), { named: false });
      assert.equal(plan.least, plan.full);
    }
  });

  test("reserves the prompt bound and the output of all choices, the most of its offers", () => {
    const longer = priced(1_000n, 1_000n, { max_completion_tokens: 8_000 });
    const plan = planCeiling([cheap, longer], sized({ choices: 2 }), { named: false });
    assert.equal(plan.tokens, 664 + 16_000);
  });

  test("leaves out an offer at which the request could cost more than any may", () => {
    const absurd = priced(10n ** 12n, 10n ** 12n);
    const many = sized({ maxTokens: 2 ** 31, choices: 128 });
    const plan = planCeiling([absurd, priced(1n, 1n)], many, { named: true });
    assert.deepEqual(plan.offers, [priced(1n, 1n)]);
  });

  test("is refused where every offer is such a one, saying so", () => {
    const absurd = priced(10n ** 12n, 10n ** 12n);
    assert.throws(
      () => planCeiling([absurd], sized({ maxTokens: 2 ** 31, choices: 128 }), { named: false }),
      (error) => {
        assert.ok(isAimoError(error, "invalid_request"));
        assert.equal(error.context.param, "max_tokens");
        assert.equal(
          error.message,
          "`max_tokens`: expected a request that costs at most 1000000 USDC, found one that may cost 274877907608 USDC.",
        );
        return true;
      },
    );
  });

  test("stays within what a request may cost where the client left its output open", () => {
    const dear = priced(0n, 10n ** 12n, { max_completion_tokens: 1_000_000_000 });
    const plan = planCeiling([dear], PLAIN_REQUEST, { named: false });
    assert.deepEqual([plan.full, plan.least], [COST_MAX, 1_024n * 10n ** 9n]);
    assert.equal(affordableTokens(dear, PLAIN_REQUEST, plan.full), 1_000_000);
  });

  test("is in order and in range, or refused with an operating error, for any plan and any request", () => {
    let planned = 0;
    fc.assert(
      fc.property(
        fc.array(anyOffer, { minLength: 1, maxLength: 3 }),
        anyRequest,
        fc.boolean(),
        (offers, size, named) => {
          try {
            const plan = planCeiling(offers, size, { named });
            planned += 1;
            assert.ok(plan.offers.length > 0 && plan.least <= plan.full && plan.full <= COST_MAX);
            assert.ok(Number.isSafeInteger(plan.tokens));
            assert.equal(plan.leasts[0], plan.least);
            for (const [index, offer] of plan.offers.entries()) {
              const affordable = affordableTokens(offer, size, plan.leasts[index]!);
              assert.ok(affordable >= Math.min(OUTPUT_TOKENS_MIN, maxOutput(offer.offer, size)));
              assert.ok(ceiling(offer, size, affordableTokens(offer, size, plan.full)) <= plan.full);
            }
          } catch (error) {
            assert.ok(isAimoError(error, "invalid_request"), String(error));
          }
        },
      ),
      { numRuns: 1_000 },
    );
    assert.ok(planned > 200, `${planned} of 1000 were planned`);
  });
});
