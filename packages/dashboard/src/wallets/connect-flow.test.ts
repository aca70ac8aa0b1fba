// From a chosen wallet to somebody who is signed in: every way there, and every way in which it fails and goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import type { SessionAnswer } from "../session/session-store.ts";
import { ConnectFlow } from "./connect-flow.ts";
import type { LinkedWallet } from "./linked-wallet.ts";
import type { SignInDesk } from "./sign-in.ts";
import { HOST, challengeFor, scriptedDesk } from "./test-bed/scripted-desk.ts";
import type { ScriptedDesk } from "./test-bed/scripted-desk.ts";
import { accountOf, scriptedKey, scriptedWallet } from "./test-bed/scripted-wallet.ts";

const key = await scriptedKey();
const other = await scriptedKey();
const { address } = key;

interface Scene {
  readonly flow: ConnectFlow;
  readonly clock: ManualClock;
  readonly desk: ScriptedDesk;
  readonly seen: string[];
  readonly entered: SessionAnswer[];
  readonly linked: LinkedWallet[];
}

function openScene(desk: Partial<SignInDesk> = {}, host = HOST): Scene {
  const clock = manualClock();
  const [entered, linked, seen]: [SessionAnswer[], LinkedWallet[], string[]] = [[], [], []];
  const scripted = scriptedDesk(desk);
  const flow = new ConnectFlow({
    clock,
    desk: scripted,
    host: () => host,
    enter: (session) => void entered.push(session),
    link: (one) => void linked.push(one),
  });
  flow.watch(() => {
    const state = flow.state();
    seen.push(state.kind === "waiting" ? state.step : state.kind);
  });
  return { flow, clock, desk: scripted, seen, entered, linked };
}

function failedWith({ flow }: Scene): {
  readonly kind?: string;
  readonly message: string;
  readonly mayUseMemo: boolean;
} {
  const state = flow.state();
  assert.equal(state.kind, "failed");
  if (state.kind !== "failed") throw new Error("unreachable");
  const { fault, mayUseMemo } = state;
  assert.ok(fault instanceof Error);
  return { ...(fault as { kind?: string }), message: fault.message, mayUseMemo };
}

for (const [what, features, method] of [
  ["signs people in", ["solana:signIn", "solana:signMessage", "solana:signTransaction"], "signIn"],
  ["signs messages", ["solana:signMessage", "solana:signTransaction"], "signMessage"],
  ["signs only transactions", ["solana:signTransaction"], "signTransaction"],
] as const) {
  test(`with one choice of a wallet that ${what} somebody is signed in`, async () => {
    const scene = openScene();
    const { wallet, calls } = scriptedWallet(key, { features });
    const asked = scene.flow.request({ kind: "sign_in" });
    await scene.flow.choose(wallet);
    assert.equal((await asked)?.account.address, address);
    assert.deepEqual(calls, ["connect", method]);
    assert.deepEqual(scene.seen, ["choosing", "connect", "challenge", "wallet", "login", "closed"]);
    assert.equal(scene.entered[0]?.wallet, address);
    assert.equal(scene.linked[0]?.wallet, wallet);
    assert.equal(scene.clock.waiting, 0);
  });
}

test("a refusal is told, and may be tried again", async () => {
  const scene = openScene();
  let isWilling = false;
  const signIn = async (input: unknown): Promise<unknown> => {
    if (!isWilling) throw new Error("User rejected the request.");
    const honest = scriptedWallet(key).wallet.features["solana:signIn"] as { signIn: (input: unknown) => unknown };
    return await honest.signIn(input);
  };
  const { wallet } = scriptedWallet(key, { script: { signIn } });
  const asked = scene.flow.request({ kind: "sign_in" });
  await scene.flow.choose(wallet);
  assert.deepEqual([failedWith(scene).kind, failedWith(scene).mayUseMemo], ["refused", false]);
  assert.deepEqual(scene.entered, []);
  isWilling = true;
  await scene.flow.retry();
  assert.equal((await asked)?.account.address, address);
});

test("a wallet that fails to sign texts may sign a transaction instead", async () => {
  const scene = openScene();
  const signIn = (): Promise<never> => Promise.reject(new Error("Ledger: 0x6a81"));
  const { wallet, calls } = scriptedWallet(key, { script: { signIn } });
  const asked = scene.flow.request({ kind: "sign_in" });
  await scene.flow.choose(wallet);
  assert.equal(failedWith(scene).mayUseMemo, true);
  await scene.flow.retry({ isByMemo: true });
  assert.equal((await asked)?.account.address, address);
  assert.deepEqual(calls, ["connect", "signIn", "signTransaction"]);
  assert.ok("transaction" in (scene.desk.logins[0] ?? {}));
});

test("another account's signature signs nobody in", async () => {
  const scene = openScene();
  const liar = scriptedWallet(other, { accounts: [accountOf(key)] });
  void scene.flow.request({ kind: "sign_in" });
  await scene.flow.choose(liar.wallet);
  assert.equal(failedWith(scene).kind, "wrong_account");
  assert.deepEqual([scene.entered, scene.desk.logins], [[], []]);
});

test("a wallet that signs another text than the router asked for is not believed", async () => {
  const scene = openScene();
  const signIn = async (): Promise<unknown> => {
    const signedMessage = new TextEncoder().encode(challengeFor(address, { statement: "Another." }).message);
    return [{ account: accountOf(key), signedMessage, signature: await key.sign(signedMessage) }];
  };
  void scene.flow.request({ kind: "sign_in" });
  await scene.flow.choose(scriptedWallet(key, { script: { signIn } }).wallet);
  assert.equal(failedWith(scene).kind, "unsound");
});

