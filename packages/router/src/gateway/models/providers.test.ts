// What is told of connected providers: since when, how many links, which models, and nothing of those who have left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import { createFakeLink } from "../../test-bed/fake-link.ts";
import { newAddress, offerOf, startCatalogueServer } from "../../test-bed/catalogue-server.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

interface Provider {
  readonly wallet: string;
  readonly slug: string;
  readonly name: string;
  readonly connected_since: string;
  readonly links: number;
  readonly models: string[];
  readonly offers: object;
  readonly serving_since: string | null;
  readonly uptime_last_30m: number | null;
}

test("providers are listed by how long they are there, with their links and models", async (t) => {
  const clock = manualClock(1_700_000_000_000);
  const router = await startTestRouter({}, clock);
  t.after(() => router.close());
  const list = async (): Promise<Provider[]> =>
    ((await (await fetch(`${router.url}/api/v1/providers`)).json()) as { data: Provider[] }).data;
  assert.deepEqual(await list(), []);

  const firstKey = await router.key({}, newWallet());
  const first = await connectProvider(router.url, firstKey, () => undefined);
  await first.offer([plainOffer("b"), plainOffer("A", { provider_name: "Acme" })]);
  clock.advance(5_000);
  const late = await connectProvider(router.url, await router.key(), () => undefined);
  clock.advance(1_000);
  const second = await connectProvider(router.url, firstKey, () => undefined);
  await second.offer([plainOffer("b"), plainOffer("c")]);

  const [one, other] = await list();
  assert.deepEqual([one?.links, one?.models], [2, ["acme/a", "community/b", "community/c"]]);
  assert.equal(one?.connected_since, "2023-11-14T22:13:20.000Z");
  assert.deepEqual([one?.name, one?.slug], [one?.wallet, one?.wallet]);
  assert.deepEqual(one?.offers, { verified: 0, unverified: 0, new: 3 });
  assert.deepEqual([one?.serving_since, one?.uptime_last_30m], [null, null]);
  assert.deepEqual([other?.links, other?.models], [1, []]);
  assert.equal(other?.connected_since, "2023-11-14T22:13:25.000Z");

  const model = (await (await fetch(`${router.url}/api/v1/models/community/b`)).json()) as {
    data: { created: number };
  };
  assert.equal(model.data.created, 1_700_000_000, "a model is as old as its oldest offer");

  const alone = (await (await fetch(`${router.url}/v1/providers/${one?.wallet}`)).json()) as { data: Provider };
  assert.deepEqual(alone.data, one);

  await first.close();
  await second.close();
  await late.close();
  while ((await list()).length > 0) await setImmediate(); // the router hears of a close a moment later
  assert.equal((await fetch(`${router.url}/api/v1/providers/${one?.wallet}`)).status, 404);
  await router.close();
});

test("whoever asks about one provider makes nobody look at the models that others sell", async (t) => {
  const server = await startCatalogueServer();
  t.after(() => server.close());
  const wallet = server.sell([offerOf("x/own"), offerOf("x/shared")]);
  server.links.add(createFakeLink(wallet));
  server.sell(Array.from({ length: 100 }, (_, index) => offerOf(`x/m${index}`)));
  server.sell([offerOf("x/shared")]);
  const looks = t.mock.method(server.health, "measured").mock;
  const { data } = await server.get<{ data: Provider }>(`/api/v1/providers/${wallet}`);
  assert.deepEqual([data.models, data.offers], [["x/own", "x/shared"], { verified: 0, unverified: 0, new: 2 }]);
  assert.equal(looks.callCount(), 3);
});

test("a provider's offers are shown as its models show them, and those of nobody else", async (t) => {
  const server = await startCatalogueServer();
  t.after(() => server.close());
  const wallet = server.sell([offerOf("x/own"), offerOf("x/shared")]);
  server.links.add(createFakeLink(wallet));
  const other = server.sell([offerOf("x/shared"), offerOf("x/others")]);
  type Endpoint = Readonly<Record<"model_id" | "provider_name" | "pricing" | "aimo", unknown>>;
  const { data } = await server.get<{ data: Endpoint[] }>(`/api/v1/providers/${wallet}/endpoints`);
  assert.deepEqual(
    data.map((one) => [one.model_id, one.provider_name]),
    [
      ["x/own", wallet],
      ["x/shared", wallet],
    ],
  );
  const model = await server.get<{ data: { endpoints: Endpoint[] } }>("/api/v1/models/x/shared/endpoints");
  assert.equal(model.data.endpoints.length, 2);
  assert.deepEqual(
    model.data.endpoints.find((one) => one.provider_name === wallet),
    data[1],
  );
  for (const stranger of [other, newAddress()]) {
    const { status, bytes } = await server.ask(`/api/v1/providers/${stranger}/endpoints`); // sells, without a link
    assert.deepEqual([status, /provider_not_found/.test(bytes.toString())], [404, true]);
  }
});
