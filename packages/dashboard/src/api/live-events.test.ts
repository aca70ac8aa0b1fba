// Live events with a scripted source and a clock that only the test moves.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { QueryClient } from "@tanstack/react-query";
import { manualClock } from "@aimo-network/protocol/clock";
import { LIVE_HIDDEN_MS_MAX, LIVE_REFRESH_MS, LIVE_RETRY_MS, LIVE_RETRY_MS_MAX } from "./limits.ts";
import { startLiveEvents, watchGenerations } from "./live-events.ts";
import type { LiveSource } from "./live-line.ts";

type Listener = (event: { readonly data?: unknown }) => void;

class ScriptedSource implements LiveSource {
  readyState = 0;
  isClosed = false;
  readonly #listeners = new Map<string, Listener[]>();

  addEventListener(kind: string, listener: Listener): void {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener]);
  }

  close(): void {
    this.isClosed = true;
    this.readyState = 2;
  }

  tell(kind: string, data?: unknown): void {
    for (const listener of this.#listeners.get(kind) ?? []) listener({ data });
  }

  opens(): void {
    this.readyState = 1;
    this.tell("open");
  }

  breaks(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.tell("error");
  }
}

function openBed(t: TestContext) {
  const clock = manualClock();
  const asking = new QueryClient();
  const sources: ScriptedSource[] = [];
  const listeners = { session: (): void => {}, hidden: (): void => {} };
  const bed = {
    clock,
    asking,
    sources,
    wallet: "ann" as string | undefined,
    isHidden: false,
    asked: [] as string[],
    gaps: 0,
    generations: [] as unknown[],
    signs(wallet: string | undefined) {
      bed.wallet = wallet;
      listeners.session();
    },
    hides(isHidden: boolean) {
      bed.isHidden = isHidden;
      listeners.hidden();
    },
    latest(): ScriptedSource {
      const source = sources.at(-1);
      assert.ok(source !== undefined, "a line is open");
      return source;
    },
  };
  asking.invalidateQueries = (filters) => {
    bed.asked.push(String(filters?.queryKey?.[0]));
    return Promise.resolve();
  };
  t.after(
    watchGenerations({ onGap: () => (bed.gaps += 1), onGeneration: (generation) => bed.generations.push(generation) }),
  );
  const stop = startLiveEvents(asking, {
    clock,
    open() {
      const source = new ScriptedSource();
      sources.push(source);
      return source;
    },
    wallet: () => bed.wallet,
    watchSession(listener) {
      listeners.session = listener;
      return () => (listeners.session = () => {});
    },
    isHidden: () => bed.isHidden,
    watchHidden(listener) {
      listeners.hidden = listener;
      return () => (listeners.hidden = () => {});
    },
  });
  t.after(() => {
    stop();
    assert.equal(clock.waiting, 0, "a line that ended leaves no timer");
    assert.ok(sources.every(({ isClosed }) => isClosed));
    asking.clear();
  });
  return bed;
}

test("a balance is put where pages look for it, and earnings beside what was known of them", (t) => {
  const { asking, latest } = openBed(t);
  latest().opens();
  latest().tell("balance", '{"available":"5","locked":"0"}');
  assert.deepEqual(asking.getQueryData(["balance"]), { data: { available: "5", locked: "0" } });
  latest().tell("earnings", '{"claimable":"1"}');
  assert.equal(asking.getQueryData(["earnings"]), undefined, "the list that nobody asked for is not made up");
  asking.setQueryData(["earnings"], { data: { claimable: "0", by_day: [] } });
  latest().tell("earnings", '{"claimable":"2"}');
  assert.deepEqual(asking.getQueryData(["earnings"]), { data: { claimable: "2", by_day: [] } });
  latest().tell("links", '{"links":3}');
  assert.deepEqual(asking.getQueryData(["links"]), { links: 3 });
});

test("an event that was cut, or is no object, changes nothing", (t) => {
  const { asking, latest, generations } = openBed(t);
  latest().opens();
  for (const data of ['{"available":', "[]", "null", undefined]) {
    latest().tell("balance", data);
    latest().tell("generation", data);
  }
  assert.equal(asking.getQueryData(["balance"]), undefined);
  assert.deepEqual(generations, []);
});

