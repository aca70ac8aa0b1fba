// What /models shows of the live book: ids, prices per token, the cheapest offer, and each provider once.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

interface Model {
  readonly id: string;
  readonly name: string;
  readonly owned_by: string;
  readonly created: number;
  readonly context_length: number | null;
  readonly pricing: Record<string, string>;
  readonly supported_parameters: string[];
  readonly architecture: { modality: string };
  readonly links: { details: string };
}

interface Endpoint {
  readonly provider_name: string;
  readonly tag: string;
  readonly status: number;
  readonly pricing: Record<string, string>;
  readonly context_length: number;
}

describe("the models of a router", () => {
  let router: TestRouter;
  let cheap: ScriptedProvider;
  let dear: ScriptedProvider;
  let userKey: string;
  const wallets: string[] = [];
  const others: ScriptedProvider[] = [];
  const get = async <Value>(path: string): Promise<Value> =>
    (await (await fetch(`${router.url}${path}`)).json()) as Value;

  before(async () => {
    router = await startTestRouter();
    userKey = await router.key();
    const fails = { end: (call: { end(): void }) => call.end() };
    dear = await connectProvider(router.url, await router.key(), fails.end);
    await dear.offer([
      plainOffer("Llama-3", {
        provider_name: "Meta",
        display_name: "Dear",
        pricing: { prompt: "2.5", completion: "10" },
      }),
    ]);
    const cheapWallet = newWallet();
    const cheapKey = await router.key({}, cheapWallet);
    const offer = plainOffer("llama-3", {
      provider_name: "meta",
      display_name: "Cheap",
      context_length: 8_192,
      capabilities: ["tools"],
      input_modalities: ["text", "image"],
      pricing: { prompt: "0.000001", completion: "0.1", input_cache_read: "0", image: "0.25", request: "0.01" },
    });
    cheap = await connectProvider(router.url, cheapKey, fails.end);
    await cheap.offer([offer, plainOffer("own")]);
    const second = await connectProvider(router.url, cheapKey, fails.end);
    await second.offer([offer]);
    others.push(second);
    const { data } = await get<{ data: { wallet: string }[] }>("/api/v1/providers");
    wallets.push(...data.map(({ wallet }) => wallet));
  });
  after(async () => {
    await Promise.all([cheap, dear, ...others].map((provider) => provider.close()));
    await router.close();
  });

  for (const surface of ["/api/v1", "/v1"]) {
    test(`are listed below ${surface}, each once, by name`, async () => {
      const list = await get<{ object: string; data: Model[]; total_count: number }>(`${surface}/models`);
      assert.deepEqual([list.object, list.total_count], ["list", 2]);
      assert.deepEqual(
        list.data.map(({ id }) => id),
        ["community/own", "meta/llama-3"],
      );
    });
  }

  test("show the cheapest offer, prices per single token to the last digit", async () => {
    const { data } = await get<{ data: Model }>("/api/v1/models/META/Llama-3");
    assert.deepEqual(
      [data.id, data.name, data.owned_by, data.context_length],
      ["meta/llama-3", "Cheap", "meta", 8_192],
    );
    assert.deepEqual(data.pricing, {
      prompt: "0.000000000001",
      completion: "0.0000001",
      request: "0.01",
      image: "0.25",
      input_cache_read: "0",
    });
    assert.equal(data.architecture.modality, "text+image->text");
    assert.ok(data.supported_parameters.includes("tool_choice"));
    assert.equal(data.links.details, "/api/v1/models/meta/llama-3/endpoints");
    assert.ok(Math.abs(data.created * 1000 - systemClock.now()) < 60_000);
  });

  test("are given to OpenAI's clients by their id, its slash encoded, without an envelope", async () => {
    const { data } = await get<{ data: Model }>("/api/v1/models/meta/llama-3");
    assert.deepEqual(await get("/v1/models/meta%2Fllama-3"), data);
    assert.deepEqual(await get("/api/v1/models/META%2fLlama-3"), data);
  });

  for (const path of ["meta/llama-4", "meta%2Fllama-4", "llama-4"]) {
    test(`that nobody offers are not found as ${path}, with a name that is near`, async () => {
      const response = await fetch(`${router.url}/v1/models/${path}`);
      assert.equal(response.status, 404);
      const { error } = (await response.json()) as { error: { code: string; metadata: { near: string[] } } };
      assert.equal(error.code, "model_not_found");
      assert.deepEqual(error.metadata.near, ["meta/llama-3"]);
    });
  }

  test("list each provider's offer once, however many links it has, with the name to ask it by", async () => {
    const { data } = await get<{ data: { id: string; endpoints: Endpoint[] } }>(
      "/api/v1/models/meta/llama-3/endpoints",
    );
    assert.equal(data.id, "meta/llama-3");
    assert.deepEqual(data.endpoints.map(({ provider_name: wallet }) => wallet).toSorted(), wallets.toSorted());
    for (const { tag, provider_name: wallet } of data.endpoints)
      assert.match(tag, new RegExp(`^${wallet}:[Ll]lama-3$`));
    assert.deepEqual(
      data.endpoints.map(({ status }) => status),
      [0, 0],
    );
  });

  test("are asked for at one provider by its tag", async () => {
    const { data } = await get<{ data: { endpoints: Endpoint[] } }>("/api/v1/models/meta/llama-3/endpoints");
    const { tag } = data.endpoints.find(({ context_length: length }) => length === 0) ?? assert.fail();
    const calls = dear.calls.length;
    await (await router.chat(userKey, { model: tag, messages: [{ role: "user", content: "x" }] })).text();
    assert.equal(dear.calls.length, calls + 1);
  });

  test("show an offer in outage after failures with several payers", async () => {
    const list = async (): Promise<readonly Endpoint[]> =>
      (await get<{ data: { endpoints: Endpoint[] } }>("/api/v1/models/meta/llama-3/endpoints")).data.endpoints;
    const { tag } = (await list()).find(({ context_length: length }) => length === 0) ?? assert.fail();
    for (let payer = 0; payer < 4; payer += 1) {
      const key = await router.key();
      const reply = await router.chat(key, { model: tag, messages: [{ role: "user", content: "x" }] });
      assert.equal(reply.status, 502);
    }
    // What has been measured is as old as a view may be.
    for (;;) {
      const statuses = new Map((await list()).map((endpoint) => [endpoint.tag, endpoint.status]));
      if (statuses.get(tag) === -2) break;
    }
  });

  test("leave with the last link that offers them", async () => {
    await dear.offer([]);
    const { data } = await get<{ data: { endpoints: Endpoint[] } }>("/api/v1/models/meta/llama-3/endpoints");
    assert.equal(data.endpoints.length, 1);
    await cheap.offer([plainOffer("other")]);
    const listed = async (): Promise<string[]> =>
      (await get<{ data: Model[] }>("/api/v1/models")).data.map(({ id }) => id);
    assert.deepEqual(await listed(), ["community/other", "meta/llama-3"], "its wallet's other link still offers it");
    await others[0]?.offer([]);
    assert.deepEqual(await listed(), ["community/other"]);
  });

  test("are also there for HEAD, and with a slash at the end", async () => {
    const head = await fetch(`${router.url}/api/v1/models`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.match(head.headers.get("x-request-id") ?? "", /^req-/);
    assert.equal((await fetch(`${router.url}/api/v1/models/`)).status, 200);
  });

  for (const type of [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
  ]) {
    test(`are there for a GET that says it is ${type}`, async () => {
      const response = await fetch(`${router.url}/api/v1/models`, { headers: { "content-type": type } });
      assert.equal(response.status, 200);
    });
  }
});
