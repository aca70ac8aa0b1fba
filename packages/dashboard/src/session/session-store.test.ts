// Who is signed in: restored, entered, left, ended by the router, and kept in step with other tabs.
import { router, store, tellFromAnotherTab } from "./test-bed/stand-in-browser.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { QueryClient } from "@tanstack/react-query";
import { answerOf, csrfHeaders, noticeRefusal, routerApi, whenSessionIsLost } from "../api/router-api.ts";
import { ApiFault } from "../api/api-fault.ts";
import { forgetPersonal } from "./forget-personal.ts";
import { enterSession, leaveSession, restoreSession, sessionState, signOut, whenSignedOut } from "./session-store.ts";
import { startSessionTabs } from "./session-tabs.ts";

const ANN = { wallet: "ann", expires_at: "2026-12-01T00:00:00.000Z", csrf_token: "token of ann" };
const refusal = (code: string): object => ({ error: { message: "no", metadata: { error_code: code } } });
const missing = { status: 401, body: refusal("missing_session") };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  leaveSession();
  router.seen.length = 0;
  router.answer = () => missing;
});

test("a stranger's page asks nothing, and knows that nobody is signed in", async () => {
  await restoreSession();
  assert.deepEqual([sessionState(), router.seen], [{ kind: "out" }, []]);
});

test("who was signed in before still is, and proves with a token what changes something", async () => {
  store.setItem("aimo-signed-in", "ann");
  router.answer = () => ({ status: 200, body: ANN });
  await restoreSession();
  assert.deepEqual(sessionState(), { kind: "in", wallet: "ann", expiresAt: ANN.expires_at });
  router.answer = () => ({ status: 204 });
  await signOut();
  assert.deepEqual(
    router.seen.map(({ method, path, csrf }) => [method, path, csrf]),
    [
      ["GET", "/api/v1/auth/session", null],
      ["POST", "/api/v1/auth/logout", "token of ann"],
    ],
  );
  assert.deepEqual([sessionState().kind, csrfHeaders(), store.getItem("aimo-signed-in")], ["out", {}, null]);
});

test("a session that has ended meanwhile is left, and a router that is away decides nothing", async () => {
  store.setItem("aimo-signed-in", "ann");
  await restoreSession();
  assert.deepEqual([sessionState().kind, store.getItem("aimo-signed-in")], ["out", null]);
  enterSession(ANN);
  router.answer = () => {
    throw new TypeError("fetch failed");
  };
  await assert.rejects(restoreSession());
  router.answer = () => ({ status: 503, body: refusal("ledger_unavailable") });
  await assert.rejects(restoreSession(), { code: "ledger_unavailable" });
  assert.deepEqual([sessionState().kind, store.getItem("aimo-signed-in")], ["in", "ann"]);
});

test("signing out leaves the page's session also where the router does not answer; the next page finds it", async () => {
  enterSession(ANN);
  router.answer = () => ({ status: 503 });
  await assert.rejects(signOut());
  assert.deepEqual([sessionState().kind, store.getItem("aimo-signed-in")], ["out", "ann"]);
  await whenSignedOut(); // what failed is over too
  enterSession(ANN);
  router.answer = () => missing;
  await signOut();
  assert.deepEqual([sessionState().kind, store.getItem("aimo-signed-in")], ["out", null]);
});

test("who signs out is out before the router is asked, and nobody signs in before it has answered", async () => {
  enterSession(ANN);
  let wasIn: string | undefined;
  router.answer = () => {
    wasIn = sessionState().kind;
    return { status: 204 };
  };
  const leaving = signOut();
  assert.equal(sessionState().kind, "out");
  let isOver = false;
  const over = whenSignedOut().then(() => (isOver = true));
  await Promise.resolve();
  assert.equal(isOver, false);
  await Promise.all([leaving, over]);
  assert.equal(wasIn, "out");
  assert.equal(router.seen.at(-1)?.csrf, "token of ann");
});

test("any answer that says that nobody is signed in is noticed, and nothing else is", async () => {
  let losses = 0;
  whenSessionIsLost(() => (losses += 1));
  const ask = async (status: number, code: string): Promise<number> => {
    losses = 0;
    router.answer = () => ({ status, body: refusal(code) });
    await assert.rejects(answerOf(routerApi.GET("/api/v1/account/balance")), { name: "ApiFault", code });
    return losses;
  };
  assert.equal(await ask(401, "missing_session"), 1);
  assert.equal(await ask(401, "missing_key"), 1);
  assert.equal(await ask(401, "bad_login"), 0);
  assert.equal(await ask(403, "csrf_missing"), 0);
  assert.equal(await ask(503, "chain_absent"), 0);
  losses = 0;
  router.answer = () => missing;
  await assert.rejects(answerOf(routerApi.GET("/api/v1/auth/session")));
  assert.equal(losses, 0, "whoever asks for the session sees it");
  noticeRefusal(new ApiFault(401, refusal("missing_session")));
  noticeRefusal(new Error("401"));
  assert.equal(losses, 1);
});

test("tabs tell each other of what changes, and follow without telling on", async () => {
  const clock = manualClock();
  let followed = 0;
  startSessionTabs(clock, () => (followed += 1));
  const news = (): string | undefined => store.getItem("aimo-session-news")?.split(" ")[0];
  enterSession(ANN);
  assert.equal(news(), "in");
  leaveSession();
  assert.equal(news(), "out");

  store.setItem("aimo-session-news", "untouched");
  store.setItem("aimo-signed-in", "ann");
  router.answer = () => ({ status: 200, body: { ...ANN, csrf_token: "a newer token" } });
  tellFromAnotherTab("aimo-session-news", "in 1");
  while (sessionState().kind !== "in") await turn();
  assert.deepEqual(csrfHeaders(), { "x-csrf-token": "a newer token" });
  await turn();
  tellFromAnotherTab("some-other-key", "out 1");
  assert.equal(sessionState().kind, "in");
  tellFromAnotherTab("aimo-session-news", "out 2");
  assert.equal(sessionState().kind, "out");
  await turn();
  assert.deepEqual([news(), followed], ["untouched", 2]);
});

test("what was asked as somebody is forgotten with that somebody; what everybody may know stays", () => {
  const asking = new QueryClient();
  forgetPersonal(asking);
  const fill = (): void => {
    for (const key of [
      ["router"],
      ["models", "market"],
      ["model", "a/b"],
      ["providers"],
      ["balance"],
      ["keys"],
      ["earnings", "account"],
    ]) {
      asking.setQueryData(key, "known");
    }
  };
  const left = (): unknown[] =>
    asking
      .getQueryCache()
      .getAll()
      .map(({ queryKey }) => queryKey[0]);
  enterSession(ANN);
  fill();
  enterSession({ ...ANN, csrf_token: "another session of the same" });
  assert.equal(left().length, 7);
  enterSession({ ...ANN, wallet: "ben" });
  assert.deepEqual(left(), ["router", "models", "model", "providers"]);
  fill();
  leaveSession();
  assert.deepEqual(left(), ["router", "models", "model", "providers"]);
});