test("answers are told to who listens, and lists are asked again at once and then once a second", (t) => {
  const bed = openBed(t);
  bed.latest().opens();
  assert.equal(bed.gaps, 1);
  bed.clock.advance(LIVE_REFRESH_MS);
  bed.asked.length = 0;
  const each = ["generations", "activity", "keys"];
  for (let count = 0; count < 50; count += 1) {
    bed.latest().tell("generation", `{"id":"gen-${count}"}`);
    bed.clock.advance(LIVE_REFRESH_MS / 25);
  }
  assert.equal(bed.generations.length, 50);
  assert.deepEqual(bed.asked, [...each, ...each, ...each], "at the start, after one second and after two");
  bed.clock.advance(10 * LIVE_REFRESH_MS);
  assert.equal(bed.asked.length, 9, "what is not old is not asked again");
});

test("a line that the router refuses is opened again, later each time, and the session is looked at", (t) => {
  const bed = openBed(t);
  const waits: number[] = [];
  for (let tries = 0; tries < 9; tries += 1) {
    bed.latest().breaks(2);
    const opened = bed.sources.length;
    let waitedMs = 0;
    while (bed.sources.length === opened) {
      bed.clock.advance(500);
      waitedMs += 500;
    }
    waits.push(waitedMs);
  }
  assert.deepEqual(
    waits,
    [1, 2, 4, 8, 16, 32, 60, 60, 60].map((factor) => factor * 1_000),
  );
  assert.equal(waits[0], LIVE_RETRY_MS);
  assert.equal(waits.at(-1), LIVE_RETRY_MS_MAX);
  assert.ok(bed.asked.includes("balance"));
  bed.latest().opens();
  bed.latest().breaks(2);
  bed.clock.advance(LIVE_RETRY_MS);
  assert.equal(bed.sources.length, 11, "one that opened begins with the shortest wait again");
});

test("a line that breaks is left to the browser, which knows what it saw last", (t) => {
  const bed = openBed(t);
  bed.latest().opens();
  bed.latest().breaks(0);
  bed.clock.advance(LIVE_RETRY_MS_MAX);
  assert.equal(bed.sources.length, 1);
  bed.latest().opens();
  assert.equal(bed.gaps, 1, "nothing was missed");
});

test("nobody who is not signed in is listened for, and another wallet gets a line of its own", (t) => {
  const bed = openBed(t);
  const first = bed.latest();
  bed.signs(undefined);
  assert.ok(first.isClosed);
  bed.clock.advance(LIVE_RETRY_MS_MAX);
  assert.equal(bed.sources.length, 1);
  bed.signs("ben");
  assert.equal(bed.sources.length, 2);
  bed.signs("ann");
  assert.ok(bed.sources[1]?.isClosed);
  assert.equal(bed.sources.length, 3);
  bed.sources[1]?.tell("balance", '{"available":"9"}');
  assert.equal(bed.asking.getQueryData(["balance"]), undefined, "what the old line still says is another's");
});

test("a page that is hidden for long stops listening, and asks for what it missed when it is seen", (t) => {
  const bed = openBed(t);
  bed.latest().opens();
  bed.hides(true);
  bed.clock.advance(LIVE_HIDDEN_MS_MAX - 1);
  assert.ok(!bed.latest().isClosed);
  bed.hides(false);
  bed.clock.advance(LIVE_HIDDEN_MS_MAX);
  assert.ok(!bed.latest().isClosed, "it was seen meanwhile");
  bed.hides(true);
  bed.clock.advance(LIVE_HIDDEN_MS_MAX);
  assert.ok(bed.latest().isClosed);
  bed.signs("ann");
  assert.equal(bed.sources.length, 1, "it rests whoever signs in");
  bed.hides(false);
  assert.equal(bed.sources.length, 2);
  bed.latest().opens();
  assert.equal(bed.gaps, 2);
});