for (const [what, challenge, words] of [
  ["for another account", challengeFor(other.address), /asks to sign in as/],
  ["for another place", challengeFor(address, { domain: "evil.example" }), /asks to sign in at evil\.example/],
  ["for this machine", challengeFor(address, { domain: "localhost:8787" }), /asks to sign in at localhost/],
  ["that is another text", { ...challengeFor(address), message: "Give me everything." }, /is not one/],
  [
    "whose fields say something else",
    { ...challengeFor(address), input: challengeFor(address, { statement: "Another." }).input },
    /is not one/,
  ],
] as const) {
  test(`a challenge ${what} reaches no wallet`, async () => {
    const scene = openScene({ challenge: () => Promise.resolve(challenge) });
    const { wallet, calls } = scriptedWallet(key);
    void scene.flow.request({ kind: "sign_in" });
    await scene.flow.choose(wallet);
    assert.match(failedWith(scene).message, words);
    assert.deepEqual(calls, ["connect"]);
  });
}

test("a router on this machine is known by all of its names", async () => {
  const challenge = (): Promise<ReturnType<typeof challengeFor>> =>
    Promise.resolve(challengeFor(address, { domain: "127.0.0.1:8787" }));
  const scene = openScene(
    { challenge, login: () => Promise.resolve({ wallet: address, expires_at: "", csrf_token: "" }) },
    "localhost:8787",
  );
  const asked = scene.flow.request({ kind: "sign_in" });
  await scene.flow.choose(scriptedWallet(key).wallet);
  assert.notEqual(await asked, undefined);
});

test("what the router refuses is told as it says it", async () => {
  const scene = openScene({ login: () => Promise.reject(new Error("The sign-in was refused: too late.")) });
  void scene.flow.request({ kind: "sign_in" });
  await scene.flow.choose(scriptedWallet(key).wallet);
  assert.match(failedWith(scene).message, /too late/);
  assert.deepEqual(scene.linked, []);
});

test("a slow wallet is said to be slow, and waiting ends when the person says so", async () => {
  const scene = openScene();
  const answer = Promise.withResolvers<unknown>();
  const { wallet } = scriptedWallet(key, { script: { connect: () => answer.promise } });
  const asked = scene.flow.request({ kind: "sign_in" });
  const chosen = scene.flow.choose(wallet);
  scene.clock.advance(7_999);
  assert.equal((scene.flow.state() as { isSlow: boolean }).isSlow, false);
  scene.clock.advance(1);
  assert.equal((scene.flow.state() as { isSlow: boolean }).isSlow, true);
  scene.flow.back();
  await chosen;
  assert.equal(scene.flow.state().kind, "choosing");
  answer.resolve({ accounts: [accountOf(key)] });
  scene.flow.close();
  assert.equal(await asked, undefined);
  assert.deepEqual([scene.entered, scene.linked, scene.clock.waiting], [[], [], 0]);
});

test("another wallet that is chosen meanwhile is the one that counts", async () => {
  const scene = openScene();
  const late = Promise.withResolvers<unknown>();
  const slow = scriptedWallet(other, { script: { signIn: () => late.promise } });
  const asked = scene.flow.request({ kind: "sign_in" });
  const first = scene.flow.choose(slow.wallet);
  await scene.flow.choose(scriptedWallet(key).wallet);
  assert.equal((await asked)?.account.address, address);
  late.resolve([]);
  await first;
  assert.deepEqual([scene.flow.state().kind, scene.entered.length], ["closed", 1]);
});

test("a login that the router grants after the dialog was closed counts, and answers no other question", async () => {
  const granted = Promise.withResolvers<SessionAnswer>();
  const scene = openScene({ login: () => granted.promise });
  const first = scene.flow.request({ kind: "sign_in" });
  const chosen = scene.flow.choose(scriptedWallet(key).wallet);
  while (scene.seen.at(-1) !== "login") await new Promise((resolve) => setImmediate(resolve));
  const second = scene.flow.request({ kind: "reconnect", address: other.address });
  assert.equal(await first, undefined);
  granted.resolve({ wallet: address, expires_at: "", csrf_token: "" });
  await chosen;
  assert.deepEqual([scene.entered.length, scene.linked.length, scene.flow.state().kind], [1, 1, "choosing"]);
  scene.flow.close();
  assert.equal(await second, undefined);
});

test("of several accounts the person takes one", async () => {
  const scene = openScene();
  const { wallet, account } = scriptedWallet(key, { accounts: [accountOf(other), accountOf(key)] });
  const asked = scene.flow.request({ kind: "sign_in" });
  await scene.flow.choose(wallet);
  assert.equal(scene.flow.state().kind, "accounts");
  await scene.flow.choose(wallet, account);
  assert.equal((await asked)?.account.address, address);
});

test("connecting again wants the account that is signed in, and signs nothing", async () => {
  const scene = openScene();
  const { wallet, calls, become } = scriptedWallet(key, { accounts: [accountOf(other)] });
  const asked = scene.flow.request({ kind: "reconnect", address });
  await scene.flow.choose(wallet);
  assert.deepEqual([failedWith(scene).kind, failedWith(scene).mayUseMemo], ["wrong_account", false]);
  become([accountOf(other), accountOf(key)]);
  await scene.flow.retry();
  assert.equal((await asked)?.account.address, address);
  assert.deepEqual([calls, scene.entered], [["connect", "connect"], []]);
});

test("who asks a second time ends the first question", async () => {
  const { flow } = openScene();
  const first = flow.request({ kind: "sign_in" });
  const second = flow.request({ kind: "reconnect", address });
  assert.equal(await first, undefined);
  flow.close();
  assert.equal(await second, undefined);
});
