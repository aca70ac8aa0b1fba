import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { seededRandom } from "@aimo-network/protocol/random";
import { createOfferBook } from "../market/offer-book.ts";
import { NO_EVIDENCE } from "../market/truth/evidence.ts";
import { createFakeLink } from "../test-bed/fake-link.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { createGate } from "./gate.ts";
import { newPersona } from "./persona.ts";
import type { RoundDeps, Target } from "./round.ts";
import { runRound } from "./round.ts";

function target(): Target {
  const book = createOfferBook();
  book.replace({ id: "l", wallet: "w" }, [plainOffer("m", { capabilities: ["tools"] })], 0);
  const [offer] = [...book.models().values()].flat();
  const declared = ["chat", "stream", "tools"] as const;
  return {
    offer: offer!,
    evidence: NO_EVIDENCE,
    declared,
    checks: declared,
    isDue: true,
    isCompared: true,
    seller: "w",
  };
}

function deps(ask: RoundDeps["ask"], more: Partial<RoundDeps> = {}): RoundDeps {
  const random = seededRandom(1);
  return {
    ...{ clock: manualClock(), random, spreadMs: 1_000, signal: new AbortController().signal },
    linkOf: () => createFakeLink("w"),
    persona: () => newPersona(random),
    ask,
    ...more,
  };
}

test("the requests of a round are spread over its time, under one pseudonym", async () => {
  const clock = manualClock();
  const at: number[] = [];
  const payers = new Set<string>();
  const running = runRound(
    deps(
      ({ persona }) => {
        at.push(clock.monotonic());
        payers.add(persona.payer);
        return Promise.resolve({ kind: "nothing", cost: nanoUsdc(0n) });
      },
      { clock },
    ),
    [target()],
  );
  for (let step = 0; step < 101; step += 1) {
    clock.advance(10);
    await setImmediate();
  }
  const [seen] = await running;
  assert.equal(at.length, 3);
  assert.equal(new Set(at).size, 3);
  assert.equal(payers.size, 1);
  assert.deepEqual([...seen!.results.values()], ["unknown", "unknown", "unknown"]);
});

test("what cannot be paid ends the asking of that offer, and so does a link that has gone", async () => {
  let asked = 0;
  const broke = deps(
    () => {
      asked += 1;
      return Promise.resolve({ kind: "no_funds" });
    },
    { spreadMs: 0 },
  );
  const running = runRound(broke, [target()]);
  (broke.clock as ReturnType<typeof manualClock>).advance(1);
  const [seen] = await running;
  assert.equal(seen!.unasked, "no_funds");
  assert.equal(seen!.results.size, 0);
  const gone = deps(() => Promise.reject(new Error("nobody is asked")), { linkOf: () => undefined, spreadMs: 0 });
  const ending = runRound(gone, [target()]);
  (gone.clock as ReturnType<typeof manualClock>).advance(1);
  assert.equal((await ending)[0]!.results.size, 0);
  assert.ok(asked > 0);
});

test("a round that breaks waits for what it has begun", async () => {
  let open = 0;
  const breaking = deps(
    async ({ probe }) => {
      open += 1;
      if (probe.check === "chat") throw new Error("broken");
      await setImmediate();
      open -= 1;
      return { kind: "nothing", cost: nanoUsdc(0n) };
    },
    { spreadMs: 0 },
  );
  const running = runRound(breaking, [target()]);
  (breaking.clock as ReturnType<typeof manualClock>).advance(1);
  await assert.rejects(running, /broken/);
  assert.equal(open, 1);
});

test("a gate lets so many through, and the next when one has left, also by an error", async () => {
  const gate = createGate(2);
  let inside = 0;
  let most = 0;
  const work = (fails: boolean) =>
    gate(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await setImmediate();
      inside -= 1;
      if (fails) throw new Error("broken");
      return 1;
    });
  const done = await Promise.allSettled(Array.from({ length: 9 }, (_, index) => work(index % 3 === 0)));
  assert.equal(most, 2);
  assert.equal(done.filter(({ status }) => status === "fulfilled").length, 6);
  assert.equal(await work(false), 1);
});
