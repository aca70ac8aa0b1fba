// What a router says of itself: the id that keys are bound to, its limits, and where it is reached.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VERSION } from "../version.ts";
import { startTestRouter } from "../test-bed/test-router.ts";

test("a router tells who it is at three places, the same everywhere", async (t) => {
  const settings = {
    AIMO_NAME: "Test",
    AIMO_BODY_BYTES_MAX: "4096",
    AIMO_FIRST_BYTE_TIMEOUT_MS: "11",
    AIMO_IDLE_TIMEOUT_MS: "12",
    AIMO_TOTAL_TIMEOUT_MS: "13",
    AIMO_REQUESTS_PER_KEY_MAX: "14",
    AIMO_ACCEPT_V1_SPENDING: "true",
  };
  const router = await startTestRouter(settings);
  t.after(() => router.close());
  const get = async (path: string): Promise<unknown> => await (await fetch(`${router.url}${path}`)).json();
  const expected = {
    router_id: router.routerId,
    name: "Test",
    url: router.url,
    api_base: `${router.url}/api/v1`,
    software: "aimo-router",
    version: VERSION,
    dialects: ["aimo.v2"],
    limits: {
      body_bytes_max: 4_096,
      requests_per_key_max: 14,
      first_byte_timeout_ms: 11,
      idle_timeout_ms: 12,
      total_timeout_ms: 13,
    },
    accepts_v1_spending: true,
  };
  assert.deepEqual(await get("/.well-known/aimo.json"), expected);
  assert.deepEqual(await get("/api/v1/router"), { data: expected });
  assert.deepEqual(await get("/v1/router"), { data: expected });
  assert.match(router.routerId, /^[1-9A-HJ-NP-Za-km-z]{32,44}$/);
  await router.close();
});

test("a router behind a proxy names its public address", async (t) => {
  const router = await startTestRouter({ AIMO_PUBLIC_URL: "https://router.example/" });
  t.after(() => router.close());
  assert.equal(router.url, "https://router.example");
  await router.close();
});
