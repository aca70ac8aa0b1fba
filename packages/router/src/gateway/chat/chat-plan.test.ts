// Whom a request goes to: its models in turn, what its suffixes and preferences ask, and what it is told where nobody fits.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { AimoError } from "@aimo-network/protocol/errors";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { createMarket } from "../../market/market.ts";
import { createOfferBook } from "../../market/offer-book.ts";
import { createLinks } from "../../providers/links.ts";
import type { FakeLink } from "../../test-bed/fake-link.ts";
import { createFakeLink } from "../../test-bed/fake-link.ts";
import type { SaidOfOffers } from "../../test-bed/market-bed.ts";
import { saidHealth, saidTruth } from "../../test-bed/market-bed.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";
import { plainOffer } from "../../test-bed/scripted-provider.ts";
import { manualClock } from "@aimo-network/protocol/clock";
import { base58 } from "@scure/base";
import type { ChatPlan } from "./chat-plan.ts";
import { planChat } from "./chat-plan.ts";
import { readChatRequest } from "./chat-request.ts";

const WALLETS = Array.from({ length: 6 }, () => base58.encode(newWallet().publicKey));
const [A = "", B = "", C = "", D = "", E = "", F = ""] = WALLETS;
const NAMES = new Map([
  [A, "a"],
  [B, "b"],
  [C, "c"],
  [D, "d"],
  [E, "e"],
  [F, "f"],
]);

/** One seller: a wallet, a model as `author/slug`, its price, and what else it offers. */
type Sale = readonly [wallet: string, model: string, prompt: string, more?: Partial<Offer>];

/** A market in which requests are planned, by sellers who have each one link. */
function selling(sales: readonly Sale[], said: SaidOfOffers = {}) {
  const [book, links] = [createOfferBook(), createLinks()];
  const sellers = new Map<string, FakeLink>();
  for (const [wallet, offers] of Map.groupBy(sales, ([seller]) => seller)) {
    const link = createFakeLink(wallet);
    links.add(link);
    sellers.set(wallet, link);
    book.replace(
      link,
      offers.map(([, model, prompt, more]) => {
        const [author = "", slug = ""] = model.split("/");
        return plainOffer(slug, { provider_name: author, pricing: { prompt, completion: "0" }, ...more });
      }),
      0,
    );
  }
  const market = createMarket(manualClock(), { book, health: saidHealth(said), truth: saidTruth(said) });
  const pseudonym = (payer: string, provider: string): string => `${payer} at ${provider}`;
  const plan = (body: object, wallet = "payer", allowed?: readonly string[], isExplained = false): ChatPlan => {
    const text = JSON.stringify({ messages: [{ role: "user", content: "Hi" }], ...body });
    const allowedModels = allowed === undefined ? undefined : new Set(allowed);
    const payer = { wallet, allowedModels };
    return planChat({ market, links, pseudonym }, readChatRequest(Buffer.from(text)), payer, isExplained);
  };
  const asked = (body: object): string =>
    plan(body)
      .candidates.map(({ offer }) => `${NAMES.get(offer.wallet)}:${offer.offer.name}`)
      .join(" ");
  return { plan, asked, sellers };
}

function refused(run: () => unknown): AimoError {
  try {
    run();
  } catch (error) {
    if (isAimoError(error)) return error;
    throw error;
  }
  return assert.fail("nothing was refused");
}

