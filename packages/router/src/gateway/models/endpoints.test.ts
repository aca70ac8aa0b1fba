// What a provider sees of its offers: why each gets the traffic it gets, how it was measured, and what it has cost.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import type { PriceEntry } from "../../market/price-history.ts";
import type { CatalogueBedDeps, CatalogueServer } from "../../test-bed/catalogue-server.ts";
import { newAddress, offerOf, startCatalogueServer } from "../../test-bed/catalogue-server.ts";
import type { Endpoint } from "./endpoint-shapes.ts";
import { LIST_SMALL_MAX, PRICES_SHOWN_MS } from "./limits.ts";

interface Scene extends CatalogueServer {
  readonly clock: ManualClock;
  endpoints(id?: string): Promise<readonly Endpoint[]>;
  /** The endpoint of a seller of `a/m`. */
  of(seller: string): Promise<Endpoint>;
  /** Answers of many payers. */
  serve(offerId: string, outcome: "succeeded" | "failed" | "limited", payers: number, firstOutputMs?: number): void;
}

async function setUp(t: TestContext, deps: CatalogueBedDeps = {}): Promise<Scene> {
  const clock = manualClock(1_800_000_000_000);
  const server = await startCatalogueServer({ ...deps, clock });
  t.after(() => server.close());
  const endpoints = async (id = "a/m"): Promise<readonly Endpoint[]> => {
    clock.advance(1_000); // views are as old at most
    return (await server.get<{ data: { endpoints: Endpoint[] } }>(`/api/v1/models/${id}/endpoints`)).data.endpoints;
  };
  return {
    ...server,
    clock,
    endpoints,
    of: async (seller) =>
      (await endpoints()).find(({ provider_name: wallet }) => wallet === seller) ?? assert.fail("no such endpoint"),
    serve(offerId, outcome, payers, firstOutputMs) {
      for (let payer = 0; payer < payers; payer += 1) {
        const measured = firstOutputMs === undefined ? {} : { firstOutputMs, tokensPerSecond: 50 };
        server.health.judge({ offerId, payerWallet: newAddress(), outcome, ...measured });
      }
    },
  };
}

const codes = ({ aimo }: Endpoint): string => aimo.reasons.map(({ code }) => code).join(" ");
const priced = (completion: string) => offerOf("a/m", { pricing: { prompt: "0", completion } });

