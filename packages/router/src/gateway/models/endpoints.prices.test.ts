// The history of prices from a provider's announcement to what everybody reads, on a whole router.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { PRICES_SHOWN_MS } from "./limits.ts";

interface Entry {
  readonly tag: string;
  readonly since: string;
  readonly pricing: { readonly prompt: string };
}

test("providers' prices can be read, with since when they are asked, newest first", async (t) => {
  const clock = manualClock(1_800_000_000_000);
  const router = await startTestRouter({}, clock);
  t.after(() => router.close());
  const sell = async (prompt: string): Promise<ScriptedProvider> => {
    const provider = await connectProvider(router.url, await router.key(), () => undefined);
    await provider.offer([plainOffer("M", { provider_name: "acme", pricing: { prompt, completion: "1" } })]);
    return provider;
  };
  /** What is shown once there are so many entries. */
  const shown = async (count: number): Promise<readonly Entry[]> => {
    for (;;) {
      const reply = await fetch(`${router.url}/api/v1/models/acme/m/prices`);
      const { data } = (await reply.json()) as { data: { prices: Entry[] } };
      if (data.prices.length === count) return data.prices;
      clock.advance(PRICES_SHOWN_MS);
      await setImmediate();
    }
  };
  const one = await sell("1");
  const [first] = await shown(1);
  assert.equal(first?.pricing.prompt, "0.000001");
  assert.equal(first?.since, "2027-01-15T08:00:00.000Z");
  assert.match(first?.tag ?? "", /^[1-9A-HJ-NP-Za-km-z]+:m$/);
  clock.advance(1);
  const later = new Date(clock.now()).toISOString();
  const other = await sell("0.5");
  const both = await shown(2);
  assert.deepEqual(
    both.map(({ pricing, since }) => [pricing.prompt, since]),
    [
      ["0.0000005", later],
      ["0.000001", first?.since],
    ],
  );
  await one.close();
  await other.close();
});
