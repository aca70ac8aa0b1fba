// A whole router that examines its offers: over both dialects of the link, with everybody told what it found.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import { plainModel, startFirstGenerationProxy } from "./test-bed/first-generation-proxy.ts";
import { answerAsModel, modelReply } from "./test-bed/scripted-model.ts";
import { connectProvider, plainOffer } from "./test-bed/scripted-provider.ts";
import { testDatabase } from "./test-bed/test-database.ts";
import { newWallet } from "./test-bed/new-wallet.ts";
import type { TestRouter } from "./test-bed/test-router.ts";
import { startTestRouter } from "./test-bed/test-router.ts";

async function open(t: TestContext, more: Record<string, string> = {}): Promise<TestRouter> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-inspected-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const router = await startTestRouter({
    AIMO_DATA_DIR: directory,
    AIMO_INSPECTION_USDC_PER_DAY: "1",
    AIMO_INSPECTION_DELAY_MS: "200",
    ...more,
  });
  t.after(() => router.close());
  const bytes = JSON.parse(readFileSync(join(directory, "inspector.json"), "utf8")) as number[];
  const key = Buffer.from(bytes.slice(32));
  const amount = [uuidV7(systemClock, systemRandom), key, 10_000_000_000n];
  await router.database.query("SELECT ledger_deposit(now(), $1, ledger_wallet($2), 0, $3, 'test')", amount);
  assert.ok(
    router.logLines.some((line) => line.includes(base58.encode(key))),
    "its operator reads whom to deposit for",
  );
  return router;
}

interface Endpoint {
  readonly aimo: { readonly verdict: string; readonly withdrawn: readonly string[] };
}

/** Waits until the verdicts of a model's endpoints, with what was withdrawn of each, are these. */
async function waitForVerdicts(router: Pick<TestRouter, "url">, model: string, expected: string): Promise<void> {
  let seen = "";
  for (let looks = 0; looks < 1_000 && seen !== expected; looks += 1) {
    await pause(20);
    const response = await fetch(`${router.url}/api/v1/models/acme/${model}/endpoints`);
    if (!response.ok) continue;
    const { data } = (await response.json()) as { data: { endpoints: readonly Endpoint[] } };
    const verdicts = data.endpoints.map(({ aimo }) => `${aimo.verdict} ${aimo.withdrawn.join(",")}`);
    seen = verdicts.toSorted().join("; ");
  }
  assert.equal(seen, expected);
}

test("everybody sees who was verified and what was withdrawn, and nobody is sent there for it", async (t) => {
  const router = await open(t);
  const connect = async (hasNoTools: boolean) => {
    const key = await router.key({ spending: { kind: "earn_only" } });
    const provider = await connectProvider(router.url, key, (call) => answerAsModel(call, { hasNoTools }));
    await provider.offer([plainOffer("m", { provider_name: "acme", capabilities: ["tools"] })]);
    t.after(() => provider.close());
    return provider;
  };
  const [honest, liar] = [await connect(false), await connect(true)];
  await waitForVerdicts(router, "m", "verified ; verified tools");
  const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
  const before = liar.calls.length;
  for (let index = 0; index < 10; index += 1) {
    const key = await router.key();
    const body = {
      model: "acme/m",
      tools,
      messages: [{ role: "user", content: `${index}` }],
      provider: { require_parameters: true },
    };
    assert.equal((await router.chat(key, body)).status, 200);
  }
  assert.equal(liar.calls.length, before);
  assert.ok(honest.calls.length > 10);
});

test("a first-generation proxy is examined like any other", async (t) => {
  const router = await open(t);
  const model = plainModel("old").replace('"provider_name":null', '"provider_name":"acme"');
  const proxy = await startFirstGenerationProxy({
    routerUrl: router.url,
    key: await router.key(),
    models: [model.replace('"capabilities":[]', '"capabilities":["tools"]')],
    upstream({ payload }) {
      const { status, contentType, text } = modelReply(payload, { hasNoTools: true });
      return { status, headers: { "content-type": contentType }, pieces: [text] };
    },
  });
  t.after(() => proxy.close());
  await waitForVerdicts(router, "old", "verified tools");
});

test("what one instance has found out the other knows, and keeps over a restart", async (t) => {
  const url = await testDatabase();
  const router = await open(t, { DATABASE_URL: url });
  const offers = [plainOffer("m", { provider_name: "acme" })];
  const wallet = newWallet();
  const connect = async (to: TestRouter): Promise<void> => {
    const key = await to.key({ spending: { kind: "earn_only" } }, wallet);
    const provider = await connectProvider(to.url, key, (call) => answerAsModel(call));
    await provider.offer(offers);
    t.after(() => provider.close());
  };
  await connect(router);
  await waitForVerdicts(router, "m", "verified ");
  const other = await startTestRouter({ DATABASE_URL: url });
  t.after(() => other.close());
  await connect(other);
  await waitForVerdicts(other, "m", "verified ");
});
