// An act from its first word to its last, and everywhere that a person, the wallet, or the chain may end it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { ConsoleFault } from "../api/fault-words.ts";
import { ActFault } from "./act-fault.ts";
import { ActRun } from "./act-run.ts";
import type { ReadyAct, SignedAct } from "./act-run.ts";
import type { Act } from "./act.ts";
import type { Chain } from "./chain-place.ts";

const TOLD = { question: "Deposit 5.00 USDC?", deeds: ["Deposits."], fee: "A fee.", warnings: [] };
const ACT: Act = { title: "Deposit 5 USDC", make: () => Promise.reject(new Error("prepare is scripted")) };
const LANDED = { signature: "signature", explorerUrl: undefined };

interface Scene {
  readonly run: ActRun;
  readonly clock: ManualClock;
  readonly seen: string[];
  readonly told: string[];
}

interface Script {
  readonly prepare?: () => Promise<void>;
  readonly sign?: (signal: AbortSignal) => Promise<void>;
  readonly land?: () => Promise<void>;
}

function openScene({ prepare, sign, land }: Script = {}): Scene {
  const [seen, told, clock]: [string[], string[], ManualClock] = [[], [], manualClock()];
  const signed: SignedAct = { ...LANDED, land: async () => await land?.() };
  const ready: ReadyAct = {
    told: TOLD,
    async sign(signal) {
      await sign?.(signal);
      return signed;
    },
  };
  const run = new ActRun({
    clock,
    loadChain: () => Promise.resolve({} as unknown as Chain),
    async prepare() {
      await prepare?.();
      return ready;
    },
    teller: {
      goesOn: (title) => void told.push(`goes on: ${title}`),
      landed: (title) => void told.push(`landed: ${title}`),
      failed: (title, fault) => void told.push(`failed: ${title}: ${(fault as Error).message}`),
    },
  });
  run.watch(() => {
    const { kind } = run.state();
    if (seen.at(-1) !== kind) seen.push(kind);
  });
  return { run, clock, seen, told };
}

async function until({ run }: Scene, kind: string): Promise<void> {
  while (run.state().kind !== kind) await new Promise((resolve) => setImmediate(resolve));
}

test("it is made, shown, agreed to, signed, sent, and lands", async () => {
  const scene = openScene();
  const running = scene.run.run(ACT);
  await until(scene, "review");
  assert.deepEqual([scene.run.isBusy(), scene.run.isShown()], [true, true]);
  scene.run.confirm();
  assert.deepEqual(await running, LANDED);
  assert.deepEqual(scene.seen, ["preparing", "review", "wallet", "sending", "landed"]);
  assert.deepEqual(scene.told, ["landed: Deposit 5 USDC"]);
  assert.deepEqual([scene.run.isBusy(), scene.run.isShown()], [false, true]);
  scene.run.close();
  assert.equal(scene.run.isShown(), false);
  assert.equal(scene.clock.waiting, 0);
});

test("nothing is signed before the person has agreed", async () => {
  let isSigned = false;
  const scene = openScene({ sign: async () => void (isSigned = true) });
  const running = scene.run.run(ACT);
  await until(scene, "review");
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isSigned, false);
  scene.run.close();
  assert.equal(await running, undefined);
  assert.deepEqual([isSigned, scene.run.state().kind, scene.told], [false, "idle", []]);
});

test("what is not as wished is shown as that, and reaches no wallet", async () => {
  const fault = new ActFault("refused", "Nothing was signed.", "Tell the operator.", ["Not asked for: Sends 1 SOL."]);
  const scene = openScene({ prepare: () => Promise.reject(fault) });
  const running = scene.run.run(ACT);
  await until(scene, "failed");
  assert.deepEqual(scene.seen, ["preparing", "failed"]);
  scene.run.close();
  assert.equal(await running, undefined);
});

test("closed while it is made, or while the wallet thinks, nothing comes of it", async () => {
  const gate = Promise.withResolvers<void>();
  const slow = openScene({ prepare: () => gate.promise });
  const preparing = slow.run.run(ACT);
  slow.run.close();
  gate.resolve();
  assert.equal(await preparing, undefined);
  assert.deepEqual(slow.seen, ["preparing", "idle"]);

  let isLanded = false;
  const late = Promise.withResolvers<void>();
  const scene = openScene({ sign: () => late.promise, land: async () => void (isLanded = true) });
  const running = scene.run.run(ACT);
  await until(scene, "review");
  scene.run.confirm();
  await until(scene, "wallet");
  scene.run.close();
  late.resolve(); // the wallet signs all the same
  assert.equal(await running, undefined);
  assert.deepEqual([isLanded, scene.told, scene.run.state().kind], [false, [], "idle"]);
});