describe("the endpoints of a model say", () => {
  test("which share each gets, and that it is by price", async (t) => {
    const scene = await setUp(t);
    const [cheap, dear] = [scene.sell([priced("1")]), scene.sell([priced("2")])];
    const [first, second] = await scene.endpoints();
    assert.deepEqual([first?.provider_name, first?.aimo.share], [cheap, 0.8]);
    assert.deepEqual([second?.provider_name, second?.aimo.share], [dear, 0.2]);
    assert.equal(codes(second!), "weighted_by_price");
    assert.match(second!.aimo.reasons[0]!.words, /it gets 20 %, by 1\/price²/);
    const { aimo, status, uptime_last_5m: uptime, latency_last_30m: latency } = second!;
    assert.deepEqual([status, uptime, latency], [0, null, null]);
    assert.deepEqual(
      { ...aimo, reasons: [] },
      {
        share: 0.2,
        tier: "good",
        verdict: "new",
        examined_at: null,
        withdrawn: [],
        is_new: true,
        since: "2027-01-15T08:00:00.000Z",
        links: 1,
        free_slots: 7,
        data_collection: null,
        zdr: false,
        hedge: false,
        reasons: [],
      },
    );
  });

  test("that newcomers share a small part beside those who are known", async (t) => {
    const scene = await setUp(t);
    const [stranger, known] = [scene.sell([priced("0.5")]), scene.sell([priced("1")])];
    scene.serve(`${known}/m`, "succeeded", 40);
    const shown = await scene.of(stranger);
    assert.deepEqual([shown.aimo.share, shown.aimo.is_new], [0.05, true]);
    assert.match(codes(shown), /^newcomer/);
    assert.match(shown.aimo.reasons[0]!.words, /at most 5 % of its traffic/);
    const [first] = await scene.endpoints();
    assert.deepEqual([first?.provider_name, first?.aimo.share, first?.aimo.is_new], [known, 0.95, false]);
  });

  test("what was measured, with percentiles", async (t) => {
    const scene = await setUp(t);
    const seller = scene.sell([priced("1")]);
    scene.serve(`${seller}/m`, "succeeded", 38, 200);
    scene.serve(`${seller}/m`, "failed", 2);
    const shown = await scene.of(seller);
    assert.equal(shown.uptime_last_30m, 95);
    assert.deepEqual([shown.uptime_last_5m, shown.uptime_last_1d], [95, 95]);
    for (const percentile of ["p50", "p75", "p90", "p99"] as const) {
      const [latency, throughput] = [shown.latency_last_30m?.[percentile], shown.throughput_last_30m?.[percentile]];
      assert.ok(latency! > 180 && latency! < 220, `${percentile} ${latency}`);
      assert.ok(throughput! > 45 && throughput! < 55, `${percentile} ${throughput}`);
    }
  });

  test("that an offer in outage is asked last, and that one with too many requests is left alone", async (t) => {
    const scene = await setUp(t);
    const [failing, limited, fine] = [priced("1"), priced("2"), priced("3")].map((offer) => scene.sell([offer]));
    scene.serve(`${failing}/m`, "failed", 10);
    scene.serve(`${limited}/m`, "limited", 10);
    const [out, resting, good] = [await scene.of(failing!), await scene.of(limited!), await scene.of(fine!)];
    assert.deepEqual([out.status, out.aimo.tier, out.aimo.share, codes(out)], [-2, "outage", 0, "outage"]);
    assert.deepEqual([resting.status, resting.aimo.tier, codes(resting)], [-1, "resting", "resting"]);
    assert.deepEqual([good.status, good.aimo.share], [0, 1]);
  });

  test("that an offer is slow beside the others, with both numbers", async (t) => {
    const scene = await setUp(t);
    const [quick, other, slow] = [priced("1"), priced("1"), priced("1")].map((offer) => scene.sell([offer]));
    for (const seller of [quick, other]) scene.serve(`${seller}/m`, "succeeded", 40, 100);
    scene.serve(`${slow}/m`, "succeeded", 40, 5_000);
    const shown = await scene.of(slow!);
    assert.deepEqual([shown.status, shown.aimo.tier], [-1, "slow"]);
    assert.match(shown.aimo.reasons[0]!.words, /takes [45]\d{3} ms of late, where .+ takes (9\d|1[01]\d) ms/);
  });

  test("what could not be done that was promised, and takes it off the list", async (t) => {
    const scene = await setUp(t);
    const seller = scene.sell([offerOf("a/m", { capabilities: ["tools"], input_modalities: ["text", "image"] })]);
    assert.ok((await scene.of(seller)).supported_parameters.includes("tools"));
    scene.find(`${seller}/m`, {
      verdict: "verified",
      withdrawn: new Set(["tools", "image"]),
      examinedAtMs: scene.clock.now(),
    });
    const shown = await scene.of(seller);
    assert.deepEqual([shown.aimo.verdict, shown.aimo.withdrawn], ["verified", ["tools", "image"]]);
    assert.match(codes(shown), /withdrawn/);
    assert.ok(!shown.supported_parameters.includes("tools"));
    const { data } = await scene.get<{ data: [{ architecture: object; supported_parameters: string[] }] }>(
      "/v1/models",
    );
    assert.deepEqual(data[0].architecture, {
      modality: "text->text",
      input_modalities: ["text"],
      output_modalities: ["text"],
      tokenizer: "Other",
      instruct_type: null,
    });
    assert.ok(!data[0].supported_parameters.includes("tools"));
  });

  test("that an unverified offer, or one of an imitated name, is reached by its tag only", async (t) => {
    const scene = await setUp(t);
    const [liar, honest] = [scene.sell([priced("1")]), scene.sell([priced("5")])];
    scene.find(`${liar}/m`, { verdict: "unverified" });
    const shown = await scene.of(liar);
    assert.deepEqual([shown.status, shown.aimo.share, codes(shown)], [-3, 0, "unverified"]);
    assert.equal((await scene.of(honest)).aimo.share, 1);
    const model = await scene.get<{ data: { pricing: { completion: string }; aimo: object } }>("/api/v1/models/a/m");
    assert.equal(model.data.pricing.completion, "0.000005", "whom the name does not get to makes no price for it");
    assert.deepEqual(model.data.aimo, {
      providers: 2,
      verified: 0,
      unverified: 1,
      new: 2,
      latency_p50: null,
      throughput_p50: null,
      uptime_last_30m: null,
    });
    scene.sell([offerOf("imitation/m")]);
    const list = await scene.get<{ data: { id: string }[] }>("/api/v1/models");
    assert.deepEqual(
      list.data.map(({ id }) => id),
      ["a/m"],
      "what no name gets to is not listed",
    );
    const [fake] = await scene.endpoints("imitation/m");
    assert.deepEqual([fake?.status, codes(fake!)], [-3, "imitation"]);
  });

  test("that wallets of one network share one weight, and that all links are busy", async (t) => {
    const scene = await setUp(t, { freeSlots: 0 });
    const network = "203.0.113.0/24";
    const [one] = [scene.sell([priced("1")], { network }), scene.sell([priced("1")], { network })];
    const other = scene.sell([priced("1")]);
    const shown = await scene.of(one);
    assert.deepEqual([shown.aimo.share, shown.aimo.free_slots], [0.25, 0]);
    assert.match(codes(shown), /^no_free_slot shares_weight_with_network/);
    assert.equal((await scene.of(other)).aimo.share, 0.5);
  });

  test("each provider's terms once, with the links that sell on them", async (t) => {
    const scene = await setUp(t);
    const wallet = scene.sell([priced("1")]);
    scene.sell([priced("1")], { wallet });
    scene.sell([priced("2")], { wallet });
    const shown = await scene.endpoints();
    assert.deepEqual(
      shown.map((endpoint) => [endpoint.aimo.links, endpoint.aimo.share, codes(endpoint)]),
      [
        [2, 1, "weighted_by_price"],
        [1, 0, "same_provider_ranks_higher"],
      ],
    );
  });

  test("what keeps nothing, over all models", async (t) => {
    const scene = await setUp(t);
    scene.sell([offerOf("a/m", { zdr: true, data_collection: "deny" }), offerOf("b/m", { zdr: true }), offerOf("c/m")]);
    scene.sell([offerOf("a/m")]);
    const { data } = await scene.get<{ data: Endpoint[] }>("/api/v1/endpoints/zdr");
    assert.deepEqual(data.map(({ model_id: id }) => id).toSorted(), ["a/m", "b/m"]);
    assert.deepEqual([data[0]?.aimo.zdr, data[0]?.aimo.data_collection], [true, "deny"]);
  });

  test("all of it for thousands of offers, once for all who ask meanwhile", async (t) => {
    const scene = await setUp(t);
    const count = LIST_SMALL_MAX * 40;
    for (let seller = 0; seller < count; seller += 1) scene.sell([priced("1")]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => scene.ask("/api/v1/models/a/m/endpoints")));
    assert.equal(new Set(answers.map(({ headers }) => headers.etag)).size, 1);
    const { data } = JSON.parse(answers[0]!.bytes.toString()) as { data: { endpoints: Endpoint[] } };
    assert.equal(data.endpoints.length, count);
  });

  test("nothing of a model that nobody sells", async (t) => {
    const scene = await setUp(t);
    scene.sell([priced("1")]);
    for (const path of ["a/x/endpoints", "a/x/prices", "a/x"]) {
      const { status, bytes } = await scene.ask(`/api/v1/models/${path}`);
      const { error } = JSON.parse(bytes.toString()) as { error: { metadata: { error_code: string; near: string[] } } };
      assert.deepEqual([status, error.metadata.error_code, error.metadata.near], [404, "model_not_found", ["a/m"]]);
    }
  });
});

