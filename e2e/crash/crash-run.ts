// One run: requests on their way, a kill at a named point, everything back again, and the books looked through.
import assert from "node:assert/strict";
import { base58 } from "@scure/base";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { firstUuidAt, generationId } from "@aimo-network/protocol/ids";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { waitFor } from "../network.ts";
import type { AnswerJudge, Fate } from "./answer-rules.ts";
import { brokenRules } from "./book-rules.ts";
import type { CaughtCharge } from "./charge-relay.ts";
import type { CrashNetwork } from "./crash-network.ts";
import { parentOf } from "./crash-network.ts";
import type { CrashPlan, PlannedRequest } from "./crash-plan.ts";
import type { SeenAnswer } from "./plain-client.ts";
import { ask, read } from "./plain-client.ts";

/** What a run came to. */
export interface CrashReport {
  readonly seen: readonly SeenAnswer[];
  /** Of each request that was locked. */
  readonly fates: readonly Fate[];
}

const SHOWN_TOKENS = 3; // of a stream that is killed in its middle
const LINES_SHOWN = 30;
const POINT_MS = 15_000; // until a request is where the kill comes, on a busy machine
const UNAVAILABLE_MS = 5_000; // for a request while the database is away: two seconds, and what a busy machine adds

async function within<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const late = sleep(systemClock, ms, over.signal).then((): never => {
    throw new Error(`waited ${ms} ms in vain for ${what}`);
  });
  late.catch(() => undefined); // it loses the race when `work` has ended
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

/** One run, while it lasts. */
class CrashRun {
  readonly #network: CrashNetwork;
  readonly #plan: CrashPlan;
  readonly #answers: Promise<SeenAnswer>[] = [];

  constructor(network: CrashNetwork, plan: CrashPlan) {
    this.#network = network;
    this.#plan = plan;
  }