describe("the models of a request", () => {
  const { asked, plan } = selling([
    [A, "x/one", "1"],
    [B, "x/one", "1"],
    [C, "x/one", "1"],
    [D, "x/two", "1"],
    [E, "x/three", "1"],
  ]);

  test("one model has all three places", () => {
    assert.equal(asked({ model: "x/one" }).split(" ").length, 3);
  });

  test("each of several has one place at least, and the first what is left", () => {
    assert.match(asked({ model: "x/one", models: ["x/two"] }), /^[abc]:one [abc]:one d:two$/);
    assert.match(asked({ models: ["x/one", "x/two", "x/three"] }), /^[abc]:one d:two e:three$/);
    assert.match(asked({ models: ["x/two", "x/one", "x/three"] }), /^d:two [abc]:one e:three$/);
  });

  test("what one cannot use falls to the next, and a model that nobody sells is passed over", () => {
    assert.match(asked({ models: ["x/none", "x/one"] }), /^[abc]:one [abc]:one [abc]:one$/);
    assert.equal(asked({ models: ["x/two", "x/none"] }), "d:two");
    assert.match(asked({ models: ["x/two", "x/one"] }), /^d:two [abc]:one [abc]:one$/);
  });

  test("without fall-backs one offer is asked", () => {
    const provider = { allow_fallbacks: false };
    assert.match(asked({ models: ["x/one", "x/two"], provider }), /^[abc]:one$/);
    assert.equal(asked({ models: ["x/none", "x/two"], provider }), "d:two");
  });

  test("none that anybody sells is not found, with names that are near", () => {
    const error = refused(() => asked({ models: ["x/ona", "x/tow"] }));
    assert.deepEqual([error.code, error.status], ["model_not_found", 404]);
    assert.match(error.message, /x\/one/);
  });

  test("a sort over all of them together looks at their offers as at one model's", () => {
    const sales = selling([
      [A, "x/one", "5"],
      [B, "x/two", "1"],
      [C, "x/two", "3"],
    ]);
    const models = ["x/one", "x/two"];
    assert.equal(sales.asked({ models, provider: { sort: { by: "price", partition: "none" } } }), "b:two c:two a:one");
    assert.equal(sales.asked({ models, provider: { sort: { by: "price", partition: "model" } } }), "a:one b:two c:two");
  });

  test("who is named among models that are sorted together is the only one whose name opens a hidden offer", () => {
    const findings = { [`${B}/two`]: { verdict: "unverified" }, [`${A}/one`]: { verdict: "unverified" } } as const;
    const hiding = selling(
      [
        [A, "x/one", "5"],
        [B, "x/two", "1"],
        [C, "x/two", "3"],
      ],
      { findings },
    );
    const provider = { sort: { by: "price", partition: "none" } };
    assert.equal(hiding.asked({ models: [`${A}:one`, "x/two"], provider }), "c:two a:one");
    assert.equal(hiding.asked({ models: ["x/two", `${A}:one`], provider }), "c:two a:one");
  });

  test("an offer that two of their names find is asked once", () => {
    assert.equal(asked({ models: ["x/two", "two", `${D}:two`] }), "d:two");
    const provider = { sort: { by: "price", partition: "none" } };
    assert.equal(asked({ models: ["x/two", "two", "three"], provider }).split(" ").length, 2);
  });

  test("an explanation has the places of all of them in one order, and those that got none", () => {
    const models = ["x/two", "x/three", "x/one", "x/two:floor"];
    const { candidates, explained = [] } = plan({ models }, "payer", undefined, true);
    const places = explained.filter(({ place }) => place !== undefined);
    const inOrder = [...new Map(places.map(({ place, offer }) => [place, offer])).entries()].toSorted(
      ([one = 0], [other = 0]) => one - other,
    );
    assert.deepEqual(
      inOrder.map(([, offer]) => offer),
      candidates.map(({ offer }) => offer),
    );
    const { explained: alone = [] } = plan(
      { models: ["x/two", "x/one"], provider: { allow_fallbacks: false } },
      "payer",
      undefined,
      true,
    );
    assert.deepEqual(alone.map(({ offer, place }) => `${offer.modelId} ${place}`).toSorted(), [
      "x/one undefined",
      "x/one undefined",
      "x/one undefined",
      "x/two 0",
    ]);
  });
});