describe("the prices of a model", () => {
  const seller = newAddress();
  const entry = (prompt: bigint, sinceMs: number): PriceEntry => ({
    wallet: seller,
    modelId: "a/m",
    price: { prompt: microUsdc(prompt), completion: microUsdc(2n), image: microUsdc(0n), request: microUsdc(0n) },
    sinceMs,
  });

  test("are shown as the history has them, of one provider where that is asked, and asked for once in a while", async (t) => {
    const asked: unknown[] = [];
    const newest = (id: string, wallet?: string) => {
      asked.push([id, wallet]);
      return Promise.resolve([entry(3n, 1_800_000_000_001), entry(1n, 1_799_999_999_000)]);
    };
    const scene = await setUp(t, { prices: { newest } });
    scene.sell([offerOf("a/m")]);
    const { data } = await scene.get<{ data: { id: string; prices: object[] } }>("/api/v1/models/A/m/prices");
    assert.deepEqual([data.id, data.prices.length], ["a/m", 2]);
    assert.deepEqual(data.prices[0], {
      provider_name: seller,
      tag: `${seller}:m`,
      since: "2027-01-15T08:00:00.001Z",
      pricing: { prompt: "0.000000000003", completion: "0.000000000002", request: "0", image: "0" },
    });
    await scene.get("/v1/models/a/m/prices");
    await scene.get(`/api/v1/models/a/m/prices?provider=${seller}`);
    assert.deepEqual(
      asked,
      [
        ["a/m", undefined],
        ["a/m", undefined],
        ["a/m", seller],
      ],
      "each surface asks once",
    );
    scene.clock.advance(PRICES_SHOWN_MS - 1);
    await scene.get("/api/v1/models/a/m/prices");
    assert.equal(asked.length, 3);
    scene.clock.advance(1);
    await scene.get("/api/v1/models/a/m/prices");
    assert.equal(asked.length, 4);
    assert.equal((await scene.ask("/api/v1/models/a/m/prices?provider=acme")).status, 400);
  });

  test("are asked for again at once where the database was away", async (t) => {
    let isAway = true;
    const newest = () =>
      isAway ? Promise.reject(new AimoError("ledger_unavailable", {})) : Promise.resolve([entry(1n, 0)]);
    const scene = await setUp(t, { prices: { newest } });
    scene.sell([offerOf("a/m")]);
    assert.equal((await scene.ask("/api/v1/models/a/m/prices")).status, 503);
    isAway = false;
    assert.equal((await scene.ask("/api/v1/models/a/m/prices")).status, 200);
  });
});
