// What a provider sees of its own machines: its connections with their keys, its offers as the market shows them, nobody else's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { browserAt } from "../../test-bed/auth-server.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

interface Own {
  readonly links: number;
  readonly connections: readonly { readonly connected_since: string; readonly key_id: string }[];
  readonly offers: readonly { readonly model_id: string; readonly pricing: { readonly prompt: string } }[];
}

describe("a provider's own offers", () => {
  let router: TestRouter;
  const wallet = newWallet();
  before(async () => (router = await startTestRouter()));
  after(() => router.close());
  const ask = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${router.url}/api/v1/provider/offers`, { headers });
  const read = async (headers: Record<string, string>): Promise<{ status: number; text: string; data: Own }> => {
    const response = await ask(headers);
    const text = await response.text();
    return { status: response.status, text, data: (JSON.parse(text) as { data: Own }).data };
  };

  test("are told to its session and its keys, with the connections that sell them", async (t) => {
    const browser = browserAt(router.url);
    await browser.signIn(wallet);
    const cookie = { cookie: browser.cookie ?? "" };
    assert.deepEqual((await read(cookie)).data, { links: 0, connections: [], offers: [] });
    const key = await router.key({ spending: { kind: "earn_only" } }, wallet);
    const providers = [key, key, await router.key()].map(async (bearer) => {
      const provider = await connectProvider(router.url, bearer, () => undefined);
      await provider.offer([plainOffer("m", { provider_name: "acme" })]);
      t.after(() => provider.close());
    });
    await Promise.all(providers);
    for (const headers of [cookie, { authorization: `Bearer ${key}` }]) {
      const { data } = await read(headers);
      assert.equal(data.links, 2);
      assert.equal(new Set(data.connections.map(({ key_id: id }) => id)).size, 1);
      assert.deepEqual(
        data.offers.map(({ model_id: model, pricing }) => [model, pricing.prompt]),
        [["acme/m", "0.000001"]],
      );
    }
  });

  test("are kept by no cache, not even that of a browser which others use as well", async () => {
    const browser = browserAt(router.url);
    await browser.signIn(wallet);
    assert.equal((await ask({ cookie: browser.cookie ?? "" })).headers.get("cache-control"), "no-store");
  });

  test("are told to nobody else", async () => {
    assert.match((await read({})).text, /missing_key/);
    const reader = await router.key({ scopes: ["account"] }, wallet);
    assert.match((await read({ authorization: `Bearer ${reader}` })).text, /scope_missing/);
  });
});
