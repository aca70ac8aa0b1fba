// What is said of a key, from wherever it comes, and what a router adds; the key itself is never said.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import { formatIssuedKey } from "@aimo-network/protocol/keys/key-text";
import { signFirstGenerationKey, signKey } from "@aimo-network/protocol/keys/sign-key";
import { keyOfSeed, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Outcome } from "../command-spec.ts";
import { knownRoutersFile } from "../settings/places.ts";
import { rememberRouter } from "../network/known-routers.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { inspectKey } from "./inspect-key.ts";

const NOW_MS = Date.parse("2026-11-23T07:00:00.000Z");
const DAY_MS = 86_400_000;
const CREATED_AT = 105; // the last byte of created_at (docs/api-keys.md)
const OTHER_ID = "4o8oGSRYCQTvuirbtQYg9EdPMbxZ4824XY3xi7KRMz2R";
const wallet = (await walletOfKey(await keyOfSeed(new Uint8Array(32).fill(7))))!;
const CONTENT: KeyContentV2 = {
  ...{ version: 2, createdAtMs: NOW_MS, validForMs: 90 * DAY_MS, scopes: ["completion_model", "account"], tag: "dev" },
  spending: { kind: "limited", limit: microUsdc(2_000_000n) },
};
const BOUND = await signKey(wallet, CONTENT, ROUTER_ID);
const UNBOUND = await signKey(wallet, CONTENT, "any");
const RECORD = {
  ...{ hash: "0123456789abcdef0123456789abcdef", label: "dev", limit: 10, limit_remaining: "9.000000001" },
  ...{ limit_reset: "monthly", usage: "0.999999999", expires_at: null, allowed_models: ["meta/llama"] },
};

interface Desk extends ReadingBed {
  readonly clock: ManualClock;
  /** Inspects a key that AIMO_API_KEY holds. */
  look(key: string, router?: string): Promise<Outcome & { readonly data: Readonly<Record<string, unknown>> }>;
}

function openDesk(t: TestContext): Desk {
  const clock = manualClock(NOW_MS);
  const bed = openReadingBed(t, { clock });
  return {
    ...bed,
    clock,
    async look(key, router) {
      const context = router === undefined ? bed.context : bed.with({ router });
      const environment = { ...context.environment, AIMO_API_KEY: key };
      const outcome = await inspectKey({ ...context, environment }, { arguments: [], options: {} });
      assert.ok(!JSON.stringify([outcome, bed.said]).includes(key), "a key is never printed");
      return outcome as Awaited<ReturnType<Desk["look"]>>;
    },
  };
}

test("a key says what it may do, and its signature says whether that is so", async (t) => {
  const { look } = openDesk(t);
  const { data, text, reason } = await look(UNBOUND);
  assert.equal(reason, "done");
  assert.deepEqual(
    { ...data, key_id: "" },
    {
      ...{ kind: "signed", version: 2, key_id: "", wallet: wallet.address, router: "any", signature: "valid" },
      ...{ scopes: ["completion_model", "account"], tag: "dev", usage_limit: "2", earn_only: false },
      ...{ created_at: "2026-11-23T07:00:00.000Z", expires_at: "2027-02-21T07:00:00.000Z" },
      ...{ expired: false, at_router: null },
    },
  );
  for (const line of [
    /^router +any: each that sees it could use it at another$/m,
    /^may +call and serve models, read balance and activity$/m,
    /^spends +at most 2 USDC over its whole life$/m,
    /^expires +2027-02-21 07:00:00 UTC \(within 90 days\)$/m,
    /^signature +valid$/m,
    /^read from +AIMO_API_KEY$/m,
  ]) {
    assert.match(text, line);
  }
});

test("where a key is bound is found among the routers that were used, and by the one that is named", async (t) => {
  const { look, context } = openDesk(t);
  const unknown = await look(BOUND);
  assert.deepEqual([unknown.data["router"], unknown.data["signature"], unknown.reason], [null, "unproven", "done"]);
  const router = await startScriptedRouter(t, { "/api/v1/key": { data: RECORD } });
  rememberRouter(knownRoutersFile(context.environment), { url: router.url, id: ROUTER_ID });
  const remembered = await look(BOUND);
  assert.deepEqual([remembered.data["router"], remembered.data["signature"]], [ROUTER_ID, "valid"]);
  assert.equal(router.calls.length, 0, "no router is asked that nobody named");
  const named = await look(BOUND, router.url);
  assert.deepEqual([named.data["signature"], named.reason], ["valid", "done"]);
  assert.match(named.text, /accepted; spent 0\.999999999 USDC; 9\.000000001 of 10 USDC left, monthly/);
  assert.match(named.text, /^models +meta\/llama$/m);
  assert.equal((named.data["at_router"] as { limit: unknown }).limit, "10");
});

