// The register of preflights: connections follow the newest, in the order they were made, and wallets are bounded.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import { createPreflightMemory } from "../test-bed/preflight-memory.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { Preflight } from "./preflight.ts";
import type { PreflightStore } from "./preflight-store.ts";
import { createPreflights } from "./preflights.ts";

function preflight(...names: readonly string[]): Preflight {
  return names.map((name) => ({ name, offer: plainOffer(name) }));
}

function namesOf(found: Preflight | undefined): readonly string[] | undefined {
  return found?.map(({ name }) => name);
}

describe("preflights", () => {
  test("are found by their wallet, the last one only", async () => {
    const preflights = await createPreflights(createPreflightMemory(), 10);
    await preflights.announce("one", preflight("a"));
    await preflights.announce("one", preflight("b"));
    assert.deepEqual(namesOf(await preflights.find("one")), ["b"]);
    assert.equal(await preflights.find("other"), undefined);
    assert.equal(await preflights.follow("other"), undefined);
  });

  test("reach every connection of their wallet at once, and no other", async () => {
    const preflights = await createPreflights(createPreflightMemory(), 10);
    await preflights.announce("one", preflight("a"));
    await preflights.announce("other", preflight("x"));
    const told: string[] = [];
    for (const [name, wallet] of [
      ["first", "one"],
      ["second", "one"],
      ["third", "other"],
    ] as const) {
      const followed = await preflights.follow(wallet);
      assert.ok(followed);
      followed.onChange(() => told.push(`${name} ${namesOf(followed.preflight)?.join() ?? ""}`));
      if (name === "second") followed.stop();
    }
    await preflights.announce("one", preflight("b", "c"));
    assert.deepEqual(told, ["first b,c"]);
    assert.equal(preflights.followers, 2);
  });

  test("keep their order while the store is slow: a connection follows what was announced before it asked", async () => {
    const memory = createPreflightMemory();
    const writing: (() => void)[] = [];
    const slow: PreflightStore = {
      ...memory,
      async write(wallet, written) {
        await new Promise<void>((resolve) => void writing.push(resolve));
        await memory.write(wallet, written);
      },
    };
    const preflights = await createPreflights(slow, 10);
    const first = preflights.announce("one", preflight("a"));
    const second = preflights.announce("one", preflight("b"));
    const followed = preflights.follow("one");
    const third = preflights.announce("one", preflight("c"));
    for (const announced of [first, second]) {
      while (writing.length === 0) await Promise.resolve();
      writing.shift()!();
      await announced;
    }
    const found = await followed;
    assert.deepEqual(namesOf(found?.preflight), ["b"]);
    while (writing.length === 0) await Promise.resolve();
    writing.shift()!();
    await third;
    assert.deepEqual(namesOf(found?.preflight), ["c"]);
  });

  test("that cannot be stored fail for whoever announced them, and for nobody after", async () => {
    const memory = createPreflightMemory();
    let fails = true;
    const failing: PreflightStore = {
      ...memory,
      write: (wallet, written) => (fails ? Promise.reject(new Error("disk full")) : memory.write(wallet, written)),
    };
    const preflights = await createPreflights(failing, 10);
    await assert.rejects(preflights.announce("one", preflight("a")), /disk full/);
    fails = false;
    await preflights.announce("one", preflight("b"));
    assert.deepEqual(namesOf(await preflights.find("one")), ["b"]);
  });

  test("of the wallet that connected longest ago are forgotten when there is no more room", async () => {
    const memory = createPreflightMemory();
    const preflights = await createPreflights(memory, 3);
    for (const wallet of ["a", "b", "c"]) await preflights.announce(wallet, preflight(wallet));
    (await preflights.follow("a"))?.stop(); // used, and gone again
    await preflights.announce("d", preflight("d"));
    assert.deepEqual(await memory.wallets(), ["a", "c", "d"]);
    await preflights.announce("c", preflight("c2")); // which has a place
    await preflights.announce("e", preflight("e"));
    assert.deepEqual(new Set(await memory.wallets()), new Set(["c", "d", "e"]));
  });

  test("of connected wallets are never forgotten: then a new one is refused", async () => {
    const preflights = await createPreflights(createPreflightMemory(), 2);
    for (const wallet of ["a", "b"]) await preflights.announce(wallet, preflight(wallet));
    const [one, other] = [await preflights.follow("a"), await preflights.follow("b")];
    await assert.rejects(preflights.announce("c", preflight("c")), (error) => isAimoError(error, "overloaded"));
    await preflights.announce("a", preflight("a2"));
    other?.stop();
    await preflights.announce("c", preflight("c"));
    assert.deepEqual([namesOf(one?.preflight), await preflights.find("b")], [["a2"], undefined]);
  });

  test("of an earlier run count too", async () => {
    const memory = createPreflightMemory();
    for (const wallet of ["old", "newer"]) await memory.write(wallet, preflight(wallet));
    const preflights = await createPreflights(memory, 2);
    await preflights.announce("new", preflight("new"));
    assert.deepEqual(await memory.wallets(), ["newer", "new"]);
  });

  test("never outnumber their bound, and every connection sees the newest, whatever happens in which order", async () => {
    const wallet = fc.constantFrom("a", "b", "c", "d");
    const step = fc.oneof(
      fc.record({ act: fc.constant("announce" as const), wallet }),
      fc.record({ act: fc.constant("follow" as const), wallet }),
      fc.record({ act: fc.constant("stop" as const), wallet }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const memory = createPreflightMemory();
        const preflights = await createPreflights(memory, 2);
        const following = new Map<string, Awaited<ReturnType<typeof preflights.follow>>[]>();
        const newest = new Map<string, string>();
        for (const [index, { act, wallet: of }] of steps.entries()) {
          if (act === "announce") {
            await preflights.announce(of, preflight(`m${index}`)).then(
              () => newest.set(of, `m${index}`),
              (error: unknown) => assert.ok(isAimoError(error, "overloaded")),
            );
          } else if (act === "follow") {
            const followed = await preflights.follow(of);
            if (followed !== undefined) following.set(of, [...(following.get(of) ?? []), followed]);
          } else following.get(of)?.pop()?.stop();
          assert.ok((await memory.wallets()).length <= 2);
          for (const [followedWallet, all] of following) {
            for (const one of all) assert.deepEqual(namesOf(one?.preflight), [newest.get(followedWallet)]);
          }
        }
        for (const all of following.values()) for (const one of all) one?.stop();
        assert.equal(preflights.followers, 0);
      }),
    );
  });
});
