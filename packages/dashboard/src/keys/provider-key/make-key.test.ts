// Keys made in the browser: what the wallet is shown, and what comes of one that signs something else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import { keyMessage } from "@aimo-network/protocol/keys/key-message";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { verifyKey } from "@aimo-network/protocol/keys/verify-key";
import { keyOfSeed, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import { FIRST_DRAFT, readProviderKey } from "./key-draft.ts";
import { makeKey } from "./make-key.ts";

const NOW_MS = Date.parse("2026-11-26T16:00:00.000Z");
const ROUTER_ID = "HYuUE11tAS3QhCAioazawLSp96MJDQcTTeQhD74nZcPG";
const OTHER_ID = "4o8oGSRYCQTvuirbtQYg9EdPMbxZ4824XY3xi7KRMz2R";
const clock = manualClock(NOW_MS);
const wallet = (await walletOfKey(await keyOfSeed(new Uint8Array(32).fill(7))))!;
const other = (await walletOfKey(await keyOfSeed(new Uint8Array(32).fill(8))))!;

function contentOf(isFirstGeneration: boolean): KeyContentV2 {
  const read = readProviderKey({ ...FIRST_DRAFT, isFirstGeneration }, NOW_MS);
  assert.ok(read.kind === "good");
  return read.content;
}

const MAKING = { clock, wallet: wallet.address, routerId: ROUTER_ID, sign: wallet.sign };

test("the wallet signs the readable text, and the key is good at this router alone", async () => {
  const seen: string[] = [];
  const sign = async (bytes: Uint8Array): Promise<Uint8Array> => {
    seen.push(new TextDecoder().decode(bytes));
    return await wallet.sign(bytes);
  };
  const content = contentOf(false);
  const { bearer, key } = await makeKey(content, { ...MAKING, sign });
  assert.deepEqual(seen, [keyMessage(content, ROUTER_ID)]);
  assert.match(
    seen[0] ?? "",
    /^Router: HYuUE11t.*\nScopes: completion_model\nTag: my_provider\nSpending limit: earn only$/m,
  );
  assert.deepEqual([key.tag, key.spending, key.boundTo], ["my_provider", { kind: "earn_only" }, ROUTER_ID]);
  assert.equal((await verifyKey(bearer, { routerId: ROUTER_ID, nowMs: NOW_MS })).id, key.id);
  await assert.rejects(verifyKey(bearer, { routerId: OTHER_ID, nowMs: NOW_MS }), { code: "key_for_other_router" });
});

test("a key for a first-generation proxy has the 130 bytes that its decoder wants", async () => {
  const parsed = parseKey((await makeKey(contentOf(true), MAKING)).bearer);
  assert.equal(parsed.bytes.length, 130);
  assert.deepEqual([parsed.bytes[0], parsed.bytes[1], parsed.bytes[129]], [2, 0, 1]);
  assert.ok(parseKey((await makeKey(contentOf(false), MAKING)).bearer).bytes.length > 130);
});

test("a wallet that signs with another account, or another text, makes no key", async () => {
  const wrapped = async (bytes: Uint8Array): Promise<Uint8Array> => await wallet.sign(Uint8Array.of(0, ...bytes));
  for (const sign of [other.sign, wrapped, async () => new Uint8Array(64)]) {
    await assert.rejects(makeKey(contentOf(false), { ...MAKING, sign }), {
      name: "ConsoleFault",
      message: "The wallet signed something else than the text above.",
    });
  }
});

test("a refusal in the wallet is told as the wallet's", async () => {
  const refusal = new Error("You refused it in the wallet.");
  await assert.rejects(makeKey(contentOf(false), { ...MAKING, sign: () => Promise.reject(refusal) }), refusal);
});
