// The providers' endpoints of the first generation: who may announce, what is refused, and what a wallet is told of itself.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { PREFLIGHT_BODY_BYTES_MAX } from "../limits.ts";
import { plainModel, sendPreflight, startFirstGenerationProxy } from "../test-bed/first-generation-proxy.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import type { TestRouter } from "../test-bed/test-router.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import { newWallet } from "../test-bed/new-wallet.ts";

describe("the endpoints of first-generation providers", () => {
  const clock = manualClock();
  let directory: string;
  let router: TestRouter;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "aimo-connection-"));
    router = await startTestRouter({ AIMO_DATA_DIR: directory }, clock);
  });
  after(async () => {
    await router.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const status = async (key: string, prefix = "/api/v1"): Promise<string> => {
    const response = await fetch(`${router.url}${prefix}/providers/status`, {
      headers: { authorization: `Bearer ${key}` },
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /application\/json/);
    return response.text();
  };
  const stored = (): readonly string[] => readdirSync(join(directory, "preflights"));

  test("need a key that may serve, and read no body without one", async () => {
    for (const [key, code] of [
      ["", 401],
      ["aimo-sk-v2-nothing", 401],
      [await router.key({ scopes: ["keys"] }), 403],
    ] as const) {
      const large = " ".repeat(PREFLIGHT_BODY_BYTES_MAX + 1);
      assert.equal((await sendPreflight(router.url, key, large)).status, code);
      const headers = { authorization: `Bearer ${key}` };
      assert.equal((await fetch(`${router.url}/api/v1/providers/status`, { headers })).status, code);
    }
    assert.deepEqual(stored(), []);
  });

  test("refuse what is no preflight with the usual body, and keep nothing of it", async () => {
    for (const [body, code, param] of [
      ["", 400, null],
      ["{", 400, null],
      [`{"models":[${plainModel("m").replace('"prompt":1.0', '"prompt":0.0000001')}]}`, 400, "models[0].pricing"],
      [`{"models":[]${" ".repeat(PREFLIGHT_BODY_BYTES_MAX)}}`, 413, null],
    ] as const) {
      const response = await sendPreflight(router.url, await router.key(), body);
      assert.equal(response.status, code);
      const { error } = (await response.json()) as { error: { param: string | null; message: string } };
      assert.equal(error.param, param);
    }
    assert.deepEqual(stored(), []);
  });

  test("take a preflight of exactly the size they allow, below /v1 too, and of any content type", async () => {
    const body = `{"models":[]${" ".repeat(PREFLIGHT_BODY_BYTES_MAX - '{"models":[]}'.length)}}`;
    const headers = { authorization: `Bearer ${await router.key()}`, "content-type": "text/plain" };
    const request = { method: "POST", headers, body };
    const response = await fetch(`${router.url}/v1/providers/connect/preflight`, request);
    assert.deepEqual(await response.json(), {
      success: true,
      message: "0 models announced: connect to put them on the market.",
    });
  });

  test("say of a wallet that has nothing here that it is not connected", async () => {
    assert.deepEqual(JSON.parse(await status(await router.key())), {
      connected: false,
      timestamp: clock.now(),
      timestamp_ui: new Date(clock.now()).toISOString(),
      models: [],
    });
  });

  test("say what a connected wallet sells, under its own names, each once, at exactly its prices", async () => {
    const wallet = newWallet();
    const key = await router.key({}, wallet);
    const model = plainModel("meta/llama 3").replace(
      '"prompt":1.0,"completion":2.0,"image":null',
      '"prompt":1e-6,"completion":999999.999999,"image":0.10',
    );
    const script = { routerUrl: router.url, key, models: [model], upstream: () => assert.fail("nobody asks") };
    const [one, other] = [await startFirstGenerationProxy(script), await startFirstGenerationProxy(script)];
    for (const prefix of ["/api/v1", "/v1"]) {
      const text = await status(await router.key({}, wallet), prefix);
      assert.match(text, /"pricing":\{"prompt":0\.000001,"completion":999999\.999999,"image":0\.1\}/);
      const { connected, models } = JSON.parse(text) as { connected: boolean; models: { name: string }[] };
      assert.deepEqual([connected, models.map(({ name }) => name)], [true, ["meta/llama 3"]]);
      // The fields that the first generation's client insists on, as it spells them.
      assert.deepEqual(Object.keys(models[0] ?? {}), [
        "name",
        "display_name",
        "provider_name",
        "pricing",
        "capabilities",
        "input_modalities",
        "output_modalities",
        "context_length",
      ]);
    }
    await one.close();
    await other.close();
  });

  test("say the same of a wallet whose proxy is of the other dialect", async () => {
    const wallet = newWallet();
    const provider = await connectProvider(router.url, await router.key({}, wallet), () => undefined);
    await provider.offer([plainOffer("m")]);
    const { connected, models } = JSON.parse(await status(await router.key({}, wallet))) as {
      connected: boolean;
      models: { name: string }[];
    };
    assert.deepEqual([connected, models.map(({ name }) => name)], [true, ["m"]]);
    await provider.close();
  });
});