test("a key that is bound elsewhere is not shown to the router that is named", async (t) => {
  const { look, context } = openDesk(t);
  const router = await startScriptedRouter(t, { "/api/v1/key": { data: RECORD } });
  const elsewhere = await signKey(wallet, CONTENT, OTHER_ID);
  const { data, reason, text } = await look(elsewhere, router.url);
  assert.deepEqual([data["signature"], data["at_router"], reason], ["unproven", null, "failed"]);
  assert.match(text, new RegExp(`^router +another than ${ROUTER_ID}$`, "m"));
  rememberRouter(knownRoutersFile(context.environment), { url: "https://other.example", id: OTHER_ID });
  const known = await look(elsewhere, router.url);
  assert.deepEqual([known.data["signature"], known.data["router"], known.reason], ["valid", OTHER_ID, "failed"]);
  assert.match(known.text, new RegExp(`^router +${OTHER_ID} alone, not ${ROUTER_ID}$`, "m"));
  assert.ok(router.calls.every(({ bearer }) => bearer === undefined));
});

test("the first moment at which a key has expired, it is no good", async (t) => {
  const { look, clock } = openDesk(t);
  clock.advance(90 * DAY_MS - 1);
  assert.deepEqual([(await look(UNBOUND)).data["expired"], (await look(UNBOUND)).reason], [false, "done"]);
  clock.advance(1);
  const { data, reason, text } = await look(UNBOUND);
  assert.deepEqual([data["expired"], data["signature"], reason], [true, "valid", "failed"]);
  assert.match(text, /\(expired\)/);
});

test("a first-generation key is told for what it is, and a changed one is found out", async (t) => {
  const { look } = openDesk(t);
  const key = await signFirstGenerationKey(wallet, {
    ...CONTENT,
    version: 1,
    tag: "old",
    scopes: ["completion_model"],
  });
  const good = await look(key);
  assert.deepEqual([good.data["version"], good.data["signature"], good.reason], [1, "valid", "done"]);
  assert.match(good.text, /any: a first-generation key/);
  assert.match(good.text, /^tag +old \(not signed\)$/m);
  const bytes = base58.decode(key.slice("aimo-sk-old-".length));
  bytes[CREATED_AT] = (bytes[CREATED_AT] ?? 0) ^ 1;
  const changed = `aimo-sk-old-${base58.encode(bytes)}`;
  const { data, reason } = await look(changed);
  assert.deepEqual([data["signature"], reason], ["wrong", "failed"]);
});

test("what a router refuses is told in its words, and one that does not answer changes nothing", async (t) => {
  const { look, said } = openDesk(t);
  const message = "This key was revoked.";
  const refusal = replyWith(401, { error: { message, metadata: { error_code: "key_revoked" } } });
  const router = await startScriptedRouter(t, { "/api/v1/key": refusal });
  const refused = await look(BOUND, router.url);
  assert.equal(refused.reason, "failed");
  assert.match(refused.text, /refused: This key was revoked\./);
  const { accepted, code } = refused.data["at_router"] as { accepted: boolean; code: string };
  assert.deepEqual([accepted, code], [false, "key_revoked"]);
  const offline = await look(UNBOUND, "http://127.0.0.1:1");
  assert.equal(offline.data["signature"], "valid");
  assert.match(said.join("\n"), /The router was not asked\. Cannot reach/);
});

test("an issued key says nothing by itself; its router does", async (t) => {
  const { look } = openDesk(t);
  const key = formatIssuedKey(new Uint8Array(32).fill(9));
  const alone = await look(key);
  assert.deepEqual([alone.data["kind"], alone.data["at_router"], alone.reason], ["issued", null, "done"]);
  const router = await startScriptedRouter(t, { "/api/v1/key": { data: RECORD } });
  const asked = await look(key, router.url);
  assert.match(asked.text, /accepted; spent/);
  assert.ok(router.calls.some(({ bearer }) => bearer === `Bearer ${key}`));
});

test("a key on the command line is read with a warning, `-` reads standard input, and nothing is asked for a name", async (t) => {
  const { context, said } = openDesk(t);
  const by = (words: readonly string[], piped?: string) =>
    inspectKey(
      { ...context, terminal: { ...context.terminal, readInput: () => Promise.resolve(piped) } },
      { arguments: words, options: {} },
    );
  assert.match((await by([UNBOUND]))?.text ?? "", /^read from +the command line$/m);
  assert.match(said.join("\n"), /stays in the shell's history/);
  assert.match((await by(["-"], `${UNBOUND}\n`))?.text ?? "", /^read from +standard input$/m);
  assert.match((await by([], ` ${UNBOUND} `))?.text ?? "", /^read from +standard input$/m);
  assert.match((await faultOf(by([], ""))).what, /Which key\?/);
  const broken = await faultOf(by([], "aimo-sk-v2-0OIl"));
  assert.match(broken.why ?? "", /not base58/);
  assert.ok(!JSON.stringify(broken).includes("0OIl"));
});
