import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { ApiFault } from "../api/api-fault.ts";
import { keepToOwner } from "./owner.ts";
import { createPlayground } from "./playground.ts";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(signedInAtFirst: string | undefined) {
  const refusal = Promise.withResolvers<ApiFault>();
  const playground = createPlayground({
    clock: manualClock(),
    post: async () => ({
      generationId: undefined,
      retryAfter: undefined,
      fault: await refusal.promise,
      stream: undefined,
    }),
    list: () => Promise.resolve([]),
    nextFrame: (draw) => draw(),
  });
  let wallet = signedInAtFirst;
  const look = keepToOwner(playground, () => wallet);
  playground.lane(0)?.chooseModel("acme/one", undefined);
  playground.changeSettings({ system: "secret" });
  return {
    playground,
    change(next: string | undefined): void {
      wallet = next;
      look();
    },
    refuse: async (code: string): Promise<void> => {
      refusal.resolve(new ApiFault(401, { error: { metadata: { error_code: code } } }));
      await settle();
    },
    ask(): void {
      playground.changeDraft({ text: "secret" });
      playground.send();
    },
    isKept: () => JSON.stringify(playground.state()).includes("secret"),
  };
}

test("what was typed before signing in stays", () => {
  const { change, isKept } = bench(undefined);
  change("Alice");
  assert.equal(isKept(), true);
});

test("signing out forgets, and so does another wallet", () => {
  for (const next of [undefined, "Bob"]) {
    const { change, isKept } = bench("Alice");
    change("Alice");
    assert.equal(isKept(), true);
    change(next);
    assert.equal(isKept(), false);
  }
});

test("a session that ended in the middle of a question keeps everything for the same wallet only", async () => {
  for (const [next, kept] of [
    ["Alice", true],
    ["Bob", false],
  ] as const) {
    const { ask, change, refuse, isKept } = bench("Alice");
    ask();
    change(undefined);
    await refuse("missing_session");
    assert.equal(isKept(), true);
    change(next);
    assert.equal(isKept(), kept, next);
  }
});

test("signing out while a question is asked forgets as soon as its answer is no such refusal", async () => {
  const { ask, change, refuse, isKept } = bench("Alice");
  ask();
  change(undefined);
  assert.equal(isKept(), true);
  await refuse("provider_error");
  assert.equal(isKept(), false);
});
