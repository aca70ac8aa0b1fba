// What the list of models can be asked for: OpenRouter's filters, sorts and pages, and what becomes of values nobody knows.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { CatalogueServer } from "../../test-bed/catalogue-server.ts";
import { newAddress, offerOf, startCatalogueServer } from "../../test-bed/catalogue-server.ts";

interface Page {
  readonly data: { readonly id: string }[];
  readonly total_count: number;
  readonly links: { readonly next: string | null };
}

interface Refusal {
  readonly error: { readonly message: string; readonly param: string; readonly metadata: { error_code: string } };
}

const DAY_MS = 86_400_000;

describe("the list of models", () => {
  let clock: ManualClock;
  let server: CatalogueServer;
  let [cheap, dear] = ["", ""];
  const page = (query: string): Promise<Page> => server.get<Page>(`/api/v1/models?${query}`);
  const ids = async (query: string): Promise<string> => (await page(query)).data.map(({ id }) => id).join(" ");

  before(async () => {
    clock = manualClock(1_800_000_000_000);
    server = await startCatalogueServer({ clock });
    cheap = server.sell([
      offerOf("acme/small", {
        display_name: "Acme Small",
        context_length: 8_000,
        pricing: { prompt: "0.1", completion: "0.2" },
      }),
      offerOf("acme/eyes", {
        context_length: 32_000,
        input_modalities: ["text", "image"],
        capabilities: ["tools"],
        pricing: { prompt: "1", completion: "0.5" },
        zdr: true,
      }),
    ]);
    clock.advance(10 * DAY_MS);
    dear = server.sell([
      offerOf("acme/small", {
        context_length: 64_000,
        capabilities: ["tools", "json_schema"],
        pricing: { prompt: "2", completion: "8" },
      }),
      offerOf("other/painter", { output_modalities: ["image"], pricing: { prompt: "3", completion: "0" } }),
    ]);
  });
  after(() => server.close());

  test("is whole and by id where nothing is asked, on both surfaces", async () => {
    for (const path of ["/api/v1/models", "/v1/models", "/api/v1/models?", "/api/v1/models?q=&sort=&max_price="]) {
      const { data, total_count: total, links } = await server.get<Page>(path);
      assert.deepEqual(
        data.map(({ id }) => id),
        ["acme/eyes", "acme/small", "other/painter"],
      );
      assert.deepEqual([total, links], [3, { next: null }]);
    }
  });

  for (const [query, expected] of [
    ["q=SMALL", "acme/small"],
    ["q=acme%20sm", "acme/small"],
    ["q=nothing", ""],
    ["supported_parameters=tools", "acme/eyes acme/small"],
    ["supported_parameters=tools,structured_outputs", "acme/small"],
    ["supported_parameters=logprobs", ""],
    ["input_modalities=image,text", "acme/eyes"],
    ["output_modalities=image", "other/painter"],
    ["output_modalities=image,text", "acme/eyes acme/small other/painter"],
    ["output_modalities=embeddings", ""],
    ["output_modalities=all", "acme/eyes acme/small other/painter"],
    ["context=32000", "acme/eyes acme/small"],
    ["context=32001", "acme/small"],
    ["max_price=0.1", "acme/small"],
    ["max_price=0.099999", ""],
    ["min_price=3", "other/painter"],
    ["min_price=1&max_price=2", "acme/eyes acme/small"],
    ["max_output_price=0", "other/painter"],
    ["min_output_price=8", "acme/small"],
    ["model_authors=Other,nobody", "other/painter"],
    ["zdr=true", "acme/eyes"],
    ["min_age_days=10", "acme/eyes acme/small"],
    ["min_age_days=11", ""],
    ["max_age_days=9", "other/painter"],
    ["sort=newest", "other/painter acme/eyes acme/small"],
    ["sort=pricing-low-to-high", "acme/small acme/eyes other/painter"],
    ["sort=pricing-high-to-low", "other/painter acme/eyes acme/small"],
    ["sort=context-high-to-low", "acme/small acme/eyes other/painter"],
    ["utm_source=x&nobody_knows=1", "acme/eyes acme/small other/painter"],
    ["use_rss=false", "acme/eyes acme/small other/painter"],
  ]) {
    test(`asked for ${query} is ${expected === "" ? "empty" : expected}`, async () => {
      assert.equal(await ids(query ?? ""), expected);
      const { data } = await server.get<{ data: { count: number } }>(`/v1/models/count?${query}`);
      assert.equal(data.count, expected === "" ? 0 : expected?.split(" ").length);
    });
  }

  test("is the same answer as whole where a filter leaves all of it", async () => {
    const [whole, filtered] = [await server.ask("/api/v1/models"), await server.ask("/api/v1/models?max_price=1000")];
    assert.equal(filtered.headers.etag, whole.headers.etag);
    assert.notEqual((await server.ask("/api/v1/models?sort=newest")).headers.etag, whole.headers.etag);
  });

  test("has a model where one offer has everything that is asked, not where two have it between them", async () => {
    assert.equal(await ids("supported_parameters=tools&max_price=1"), "acme/eyes");
    assert.equal(await ids(`supported_parameters=tools&providers=${cheap}`), "acme/eyes");
    assert.equal(await ids(`providers=${dear},${newAddress()}`), "acme/small other/painter");
    assert.equal(await ids(`providers=${newAddress()}`), "");
  });

  test("is read page by page, each with where the next one is", async () => {
    const first = await page("limit=2&q=&x=1&sort=newest");
    assert.deepEqual([first.data.map(({ id }) => id), first.total_count], [["other/painter", "acme/eyes"], 3]);
    assert.equal(first.links.next, "/api/v1/models?limit=2&q=&sort=newest&offset=2");
    const second = await server.get<Page>(first.links.next ?? "");
    assert.deepEqual([second.data.map(({ id }) => id), second.links.next], [["acme/small"], null]);
    assert.deepEqual((await page("offset=5")).data, []);
    assert.equal((await server.get<Page>("/v1/models?limit=1")).links.next, "/v1/models?limit=1&offset=1");
  });

  for (const [query, param, found] of [
    ["sort=most-popular", "sort", "most-popular"],
    ["sort=price", "sort", "price"],
    ["supported_parameters=tools,toools", "supported_parameters", "toools"],
    ["input_modalities=smell", "input_modalities", "smell"],
    ["output_modalities=txt", "output_modalities", "txt"],
    ["providers=acme", "providers", "acme"],
    ["zdr=yes", "zdr", "yes"],
    ["context=0", "context", "0"],
    ["context=8k", "context", "8k"],
    ["max_price=-1", "max_price", "-1"],
    ["max_price=1e-7", "max_price", "1e-7"],
    ["max_price=0.0000001", "max_price", "0.0000001"],
    ["limit=0", "limit", "0"],
    ["limit=1001", "limit", "1001"],
    ["offset=-1", "offset", "-1"],
    ["min_age_days=1.5", "min_age_days", "1.5"],
    ["q=a&q=b", "q", "several values"],
    [`q=${"x".repeat(5_001)}`, "q", "5001"],
    [`model_authors=${Array.from({ length: 101 }, (_, index) => index).join()}`, "model_authors", "101"],
  ]) {
    test(`refuses ${query?.slice(0, 40)} with what was expected and found`, async () => {
      const { status, bytes } = await server.ask(`/api/v1/models?${query}`);
      const { error } = JSON.parse(bytes.toString()) as Refusal;
      assert.deepEqual([status, error.param, error.metadata.error_code], [400, param, "invalid_request"]);
      assert.match(error.message, /expected .+, found /);
      assert.ok(error.message.includes(`found ${found}`), error.message);
    });
  }

  for (const query of ["category=roleplay", "arch=GPT", "region=eu", "use_rss=true", "min_coding_index=1"]) {
    test(`refuses ${query}, which it could only pass over`, async () => {
      const { status, bytes } = await server.ask(`/api/v1/models?${query}`);
      const { error } = JSON.parse(bytes.toString()) as Refusal;
      assert.deepEqual([status, error.param], [422, query.split("=")[0]]);
    });
  }
});

test("a list sorted by what was measured has what was not measured last", async (t) => {
  const server = await startCatalogueServer();
  t.after(() => server.close());
  const seller = server.sell([offerOf("a/slow"), offerOf("a/unknown"), offerOf("a/quick")]);
  for (const [slug, ms] of [
    ["slow", 2_000],
    ["quick", 100],
  ] as const) {
    for (let payer = 0; payer < 40; payer += 1) {
      const judgement = { firstOutputMs: ms, tokensPerSecond: 100_000 / ms, payerWallet: newAddress() };
      server.health.judge({ offerId: `${seller}/${slug}`, outcome: "succeeded", ...judgement });
    }
  }
  const sorted = async (sort: string): Promise<string[]> =>
    (await server.get<Page>(`/api/v1/models?sort=${sort}`)).data.map(({ id }) => id);
  assert.deepEqual(await sorted("latency-low-to-high"), ["a/quick", "a/slow", "a/unknown"]);
  assert.deepEqual(await sorted("throughput-high-to-low"), ["a/quick", "a/slow", "a/unknown"]);
});
