// The numbers by which rows name the apps that requests come from: bounded, since anybody may name any app in any request.
import type { Clock } from "@aimo-network/protocol/clock";
import { LRUCache } from "lru-cache";
import type { Query } from "./database/database.ts";
import {
  APPS_ASKED_MAX,
  APPS_ASKED_PER_WALLET_MAX,
  APPS_KEPT_MAX,
  APPS_MADE_PER_WALLET_MAX,
  APPS_MAX,
  APPS_PER_WALLET_AND_DAY_MAX,
  APP_WALLETS_COUNTED_MAX,
} from "./limits.ts";

/** An app as a request names it, cleaned. */
export interface App {
  readonly url: string;
  /** Empty where it has none. */
  readonly title: string;
  /** Whether the request may count in public rankings. */
  readonly isPublic: boolean;
}

/** Finds the number of an app for the row of a user's request: below 0 where it counts in public, 0 where it gets none. */
export interface AppNumbers {
  of(app: App, user: number): number | Promise<number>;
}

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const NONE = 0;

/** Counts what is asked of the database in a minute; true where there is room for one more. */
function createAsks(clock: Clock): (user: number) => boolean {
  const byUser = new Map<number, number>(); // of one minute, so no larger than all of it
  let minute = 0;
  let all = 0;
  return (user) => {
    const now = Math.floor(clock.now() / MS_PER_MINUTE);
    if (now !== minute) {
      byUser.clear();
      [minute, all] = [now, 0];
    }
    const own = byUser.get(user) ?? 0;
    if (own >= APPS_ASKED_PER_WALLET_MAX || all >= APPS_ASKED_MAX) return false;
    byUser.set(user, own + 1);
    all += 1;
    return true;
  };
}

/** Counts the apps of each user's day: gives those counted so far. */
function createUses(clock: Clock): (user: number) => Set<number> {
  const byUser = new LRUCache<number, Set<number>>({ max: APP_WALLETS_COUNTED_MAX });
  let day = 0;
  return (user) => {
    const now = Math.floor(clock.now() / MS_PER_DAY);
    if (now !== day) {
      byUser.clear();
      day = now;
    }
    let own = byUser.get(user);
    if (own === undefined) byUser.set(user, (own = new Set()));
    return own;
  };
}

/** Creates them; nothing is remembered yet. */
export function createAppNumbers(query: Query, clock: Clock): AppNumbers {
  const known = new LRUCache<string, number>({ max: APPS_KEPT_MAX });
  const asking = new Map<string, Promise<number>>(); // no larger than what may be asked in a minute or two
  const mayAsk = createAsks(clock);
  const usesOf = createUses(clock);
  const counted = (number: number, { isPublic }: App, user: number): number => {
    if (number === NONE) return NONE;
    const told = isPublic ? -number : number;
    const uses = usesOf(user);
    if (uses.size >= APPS_PER_WALLET_AND_DAY_MAX && !uses.has(told)) return NONE;
    uses.add(told);
    return told;
  };
  const ask = async (name: string, { url, title }: App, user: number): Promise<number> => {
    try {
      const values = [user, url, title, APPS_MADE_PER_WALLET_MAX, APPS_MAX];
      const [row] = await query<{ readonly number: number }>("SELECT app_number($1, $2, $3, $4, $5) AS number", values);
      const number = row?.number ?? NONE;
      if (number !== NONE) known.set(name, number); // another wallet may make what this one may not
      return number;
    } finally {
      asking.delete(name);
    }
  };
  return {
    of(app, user) {
      const name = `${app.url} ${app.title}`; // no URL has a space
      const found = known.get(name);
      if (found !== undefined) return counted(found, app, user);
      let answer = asking.get(name);
      if (answer === undefined) {
        if (usesOf(user).size >= APPS_PER_WALLET_AND_DAY_MAX || !mayAsk(user)) return NONE;
        answer = ask(name, app, user);
        asking.set(name, answer);
      }
      return answer.then((number) => counted(number, app, user));
    },
  };
}