describe("what a request asks of the choice", () => {
  const sales: Sale[] = [
    [A, "x/m", "3"],
    [B, "x/m", "1"],
    [C, "x/m", "2"],
  ];
  const speeds = (p50: number) => ({ tokensPerSecond: { p50, p75: p50, p90: p50, p99: p50 } });
  const measured = { [`${A}/m`]: speeds(90), [`${B}/m`]: speeds(30), [`${C}/m`]: speeds(60) };
  const { asked } = selling(sales, { measured });

  test("`:floor` sorts by price, `:nitro` by throughput, unless `provider.sort` says otherwise", () => {
    assert.equal(asked({ model: "x/m:floor" }), "b:m c:m a:m");
    assert.equal(asked({ model: "m:nitro" }), "a:m c:m b:m");
    assert.equal(asked({ model: "m:nitro", provider: { sort: "price" } }), "b:m c:m a:m");
    assert.equal(asked({ model: `${C}:m:floor` }), "c:m");
  });

  test("`order`, `only` and `ignore` name wallets, or offers of wallets", () => {
    assert.match(asked({ model: "m", provider: { order: [C, A] } }), /^c:m a:m b:m$/);
    assert.equal(asked({ model: "m", provider: { only: [`${A}:m`] } }), "a:m");
    assert.equal(asked({ model: "m", provider: { ignore: [A, B] } }), "c:m");
  });

  test("each offer is too dear beside the first of its model; whoever is named, or bounded in price, is not", () => {
    const besides = (body: object): string => {
      const { candidates, priceBeside } = priced.plan(body);
      return candidates
        .map(({ offer }) => `${NAMES.get(offer.wallet)}${NAMES.get(priceBeside(offer).wallet)}`)
        .join(" ");
    };
    const completion = { pricing: { prompt: "3", completion: "1" } };
    const priced = selling([...sales.slice(1), [A, "x/m", "3", completion], [D, "x/n", "9"], [E, "x/n", "99"]]);
    const sort = "price";
    assert.equal(besides({ model: "x/m", provider: { sort } }), "bb cb ab");
    assert.equal(besides({ model: "x/m", provider: { sort, only: [A] } }), "aa");
    assert.equal(besides({ model: `${A}:m` }), "aa");
    assert.equal(besides({ model: "x/m", provider: { sort, order: [C] } }), "cc bc ac");
    assert.equal(besides({ model: "x/m", provider: { sort, max_price: { prompt: "9" } } }), "bb cc ab");
    assert.equal(besides({ model: "x/m", provider: { sort, max_price: { prompt: "9", completion: 9 } } }), "bb cc aa");
    assert.equal(besides({ models: ["x/n", "x/m"], provider: { sort } }), "dd ed bb");
    assert.equal(besides({ models: ["x/n", "x/m"], provider: { sort: { by: sort, partition: "none" } } }), "bb cb ab");
  });

  test("one conversation of a wallet goes to one provider, others go elsewhere", () => {
    const even = selling([A, B, C, D, E, F].map((wallet): Sale => [wallet, "x/m", "1"]));
    const first = (messages: readonly object[], wallet = "payer"): string =>
      even.plan({ model: "m", messages }, wallet).candidates[0]?.offer.wallet ?? "";
    const user = (content: string): object => ({ role: "user", content });
    for (let chat = 0; chat < 20; chat += 1) {
      const begun = [user(`Question ${chat}`)];
      const grown = [...begun, { role: "assistant", content: "Answer" }, user("And then?")];
      assert.equal(first(begun), first(grown), "a conversation that grows stays");
    }
    const found = Array.from({ length: 200 }, (_, chat) => first([user(`Question ${chat}`)]));
    assert.equal(new Set(found).size, 6, "conversations are spread");
    const others = Array.from({ length: 200 }, (_, payer) => first([user("Hello")], `payer ${payer}`));
    assert.equal(new Set(others).size, 6, "wallets are spread, also where all ask the same");
  });

  test("offers that hedge say so, and how long the first is waited for", () => {
    const p90 = (ms: number) => ({ firstOutputMs: { p50: 1, p75: 1, p90: ms, p99: ms } });
    const hedging = selling(
      [
        [A, "x/m", "1", { hedge: true }],
        [B, "x/m", "1", { hedge: true }],
        [C, "x/m", "1"],
        [D, "x/other", "1", { hedge: true }],
      ],
      { measured: { [`${A}/m`]: p90(400), [`${C}/m`]: p90(400), [`${D}/other`]: p90(1) } },
    );
    const { candidates } = hedging.plan({ model: "m" });
    const [a, b, c] = [A, B, C].map((wallet) => candidates.find(({ offer }) => offer.wallet === wallet));
    assert.deepEqual([a?.hedges, a?.hedgeAfterMs], [true, 400]);
    assert.deepEqual([b?.hedges, b?.hedgeAfterMs], [true, undefined], "nobody knows yet how long it takes");
    assert.deepEqual([c?.hedges, c?.hedgeAfterMs], [undefined, undefined]);
    assert.equal(hedging.plan({ model: "other" }).candidates[0]?.hedgeAfterMs, 250);
  });
});

describe("a request that nobody fits is told", () => {
  const sales: Sale[] = [
    [A, "x/m", "3"],
    [B, "x/m", "1"],
  ];

  test("that its wishes exclude everybody, which, and, where it asks, why of every offer", () => {
    const { plan } = selling(sales);
    const body = { model: "m", provider: { zdr: true, max_price: { prompt: "0.5" } } };
    const error = refused(() => plan(body, "payer", undefined, true));
    assert.deepEqual([error.code, error.status, error.retryable], ["no_offer_matches", 404, false]);
    assert.match(error.message, /provider\.max_price/);
    const { offers } = error.context as { offers: readonly { provider: string; excluded: string }[] };
    assert.deepEqual(offers.map(({ provider, excluded }) => `${NAMES.get(provider)} ${excluded}`).toSorted(), [
      "a max_price",
      "b max_price",
    ]);
    assert.equal("offers" in refused(() => plan(body)).context, false);
  });

  test("that everybody is busy, which passes", () => {
    const { plan, sellers } = selling(sales);
    for (const link of sellers.values()) link.free = 0;
    assert.equal(refused(() => plan({ model: "m" })).code, "too_many_concurrent");
  });

  test("that it would buy from itself, or may not use the model", () => {
    const { plan } = selling(sales.slice(0, 1));
    assert.equal(refused(() => plan({ model: "m" }, A)).code, "self_dealing");
    assert.equal(refused(() => plan({ model: "m" }, "payer", ["x/other"])).code, "model_not_allowed");
    const both = selling(sales);
    assert.equal(refused(() => both.plan({ model: "m" }, A, ["x/other"])).code, "model_not_allowed");
  });

  test("that the only offer is not verified, unless it names its provider", () => {
    const said: SaidOfOffers = { findings: { [`${A}/m`]: { verdict: "unverified" } } };
    const { plan, asked } = selling(sales.slice(0, 1), said);
    const error = refused(() => plan({ model: "m" }));
    assert.equal(error.code, "no_offer_matches");
    assert.match(error.message, /<wallet>:<slug>/);
    assert.equal(asked({ model: `${A}:m` }), "a:m");
  });
});