  #ask({ model, stream, user }: PlannedRequest, seen?: (contentEvents: number) => void): Promise<SeenAnswer> {
    const { url, users } = this.#network;
    const userAgent = `run-${this.#plan.number}-${this.#answers.length + 1}`;
    const answer = ask(url, { key: users[user]?.key ?? "", model: `test/${model}`, stream, userAgent }, seen);
    this.#answers.push(answer);
    return answer;
  }

  /** Asks for what runs beside the target, and for the target; resolves when it is at the plan's point. */
  async reachPoint(): Promise<CaughtCharge | undefined> {
    const { before, beside, target, point } = this.#plan;
    await Promise.all(before.map((request) => this.#ask(request)));
    for (const request of beside) void this.#ask(request);
    const name = `run-${this.#plan.number}-${this.#answers.length + 1}`;
    switch (point) {
      case "after-lock":
        void this.#ask(target);
        await waitFor(`${name} at its upstream`, () => Promise.resolve(this.providerOf(name)));
        return undefined;
      case "mid-stream": {
        const shown = Promise.withResolvers<void>();
        void this.#ask(target, (count) => void (count >= SHOWN_TOKENS && shown.resolve()));
        await within(POINT_MS, `${name} to be shown`, shown.promise);
        return undefined;
      }
      default: {
        const caught = this.#network.relay.catchCharge(point);
        void this.#ask(target);
        return await within(POINT_MS, `a charge to be at ${point}`, caught);
      }
    }
  }

  /** Which provider a request has reached last. */
  providerOf(userAgent: string): string | undefined {
    const calls = this.#network.model.calls.list().filter(({ headers }) => headers["user-agent"] === userAgent);
    return calls.at(-1)?.authorization?.replace("Bearer ", "");
  }

  async kill(caught: CaughtCharge | undefined): Promise<void> {
    const { victim, answerPasses, postgresProcess } = this.#plan;
    if (answerPasses && this.#plan.point === "after-commit") caught?.release();
    if (victim === "postgres") {
      const processId = caught?.processId ?? (await this.#aBackend());
      process.kill(postgresProcess === "backend" ? processId : parentOf(processId), "SIGKILL");
      await within(UNAVAILABLE_MS, "an answer while the ledger is away", this.#ask(this.#plan.target));
    }
    const proxies = this.#doomedProxies().map((name) => this.#network.killProxy(name));
    if (victim !== "postgres" && victim !== "proxy") await this.#network.killRouter();
    await Promise.all(proxies);
    if (victim === "proxy") caught?.release(); // with any other victim an end of its connection is dead
  }

  #doomedProxies(): string[] {
    const { victim, allProxies, number } = this.#plan;
    if (victim !== "proxy" && victim !== "router+proxy") return [];
    const all = this.#network.providers.map(({ name }) => name);
    const serving = this.providerOf(`run-${number}-${this.#answers.length}`);
    return allProxies || serving === undefined ? all : [serving];
  }

  async #aBackend(): Promise<number> {
    const rows = await this.#network.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'aimo-router' AND pid <> pg_backend_pid() LIMIT 1",
    );
    assert(rows[0] !== undefined, "a router that lives has connections");
    return rows[0].pid;
  }

  /** Brings everything back; resolves when no answer is under way and no End is waited for. */
  async recover(): Promise<readonly SeenAnswer[]> {
    const { query } = this.#network;
    const isRouterDead = this.#plan.victim.startsWith("router");
    // As if the time had passed that a dead router's lease, or a lock, lasts.
    if (isRouterDead) await query("UPDATE instances SET lease_until = now() - interval '1 s'");
    if (this.#plan.expiresFirst && isRouterDead) await this.#expire();
    await this.#network.revive();
    const seen = await within(POINT_MS, "all answers to end", Promise.all(this.#answers));
    await waitFor("all charges to be posted", async () => {
      const open = `SELECT FROM locks l JOIN instances i ON i.id = l.instance_id WHERE l.state = 'o' AND i.lease_until > now()`;
      return (await query(open)).length === 0 || undefined;
    });
    await waitFor("all Ends to be acknowledged", () =>
      Promise.resolve(this.#network.spooled().length === 0 || undefined),
    );
    await this.#expire();
    return seen;
  }

  async #expire(): Promise<void> {
    const { query } = this.#network;
    await waitFor("the sweep of a later hour", async () => {
      await query("SELECT ledger_expire(now() + interval '1 hour', 1000)");
      const open = await query("SELECT FROM locks WHERE state = 'o'");
      return open.length === 0 || undefined; // the router's own sweep may have been under way
    });
    const locked = await query("SELECT id, locked FROM users WHERE locked <> 0");
    assert.deepEqual(locked, [], "nothing is locked when every lock has ended");
  }

  /** Whether users are told over HTTP what the books say. */
  async checkHttp(seen: readonly SeenAnswer[]): Promise<void> {
    const { url, users, query } = this.#network;
    for (const { key, wallet } of users) {
      const told = await read<{ available: string; payable: string }>(url, "/account/balance", key);
      const [row] = await query<{ available: bigint; payable: bigint }>(
        `SELECT u.available, u.payable FROM users u JOIN keys k ON k.user_id = u.id JOIN wallets w ON w.id = u.id
         WHERE w.address = $1`,
        [Buffer.from(base58.decode(wallet))],
      );
      if (row === undefined) continue; // nobody has asked with its key yet
      const { available, payable } = told ?? { available: "0", payable: "0" };
      assert.deepEqual({ available: parseNanoUsdc(available), payable: parseNanoUsdc(payable) }, row);
    }
    const last = seen.findLast(({ isWhole, cost }) => isWhole && cost !== "null");
    const asker = users[this.#userOf(last?.userAgent)];
    if (last?.id === undefined || asker === undefined) return;
    const shown = await read<{ cost: string }>(url, `/generation?id=${generationId(last.id)}`, asker.key);
    assert.equal(shown?.cost, last.cost);
  }

  #userOf(userAgent = ""): number {
    const { before, beside, target } = this.#plan;
    const position = Number.parseInt(userAgent.split("-").at(-1) ?? "", 10) - 1;
    return [...before, ...beside, target, target][position]?.user ?? 0;
  }
}

async function crashAndLook(network: CrashNetwork, judge: AnswerJudge, plan: CrashPlan): Promise<CrashReport> {
  const first = firstUuidAt(systemClock.now());
  const run = new CrashRun(network, plan);
  const caught = await run.reachPoint();
  await run.kill(caught);
  const seen = await run.recover();
  const fates = await judge.judge(first, seen);
  assert.deepEqual(await brokenRules(network.query), []);
  await run.checkHttp(seen);
  await network.refresh();
  return { seen, fates: [...fates.values()] };
}

/** Does one run; throws what is wrong after it, with the plan and what was logged. */
export async function crashRun(network: CrashNetwork, judge: AnswerJudge, plan: CrashPlan): Promise<CrashReport> {
  const logged = network.lines.length;
  try {
    return await crashAndLook(network, judge, plan);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const lines = network.lines.slice(logged).slice(-LINES_SHOWN);
    throw new Error([words, `The plan: ${JSON.stringify(plan)}`, ...lines].join("\n"), { cause });
  }
}
