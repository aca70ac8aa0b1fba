// Keys that the wallet signs: what is refused before it signs, and what comes of the rest, checked as a router checks it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { verifyKey } from "@aimo-network/protocol/keys/verify-key";
import type { CommandInput } from "../command-spec.ts";
import { parseCommandLine } from "../program.ts";
import { readGeneralOptions } from "../settings/general-options.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { newWallet } from "../wallet/new-wallet.ts";
import { keygen } from "./keygen.ts";
import { KEYGEN_COMMANDS } from "./keys-commands.ts";

const NOW_MS = Date.parse("2026-11-23T07:00:00.000Z");
const DAY_MS = 86_400_000;
const OTHER_ID = "4o8oGSRYCQTvuirbtQYg9EdPMbxZ4824XY3xi7KRMz2R";

interface Made {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Desk extends ReadingBed {
  readonly wallet: string;
  /** Runs a command line as it is typed, but for the quotes. */
  make(line: string, environment?: Readonly<Record<string, string>>): Promise<Made>;
}

async function openDesk(t: TestContext): Promise<Desk> {
  const bed = openReadingBed(t, { clock: manualClock(NOW_MS) });
  const { text: wallet = "" } = (await newWallet(bed.context, { arguments: [], options: {} })) ?? {};
  bed.said.length = 0;
  return {
    ...bed,
    wallet,
    async make(line, environment = {}) {
      const parsed = await parseCommandLine([KEYGEN_COMMANDS], "1", ["keygen", ...line.split(" ").filter(Boolean)]);
      assert.ok("typed" in parsed, "text" in parsed ? parsed.text : "");
      const input: CommandInput = parsed.typed;
      const context = { ...bed.with(readGeneralOptions(input.options)), wallet };
      const full = { ...context, environment: { ...bed.context.environment, ...environment } };
      return (await keygen(full, input)) as Made;
    },
  };
}

test("the command of first-generation guides makes a key as it stands", async (t) => {
  const desk = await openDesk(t);
  const { text, data } = await desk.make("--tag dev --valid-for 90 --scopes completion_model");
  const verified = await verifyKey(text, { routerId: ROUTER_ID, nowMs: NOW_MS });
  assert.deepEqual(
    [verified.version, verified.tag, verified.wallet, verified.scopes, verified.spending, verified.boundTo],
    [2, "dev", desk.wallet, ["completion_model"], { kind: "unlimited" }, "any"],
  );
  assert.equal(verified.expiresAtMs, NOW_MS + 90 * DAY_MS);
  assert.deepEqual(data, {
    ...{ key: text, key_id: verified.id, wallet: desk.wallet, router: "any", scopes: ["completion_model"], tag: "dev" },
    ...{ usage_limit: null, earn_only: false },
    ...{ created_at: "2026-11-23T07:00:00.000Z", expires_at: "2027-02-21T07:00:00.000Z" },
  });
  assert.match(desk.said.join("\n"), /bound to no router.*--router <url\|id> binds it/);
  assert.ok(!desk.said.join("\n").includes(text));
});

test("a router's id binds a key without any network, by the option or the variable", async (t) => {
  const desk = await openDesk(t);
  for (const [line, environment] of [
    [`--router ${ROUTER_ID}`, {}],
    [`--router-url ${ROUTER_ID}`, {}],
    ["", { AIMO_ROUTER: ROUTER_ID }],
    [`--router ${ROUTER_ID}`, { AIMO_ROUTER: OTHER_ID }],
  ] as const) {
    desk.said.length = 0;
    const { text, data } = await desk.make(line, environment);
    assert.equal((await verifyKey(text, { routerId: ROUTER_ID, nowMs: NOW_MS })).boundTo, ROUTER_ID);
    await assert.rejects(verifyKey(text, { routerId: OTHER_ID, nowMs: NOW_MS }), { code: "key_for_other_router" });
    assert.equal(data["router"], ROUTER_ID);
    assert.doesNotMatch(desk.said.join("\n"), /no router/);
  }
});

test("a router's URL is asked for its id, and what is no router binds nothing", async (t) => {
  const desk = await openDesk(t);
  const router = await startScriptedRouter(t);
  const { text } = await desk.make(`--router ${router.url}`);
  assert.equal((await verifyKey(text, { routerId: ROUTER_ID, nowMs: NOW_MS })).boundTo, ROUTER_ID);
  assert.deepEqual(
    router.calls.map(({ path, bearer }) => [path, bearer]),
    [["/.well-known/aimo.json", undefined]],
  );
  // It was used now, which is no reason to bind the next key to it.
  assert.equal((await desk.make("")).data["router"], "any");
  router.answers["/.well-known/aimo.json"] = { hello: "world" };
  assert.match((await faultOf(desk.make(`--router ${router.url}`))).what, /is no AiMo router/);
});

test("scopes come by commas, repeated or in a row, in any order, and are signed in theirs", async (t) => {
  const desk = await openDesk(t);
  for (const line of [
    "--scopes keys,completion_model,account",
    "--scopes account --scopes keys --scopes completion_model",
    "--scopes completion_model account keys --tag x",
    "--scopes account, keys,completion_model,account",
  ]) {
    const { text } = await desk.make(line);
    const key = parseKey(text);
    assert.deepEqual(key.kind === "signed" && key.scopes, ["completion_model", "account", "keys"]);
  }
});

test("limits, earn-only and first-generation keys say what was asked for", async (t) => {
  const desk = await openDesk(t);
  const content = async (line: string): Promise<ReturnType<typeof parseKey>> => parseKey((await desk.make(line)).text);
  const limited = await content("--usage-limit 2.500001");
  assert.deepEqual(limited.kind === "signed" && limited.spending, { kind: "limited", limit: 2_500_001n });
  const earning = await content("--earn-only --scopes completion_model,account");
  assert.deepEqual(earning.kind === "signed" && earning.spending, { kind: "earn_only" });
  const plain = await content("--first-generation --usage-limit 1");
  // What the published proxy 0.4.0 decodes: exactly 130 bytes, wallet 0, no scope bit but bit 0.
  assert.equal(plain.bytes.length, 130);
  assert.deepEqual([plain.bytes[1], plain.bytes[129]], [0, 1]);
  assert.ok((await content("--tag dev")).bytes.length > 130);
});

test("what no key may say is refused with what was expected, before there is a wallet to sign it", async (t) => {
  const desk = await openDesk(t);
  for (const [line, expected] of [
    ["--valid-for 0", /--valid-for: expected whole days from 1 to 366/],
    ["--valid-for 367", /--valid-for: expected whole days from 1 to 366/],
    ["--valid-for 1.5", /--valid-for/],
    ["--valid-for 90d", /--valid-for/],
    ["--valid-for=-1", /--valid-for/],
    ["--tag Dev", /--tag: expected 1 to 24 of the characters a-z, 0-9 and _/],
    [`--tag ${"a".repeat(25)}`, /--tag/],
    ["--tag=", /--tag/],
    ["--scopes everything", /--scopes: expected completion_model, account, keys\./],
    ["--scopes=", /--scopes/],
    ["--scopes ,", /--scopes/],
    ["--usage-limit 1.0000001", /--usage-limit: expected USDC from 0\.000001 with at most 6 decimals/],
    ["--usage-limit 0", /--usage-limit/],
    ["--usage-limit 1e3", /--usage-limit/],
    ["--usage-limit=-5", /--usage-limit/],
    ["--earn-only --usage-limit 1", /--usage-limit: expected no limit with --earn-only/],
    ["--earn-only --scopes keys", /--scopes: expected no scope keys with --earn-only/],
    ["--first-generation --tag dev", /--tag: expected no tag with --first-generation/],
    ["--first-generation --scopes account", /--scopes: expected completion_model with --first-generation/],
  ] as const) {
    const fault = await faultOf(desk.make(`${line} --id nothing-here.json`));
    assert.match(fault.what, expected);
    assert.equal(fault.reason, "usage");
  }
  assert.equal((await faultOf(desk.make("--id nothing-here.json"))).code, "wallet_missing");
  const pasted = await faultOf(desk.make("--tag aimo-sk-v2-2zzyRoz9nFwHPwmsuubxB2n3vcCYjqABQ5Zsz"));
  assert.equal(pasted.why, "found a key.");
});

test("both ends of what is allowed are", async (t) => {
  const desk = await openDesk(t);
  await desk.make("--valid-for 1 --usage-limit 0.000001");
  await desk.make(`--valid-for 366 --tag ${"a".repeat(24)}`);
});
