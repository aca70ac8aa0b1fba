// A request's key is verified once, and still refused when it has ended meanwhile or may not do what it is asked for.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { base58 } from "@scure/base";
import { newWallet } from "../test-bed/test-router.ts";
import type { Purpose } from "./bearer-keys.ts";
import { createBearerKeys } from "./bearer-keys.ts";
import { createRequestKeys } from "./request-keys.ts";

const ROUTER = base58.encode(newWallet().publicKey);
const VALID_MS = 60_000;

function stage(): { clock: ManualClock; keyOf: ReturnType<typeof createRequestKeys>; looks: (string | undefined)[] } {
  const clock = manualClock();
  const keys = createBearerKeys(clock, { routerId: ROUTER, acceptV1Spending: false });
  const looks: (string | undefined)[] = [];
  const keyOf = createRequestKeys({
    authenticate(text, purpose, known) {
      looks.push(known?.id);
      return keys.authenticate(text, purpose, known);
    },
  });
  return { clock, keyOf, looks };
}

function bearer(clock: ManualClock, kind: "unlimited" | "earn_only" = "unlimited"): Promise<string> {
  const content = { version: 2, validForMs: VALID_MS, spending: { kind }, scopes: ["completion_model"] } as const;
  return signKey(newWallet(), { ...content, createdAtMs: clock.now() }, ROUTER);
}

const refuses = (code: string) => (error: unknown) => isAimoError(error) && error.code === code;

describe("the key of a request", () => {
  test("is the same whoever asks, and known the second time", async () => {
    const { clock, keyOf, looks } = stage();
    const request = { headers: { authorization: `Bearer ${await bearer(clock)}` } };
    const key = await keyOf(request, "spend");
    assert.equal(await keyOf(request, "spend"), key);
    assert.deepEqual(looks, [undefined, key.id]);
  });

  test("is another one for another request, and read from either header", async () => {
    const { clock, keyOf } = stage();
    const first = await keyOf({ headers: { "x-api-key": await bearer(clock) } }, "spend");
    const second = await keyOf({ headers: { authorization: `bearer ${await bearer(clock)}` } }, "spend");
    assert.notEqual(first.id, second.id);
  });

  test("is refused when it has ended since it was known, at its last millisecond not yet", async () => {
    const { clock, keyOf } = stage();
    const request = { headers: { authorization: `Bearer ${await bearer(clock)}` } };
    await keyOf(request, "spend");
    clock.advance(VALID_MS - 1);
    await keyOf(request, "spend");
    clock.advance(1);
    await assert.rejects(keyOf(request, "spend"), refuses("key_expired"));
  });

  test("is asked for each purpose anew", async () => {
    const { clock, keyOf } = stage();
    const request = { headers: { authorization: `Bearer ${await bearer(clock, "earn_only")}` } };
    await keyOf(request, "serve" satisfies Purpose);
    await assert.rejects(keyOf(request, "spend"), refuses("earn_only_key"));
  });
});
