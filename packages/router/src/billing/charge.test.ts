// What is charged: a test for each sentence of accounting.md about how an answer ends.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Usage } from "@aimo-network/protocol/usage";
import { readUsage } from "@aimo-network/protocol/usage";
import fc from "fast-check";
import { anyOffer, anyRequest, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import { affordableTokens, mediaTokens, planCeiling, promptBound } from "./ceiling.ts";
import type { Charge, ChargeTerms, Ending } from "./charge.ts";
import { chargeOf } from "./charge.ts";

/** A nano-USDC for a prompt token and ten for one of the completion. */
const TERMS: ChargeTerms = {
  price: tokenPrice(1_000n, 10_000n),
  granted: nanoUsdc(6_000n),
  promptBound: 1_000,
  maxOutput: 500,
  choices: 1,
  imageCount: 0,
  textBytes: 402,
  mediaTokens: 0,
  hiddenReasoningTokens: 0,
};

const PLAIN: Charge = {
  amount: nanoUsdc(0n),
  usage: undefined,
  adjusted: false,
  estimated: false,
  cancelled: false,
  unpaid: undefined,
  unpaidAmount: nanoUsdc(0n),
};

type Of<Kind extends Ending["ended"]> = Extract<Ending, { ended: Kind }>;

function answered(more: Partial<Of<"answered">>, terms: Partial<ChargeTerms> = {}): Charge {
  const usage = plainUsage(100, 20);
  const ending = { ended: "answered", usage, finishReason: "stop", deliveredBytes: 80, clientGone: false } as const;
  return chargeOf({ ...TERMS, ...terms }, { ...ending, ...more });
}

function failed(more: Partial<Of<"failed">>): Charge {
  const ending = { ended: "failed", code: "provider_error", usage: undefined, deliveredBytes: 80 } as const;
  return chargeOf(TERMS, { ...ending, ...more });
}

function left(more: Partial<Of<"client_left">>, terms: Partial<ChargeTerms> = {}): Charge {
  const ended = { ended: "client_left", dispatched: true, finishReason: undefined } as const;
  return chargeOf({ ...TERMS, ...terms }, { ...ended, usage: undefined, deliveredBytes: 80, ...more });
}

describe("an answer is charged", () => {
  test("the usage its provider reported, at the price of its admission", () => {
    const usage = plainUsage(100, 20);
    assert.deepEqual(answered({ usage }), { ...PLAIN, amount: 300n, usage });
  });

  test("cached tokens at their price, images and the request besides", () => {
    const price = { ...TERMS.price, inputCacheRead: tokenPrice(100n, 0n).prompt };
    assert.equal(answered({ usage: plainUsage(100, 20, { cachedTokens: 50 }) }, { price }).amount, 255n);
    const more = { ...TERMS.price, image: tokenPrice(1n, 0n).prompt, request: tokenPrice(2n, 0n).prompt };
    assert.equal(answered({}, { price: more, imageCount: 3 }).amount, 300n + 5_000n);
  });

  test("the plausible part of a usage that cannot be true, which is flagged", () => {
    const charge = answered({ usage: plainUsage(5_000, 400) });
    assert.deepEqual(charge, { ...PLAIN, amount: 1_000n + 1_120n, usage: plainUsage(1_000, 112), adjusted: true });
  });

  test("hidden reasoning where its family has it", () => {
    const charge = answered({ usage: plainUsage(100, 400) }, { hiddenReasoningTokens: 100_000 });
    assert.deepEqual([charge.amount, charge.adjusted], [4_100n, false]);
  });

  test("never more than is locked", () => {
    assert.equal(answered({}, { granted: nanoUsdc(299n) }).amount, 299n);
    assert.equal(answered({}, { granted: nanoUsdc(0n) }).amount, 0n);
  });

  test("as reported where it finished without a token: the prompt alone", () => {
    const usage = plainUsage(100, 0);
    assert.deepEqual(answered({ usage, deliveredBytes: 0 }), { ...PLAIN, amount: 100n, usage });
  });

  test("nothing where it finished without usage, and its provider learns why", () => {
    const charge = answered({ usage: undefined });
    assert.deepEqual(charge, { ...PLAIN, unpaid: "no_usage", unpaidAmount: 101n + 200n });
  });

  for (const [name, report] of [
    ["2^64-1", { prompt_tokens: 18446744073709551615n.toString(), completion_tokens: 1 }],
    ["a number beyond all", { prompt_tokens: 2 ** 64 - 1, completion_tokens: 1 }],
    ["negative", { prompt_tokens: -1, completion_tokens: 3 }],
    ["fractional", { prompt_tokens: 1.5, completion_tokens: 3 }],
    ["strings", { prompt_tokens: "10", completion_tokens: "3" }],
    ["absent", undefined],
    ["null", null],
  ] as const) {
    test(`nothing where its usage is ${name}`, () => {
      const { amount, unpaid } = answered({ usage: readUsage(report) });
      assert.deepEqual([amount, unpaid], [0n, "no_usage"]);
    });
  }

  test("what its bytes can hold where its usage is bigger", () => {
    const usage = readUsage({ prompt_tokens: 1_000_000_000, completion_tokens: 1_000_000_000 });
    assert.deepEqual(answered({ usage }).usage, plainUsage(1_000, 112));
  });
});

describe("an answer that broke off is charged nothing, and its provider told", () => {
  for (const [name, ending, unpaid, unpaidAmount] of [
    ["interrupted after output", { deliveredBytes: 80 }, "interrupted", 101n + 200n],
    ["what its usage says it would have come to", { usage: plainUsage(100, 20) }, "interrupted", 300n],
    ["failed before output", { deliveredBytes: 0 }, "failed", 0n],
    ["failed before output in spite of a usage", { deliveredBytes: 0, usage: plainUsage(100, 20) }, "failed", 0n],
    ["ended by a router that shuts down", { code: "draining", deliveredBytes: 80 }, "router_ended", 301n],
    ["ended by a fault of the router", { code: "internal", deliveredBytes: 0 }, "router_ended", 0n],
  ] as const) {
    test(name, () => assert.deepEqual(failed(ending), { ...PLAIN, unpaid, unpaidAmount }));
  }

  test("by a finish_reason that says error, whatever it reports and whether or not the client stayed", () => {
    const broke = { ...PLAIN, unpaid: "interrupted", unpaidAmount: 300n };
    assert.deepEqual(answered({ finishReason: "error" }), broke);
    assert.deepEqual(left({ finishReason: "error", usage: plainUsage(100, 20) }), broke);
    assert.equal(answered({ finishReason: "error", deliveredBytes: 0, usage: plainUsage(9, 0) }).unpaid, "failed");
  });
});

describe("a client that left is charged", () => {
  test("nothing before any provider was asked", () => {
    assert.deepEqual(left({ dispatched: false, deliveredBytes: 0 }), { ...PLAIN, cancelled: true });
  });

  test("the usage that came before the end", () => {
    const usage = plainUsage(100, 20);
    assert.deepEqual(left({ usage }), { ...PLAIN, amount: 300n, usage, cancelled: true });
  });

  test("of that usage no more than was delivered, which is no fault of the provider's", () => {
    const charge = left({ usage: plainUsage(100, 400) });
    assert.deepEqual(charge, { ...PLAIN, amount: 1_220n, usage: plainUsage(100, 112), cancelled: true });
  });

  test("else a quarter of a token for each byte of the prompt and of what was delivered, rounded up", () => {
    const charge = left({ deliveredBytes: 81 });
    const usage = plainUsage(101, 21);
    assert.deepEqual(charge, { ...PLAIN, amount: 311n, usage, estimated: true, cancelled: true });
  });

  test("media at their bound where it is estimated", () => {
    assert.deepEqual(left({}, { mediaTokens: 600 }).usage, plainUsage(701, 20));
  });

  test("an estimate within the bounds of any usage", () => {
    const { usage } = left({ deliveredBytes: 10_000 }, { textBytes: 1_000_000 });
    assert.deepEqual(usage, plainUsage(1_000, 500));
  });

  test("the prompt alone where nothing was delivered, with usage and without, however much it had reasoned", () => {
    assert.deepEqual(left({ deliveredBytes: 0 }).usage, plainUsage(101, 0));
    const hidden = { hiddenReasoningTokens: 100_000 };
    const charge = left({ deliveredBytes: 0, usage: plainUsage(100, 400) }, hidden);
    assert.deepEqual([charge.usage, charge.amount], [plainUsage(100, 0), 100n]);
  });

  test("the prompt alone of a whole JSON answer that found nobody", () => {
    const charge = answered({ clientGone: true, deliveredBytes: 0 });
    assert.deepEqual(charge, { ...PLAIN, amount: 100n, usage: plainUsage(100, 0), cancelled: true });
  });

  test("never more than is locked", () => {
    assert.equal(left({}, { granted: nanoUsdc(7n) }).amount, 7n);
  });

  test("exactly, as if it had stayed, where it left at finish_reason and the usage still came", () => {
    const usage = plainUsage(100, 20);
    const exact = { ...PLAIN, amount: 300n, usage };
    assert.deepEqual(answered({ clientGone: true }), exact);
    assert.deepEqual(left({ finishReason: "stop", usage }), exact);
  });

  test("no more than it was sent of another choice, which is no fault of the provider's", () => {
    const { amount, adjusted } = answered({ clientGone: true, usage: plainUsage(100, 400) });
    assert.deepEqual([amount, adjusted], [1_220n, false]);
  });

  test("an estimate where it left at finish_reason and no usage came", () => {
    const { estimated, usage } = left({ finishReason: "stop" });
    assert.deepEqual([estimated, usage], [true, plainUsage(101, 20)]);
  });
});

const anyUsage: fc.Arbitrary<Usage | undefined> = fc.option(
  fc
    .tuple(fc.nat(1_000_000_000), fc.nat(1_000_000_000), fc.nat(1_000_000_000))
    .map(([prompt, completion, cached]) =>
      plainUsage(prompt, completion, { cachedTokens: Math.min(prompt, cached), reasoningTokens: completion }),
    ),
  { nil: undefined },
);

const anyEnding: fc.Arbitrary<Ending> = fc.oneof(
  fc.record({
    ended: fc.constant("answered" as const),
    usage: anyUsage,
    finishReason: fc.constantFrom("stop", "error"),
    deliveredBytes: fc.nat(),
    clientGone: fc.boolean(),
  }),
  fc.record({
    ended: fc.constant("failed" as const),
    code: fc.constantFrom("provider_error" as const, "draining" as const),
    usage: anyUsage,
    deliveredBytes: fc.nat(),
  }),
  fc.record({
    ended: fc.constant("client_left" as const),
    dispatched: fc.boolean(),
    usage: anyUsage,
    finishReason: fc.constantFrom(undefined, "stop", "error"),
    deliveredBytes: fc.nat(),
  }),
);

test("no ending of any request at any offer charges more than is locked, nor both charges and leaves unpaid", () => {
  let charged = 0;
  fc.assert(
    fc.property(anyOffer, anyRequest, anyEnding, fc.nat(100), (priced, size, ending, percent) => {
      const plan = planned(() => planCeiling([priced], size, { named: false }));
      if (plan === undefined) return;
      const granted = nanoUsdc(plan.least + ((plan.full - plan.least) * BigInt(percent)) / 100n);
      const terms: ChargeTerms = {
        price: priced.price,
        granted,
        promptBound: promptBound(priced.offer, size),
        maxOutput: affordableTokens(priced, size, granted),
        choices: size.choices,
        imageCount: size.media.image,
        textBytes: size.textBytes,
        mediaTokens: mediaTokens(priced.offer, size.media),
        hiddenReasoningTokens: percent > 50 ? 100_000 : 0,
      };
      const charge = chargeOf(terms, ending);
      assert.ok(charge.amount >= 0n && charge.amount <= granted && charge.unpaidAmount <= granted);
      if (charge.unpaid !== undefined) assert.equal(charge.amount, 0n);
      else assert.equal(charge.unpaidAmount, 0n);
      if (charge.amount > 0n) charged += 1;
    }),
    { numRuns: 2_000 },
  );
  assert.ok(charged > 200, `${charged} of 2000 were charged`);
});

function planned<Plan>(plan: () => Plan): Plan | undefined {
  try {
    return plan();
  } catch {
    return undefined; // absurd, and refused: ceiling.test.ts looks at it
  }
}
