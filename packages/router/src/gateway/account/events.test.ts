// Live events over HTTP: what a listener reads, how it goes on after a loss, and when its stream ends.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { createActivity } from "../../activity/activity.ts";
import type { LiveWallets } from "../../activity/live-wallets.ts";
import {
  LIVE_HINT_MS,
  LIVE_KEEP_ALIVE_MS,
  LIVE_LISTENERS_PER_WALLET_MAX,
  LIVE_LOOK_MS,
  LIVE_SESSION_MS,
} from "../../activity/limits.ts";
import { createLog } from "../../log.ts";
import type { Party, PostedGenerations, PostedKey } from "../../test-bed/posted-generations.ts";
import { createPostedGenerations } from "../../test-bed/posted-generations.ts";
import { QUIET_OBSERVER } from "../../test-bed/quiet-observer.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { installErrorReplies } from "../error-reply.ts";
import { eventRoutes } from "./events.ts";

const NOW = Date.UTC(2026, 10, 25, 8);
const SESSION_MS = 3_600_000;

/** A client's side of a stream. */
interface Listener {
  readonly status: number | undefined;
  readonly answer: IncomingMessage;
  text(): string;
  isOver(): boolean;
  /** Waits until the text has this in it. */
  reads(part: string): Promise<void>;
}