test("what is closed while it is made, or with a wallet that never answers, leaves room for the next at once", async () => {
  let isSecond = false;
  const never = (): Promise<void> => (isSecond ? Promise.resolve() : new Promise(() => undefined));
  for (const [script, step] of [
    [{ prepare: never }, "preparing"],
    [{ sign: never }, "wallet"],
  ] as const) {
    isSecond = false;
    const scene = openScene(script);
    const first = scene.run.run(ACT);
    if (step === "wallet") {
      await until(scene, "review");
      scene.run.confirm();
    }
    await until(scene, step);
    scene.run.close();
    assert.equal(await first, undefined);
    isSecond = true;
    const second = scene.run.run({ ...ACT, title: "Another" });
    await until(scene, "review");
    scene.clock.advance(60_000); // nothing of the first is shown any more
    assert.deepEqual([scene.run.isShown(), scene.run.state().kind], [true, "review"]);
    scene.run.confirm();
    assert.deepEqual(await second, LANDED);
  }
});

test("the wallet learns that nobody waits for it any more", async () => {
  const aborted = Promise.withResolvers<boolean>();
  const scene = openScene({
    sign: (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted.resolve(true);
          reject(new Error("aborted"));
        }),
      ),
  });
  const running = scene.run.run(ACT);
  await until(scene, "review");
  scene.run.confirm();
  await until(scene, "wallet");
  scene.run.close();
  assert.equal(await aborted.promise, true);
  assert.equal(await running, undefined);
  assert.equal(scene.run.state().kind, "idle");
});

test("a slow wallet is said to be slow", async () => {
  const scene = openScene({ sign: () => new Promise(() => undefined) });
  void scene.run.run(ACT);
  await until(scene, "review");
  scene.run.confirm();
  await until(scene, "wallet");
  scene.clock.advance(8_000);
  assert.equal((scene.run.state() as { isSlow: boolean }).isSlow, true);
});

test("a refusal may be tried again, from the start", async () => {
  let tries = 0;
  const scene = openScene({
    sign: async () => {
      tries += 1;
      if (tries === 1) throw new ConsoleFault("You refused it.");
    },
  });
  const running = scene.run.run(ACT);
  await until(scene, "review");
  scene.run.confirm();
  await until(scene, "failed");
  scene.run.retry();
  await until(scene, "review");
  scene.run.confirm();
  assert.deepEqual(await running, LANDED);
  assert.deepEqual(scene.seen.slice(0, 6), ["preparing", "review", "wallet", "failed", "preparing", "review"]);
});

test("what may still land is not to be tried again", async () => {
  const fault = new ActFault("unknown", "Not known yet.", "Look.");
  const scene = openScene({ land: () => Promise.reject(fault) });
  const running = scene.run.run(ACT);
  await until(scene, "review");
  scene.run.confirm();
  await until(scene, "failed");
  const state = scene.run.state();
  assert.deepEqual(state.kind === "failed" && [state.mayRetry, state.sent], [false, LANDED]);
  scene.run.retry();
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(scene.run.state().kind, "failed");
  scene.run.close();
  assert.equal(await running, undefined);
});

for (const [what, ending, told, landed] of [
  ["lands", () => Promise.resolve(), "landed: Deposit 5 USDC", LANDED],
  [
    "fails",
    () => Promise.reject(new ActFault("expired", "It did not land.", "Again.")),
    "failed: Deposit 5 USDC: It did not land.",
    undefined,
  ],
] as const) {
  test(`closed after it was sent it goes on, and is told of when it ${what}`, async () => {
    const gate = Promise.withResolvers<void>();
    const scene = openScene({ land: () => gate.promise.then(ending) });
    const running = scene.run.run(ACT);
    await until(scene, "review");
    scene.run.confirm();
    await until(scene, "sending");
    scene.run.close();
    assert.deepEqual([scene.run.isShown(), scene.run.isBusy()], [false, true]);
    gate.resolve();
    assert.deepEqual(await running, landed);
    assert.deepEqual(scene.told, ["goes on: Deposit 5 USDC", told]);
    assert.deepEqual([scene.run.state().kind, scene.run.isBusy()], ["idle", false]);
  });
}

test("while one is on its way another is not begun: the first is shown", async () => {
  const gate = Promise.withResolvers<void>();
  const scene = openScene({ land: () => gate.promise });
  const first = scene.run.run(ACT);
  await until(scene, "review");
  scene.run.confirm();
  await until(scene, "sending");
  scene.run.close();
  assert.equal(await scene.run.run({ ...ACT, title: "Another" }), undefined);
  assert.equal(scene.run.isShown(), true);
  gate.resolve();
  assert.deepEqual(await first, LANDED);
});

test("a landed act that is still shown makes way for the next", async () => {
  const scene = openScene();
  for (let turn = 0; turn < 2; turn += 1) {
    const running = scene.run.run(ACT);
    await until(scene, "review");
    scene.run.confirm();
    assert.deepEqual(await running, LANDED);
  }
});