describe("live events", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let posted: PostedGenerations;
  let clock: ManualClock;
  let live: LiveWallets;
  let server: FastifyInstance;
  let sessions: Map<string, number>;
  let linksCount: number;
  let isDraining: boolean;
  let user: Party;
  let provider: Party;
  let key: PostedKey;

  before(async () => (database = await openTestDatabase()));
  after(() => database.close());
  beforeEach(async () => {
    clock = manualClock(NOW);
    posted = await createPostedGenerations(database, clock);
    [user, provider] = [await posted.party(), await posted.party()];
    key = await posted.key(user);
    await posted.deposit(user, 5_000_000_000n);
    sessions = new Map([[user.wallet, NOW + SESSION_MS]]);
    [linksCount, isDraining] = [2, false];
    ({ live } = createActivity(database, { clock, log: createLog("silent") }));
    server = fastify();
    installErrorReplies(server, QUIET_OBSERVER);
    await server.register(
      eventRoutes({
        clock,
        live,
        links: { countOf: () => linksCount },
        isDraining: () => isDraining,
        requireSession: async ({ headers }) => {
          const wallet = String(headers["x-test-session"]);
          const expiresAtMs = sessions.get(wallet);
          if (expiresAtMs === undefined) throw new AimoError("missing_session", {});
          return { wallet, token: "", expiresAtMs, idleExpiresAtMs: expiresAtMs };
        },
      }),
    );
    await server.listen({ port: 0, host: "127.0.0.1" });
  });
  afterEach(async () => {
    live.close();
    server.server.closeAllConnections();
    await server.close();
  });

  const listen = async (wallet = user.wallet, headers: Record<string, string> = {}): Promise<Listener> => {
    const { port } = server.server.address() as AddressInfo;
    const request = get({ port, path: "/events", headers: { "x-test-session": wallet, ...headers }, agent: false });
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    let text = "";
    let isOver = false;
    answer.setEncoding("utf8").on("data", (part: string) => (text += part));
    answer.on("error", () => undefined).on("close", () => (isOver = true));
    return {
      status: answer.statusCode,
      answer,
      text: () => text,
      isOver: () => isOver,
      async reads(part) {
        while (!text.includes(part)) {
          assert.equal(isOver, false, `ended before ${part}: ${text}`);
          await setImmediate();
        }
      },
    };
  };
  /** Lets time pass in steps until the stream is over. */
  const ends = async (listener: Listener, stepMs = LIVE_LOOK_MS): Promise<void> => {
    while (!listener.isOver()) {
      clock.advance(stepMs);
      await setImmediate();
    }
  };

  test("begin with how things stand, and go on with what happens, each in one event", async () => {
    const listener = await listen();
    assert.deepEqual(
      [listener.status, listener.answer.headers["content-type"], listener.answer.headers["cache-control"]],
      [200, "text/event-stream; charset=utf-8", "no-cache, no-transform"],
    );
    await listener.reads("event: links");
    assert.deepEqual(listener.text().split("\n\n"), [
      "retry: 2000",
      'event: balance\ndata: {"available":"5","locked":"0","withdrawing":"0","payable":"0","lockable":"5","deposited":"5"}',
      'event: earnings\ndata: {"claimable":"0","withdrawing":"0","payable":"0"}',
      'event: links\ndata: {"links":2}',
      "",
    ]);
    const id = await posted.answer({ key, provider, atMs: NOW - 500, cost: 1n });
    linksCount = 3;
    clock.advance(LIVE_LOOK_MS);
    await listener.reads('{"links":3}');
    assert.match(
      listener.text(),
      new RegExp(`event: generation\nid: ${id}\ndata: \\{"id":"${id}",.*"total_cost":0\\.000000001,`),
    );
    assert.match(listener.text(), /event: balance\ndata: {"available":"4.999999999",/);
    assert.equal(listener.text().match(/event: earnings/g)?.length, 1);
  });

  test("go on after the last one a listener saw", async () => {
    const seen = await posted.answer({ key, provider, atMs: NOW - 60_000 });
    const missed = await posted.answer({ key, provider, atMs: NOW - 30_000 });
    const listener = await listen(user.wallet, { "last-event-id": seen });
    await listener.reads("event: links");
    assert.deepEqual(
      [...listener.text().matchAll(/^id: (.*)$/gm)].map(([, id]) => id),
      [missed],
    );
    for (const nonsense of ["x", "gen-1", "gen-ffffffff-ffff-7fff-bfff-ffffffffffff", "'; --"]) {
      const other = await listen(user.wallet, { "last-event-id": nonsense });
      clock.advance(LIVE_HINT_MS);
      await other.reads("event: links");
      assert.doesNotMatch(other.text(), /event: generation/);
    }
  });

  test("are a signed-in person's alone", async () => {
    const stranger = await posted.party();
    sessions.set(stranger.wallet, NOW + SESSION_MS);
    const theirs = await listen(stranger.wallet);
    const id = await posted.answer({ key, provider, atMs: NOW, durationMs: 1 });
    clock.advance(LIVE_LOOK_MS);
    await theirs.reads("event: links");
    assert.equal(theirs.text().includes(id), false);
    assert.equal((await listen("nobody")).status, 401);
  });

  test("end with the session, whether it was closed or ran out", async () => {
    const closed = await listen();
    await closed.reads("event: links");
    sessions.delete(user.wallet);
    await ends(closed, LIVE_SESSION_MS);
    sessions.set(user.wallet, clock.now() + LIVE_SESSION_MS);
    const expired = await listen();
    await ends(expired, LIVE_SESSION_MS);
    assert.ok(clock.now() <= NOW + 10 * LIVE_SESSION_MS);
  });

  test("end when the router drains, which then takes no listener", async () => {
    const listener = await listen();
    await listener.reads("event: links");
    isDraining = true;
    live.hint(user.wallet);
    clock.advance(LIVE_HINT_MS);
    for (let turns = 0; turns < 20_000 && !listener.isOver(); turns += 1) await setImmediate();
    assert.ok(listener.isOver(), "it ended with the next look");
    assert.equal((await listen()).status, 503);
  });

  test("are kept open by comments", async () => {
    const listener = await listen();
    await listener.reads("event: links");
    const heard = (): number => listener.text().match(/: AIMO ALIVE\n\n/g)?.length ?? 0;
    for (let round = 1; round <= 3; round += 1) {
      clock.advance(LIVE_KEEP_ALIVE_MS);
      while (heard() < round) await setImmediate();
    }
    assert.equal(listener.isOver(), false);
  });

  test("leave nothing behind when their listener goes", async () => {
    const listeners = [await listen(), await listen()];
    clock.advance(LIVE_HINT_MS);
    for (const listener of listeners) await listener.reads("event: links");
    for (const listener of listeners) listener.answer.destroy();
    while (clock.waiting > 0) await setImmediate();
  });

  test("have so many listeners a wallet and no more", async () => {
    for (let count = 0; count < LIVE_LISTENERS_PER_WALLET_MAX; count += 1) assert.equal((await listen()).status, 200);
    const refused = await listen();
    assert.equal(refused.status, 429);
    await refused.reads("too_many_concurrent");
  });
});
