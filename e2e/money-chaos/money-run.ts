// One run: people pay, ask and withdraw while nodes fail and routers die; then everything comes to rest and is looked through.
import assert from "node:assert/strict";
import { escrowAddress } from "@aimo-network/escrow/addresses";
import { sleep, systemClock, within } from "@aimo-network/protocol/clock";
import { address } from "@solana/kit";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { waitFor } from "../network.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { leaveWith, lowerAllowance } from "./chain-moves.ts";
import type { Blow, MoneyPlan, PlannedPayout, PlannedRequest } from "./money-plan.ts";
import { bringAbout } from "./node-faults.ts";
import { Payer } from "./payer.ts";
import type { Caught } from "./point-watch.ts";
import type { Stage, Step } from "./points.ts";
import { pointName } from "./points.ts";
import { insistAtRest, replayEverything } from "./at-rest.ts";
import type { PlannedWithdrawal } from "./withdrawer.ts";
import { Withdrawer } from "./withdrawer.ts";

/** What a run came to. */
export interface MoneyReport {
  /** The names of the points that routers were struck at. */
  readonly points: readonly string[];
  /** How long it took. */
  readonly ms: number;
}

const POINT_MS = 30_000; // until a router is where the kill comes, on a busy machine
const ASK_AGAIN_MS = 50;
const LEADER_MS = 100; // for the first turns of whoever leads next
const SUCCESSION_MS = 8_000; // until another leads, which it tries every two seconds, and a killed one comes back
const LINES_SHOWN = 60;
/** Steps that are passed over where a batch is posted first. */
const UNLESS_POSTED: readonly Step[] = ["log-stored", "log-read", "statuses-read"];

/** One run, while it lasts. */
class MoneyRun {
  readonly #network: MoneyNetwork;
  readonly #plan: MoneyPlan;
  readonly #users: readonly Payer[];
  readonly #withdrawers: Withdrawer[] = [];
  readonly #starting = new Set<Promise<void>>();
  readonly points: string[] = [];

  constructor(network: MoneyNetwork, plan: MoneyPlan) {
    [this.#network, this.#plan] = [network, plan];
    this.#users = plan.users.map(() => new Payer(network));
  }

  async deposit(): Promise<void> {
    const { watch, place } = this.#network;
    const escrows = await Promise.all(this.#users.map((user) => escrowAddress(place, address(user.address))));
    for (const escrow of escrows) watch.accounts.add(escrow);
    await this.#during("deposit", async () => {
      await Promise.all(
        this.#plan.users.map(async ({ deposits }, index) => {
          for (const amount of deposits) await this.#users[index]?.deposit(amount);
        }),
      );
    });
    const deposited = this.#users.reduce((total, user) => total + user.deposited * 1000n, 0n);
    await waitFor("all deposits to be credited", async () => {
      const text = `SELECT coalesce(sum(amount), 0) AS credited FROM deposit_events JOIN wallets w ON w.id = user_id WHERE w.address = ANY ($1)`;
      const [row] = await this.#network.database.query<{ credited: bigint }>(text, [
        this.#users.map(({ wallet }) => wallet.publicKey),
      ]);
      return row?.credited === deposited || undefined;
    });
  }

  async settle(): Promise<void> {
    const { watch } = this.#network;
    const step = this.#plan.blows.settlement?.point.step;
    const isRace = step !== undefined && UNLESS_POSTED.includes(step);
    if (isRace) watch.brake("settlement-posting");
    await this.#during("settlement", async () => {
      await Promise.all(
        this.#plan.users.map(async ({ requests, allows }, index) => {
          const user = this.#users[index];
          if (allows < 100 && user !== undefined) await lowerAllowance(this.#network, user.wallet, allows);
          await Promise.all(requests.map((request) => this.#ask(index, request)));
        }),
      );
    });
    if (isRace) watch.unbrake("settlement-posting");
  }

  async #ask(user: number, { provider, tokens }: PlannedRequest): Promise<void> {
    const sold = this.#network.providers[provider];
    assert(sold !== undefined, "a plan names providers of its network");
    const answered = await waitFor("an answer", async () => {
      const isAnswered = (await this.#users[user]?.ask(await this.#liveUrl(), sold, tokens)) ?? false;
      if (!isAnswered) await sleep(systemClock, ASK_AGAIN_MS);
      return isAnswered || undefined;
    });
    assert(answered);
  }

  async withdraw(): Promise<void> {
    const { providers } = this.#network;
    await this.#during("withdrawal", async () => {
      await Promise.all([
        ...this.#plan.users.flatMap(({ later, withdrawal }, index) => {
          const user = this.#users[index];
          return user === undefined ? [] : [this.#ask(index, later), this.#withdraw("user", user.wallet, withdrawal)];
        }),
        ...providers.map(({ wallet }, index) => this.#payOut(wallet, this.#plan.payouts[index])),
      ]);
    });
  }

  async #payOut(wallet: Wallet, payout: PlannedPayout | undefined): Promise<void> {
    if (payout?.kind === "exit") await leaveWith(this.#network, wallet, payout.percent);
    if (payout?.kind === "withdrawal") await this.#withdraw("provider", wallet, payout.withdrawal);
  }

  async #withdraw(party: MoneyParty, wallet: Wallet, planned: PlannedWithdrawal): Promise<void> {
    const withdrawer = new Withdrawer(this.#network, party, wallet, () => this.#liveUrl());
    this.#withdrawers.push(withdrawer);
    await withdrawer.withdraw(planned);
  }

  #liveUrl(): Promise<string> {
    const urls = () => this.#network.instances.flatMap(({ url }) => url ?? []);
    return waitFor("an instance that runs", () => Promise.resolve(urls()[0]));
  }

  /** Does a stage's work, with its fault and its blow; resolves when both are over, and all instances are on their way back. */
  async #during(stage: Stage, work: () => Promise<void>): Promise<void> {
    const { fault, blows } = this.#plan;
    const planned = blows[stage];
    const caught = planned && this.#network.watch.arm(planned.point);
    const faults = fault.stage === stage ? bringAbout(this.#network, fault) : undefined;
    const working = work();
    if (planned !== undefined && caught !== undefined) {
      const broken = working.then(() => caught); // work that fails is why the point is never reached
      const at = await within(systemClock, POINT_MS, Promise.race([caught, broken]));
      assert(at !== undefined, `no router was ever ${pointName(planned.point)}`);
      await this.#strike(at, planned.blow);
      this.points.push(pointName(planned.point));
    }
    await Promise.all([working, faults]);
  }

  async #strike(caught: Caught, blow: Blow): Promise<void> {
    const instance = this.#network.instances.find(({ number }) => number === caught.instance);
    assert(instance !== undefined, "who was caught is an instance");
    const before = await this.#fences();
    if (blow === "passes") caught.release();
    if (blow === "cut-off") instance.cutOff();
    else {
      await instance.kill();
      const start = instance.start();
      this.#starting.add(start);
      void start.finally(() => this.#starting.delete(start)).catch(() => undefined);
    }
    if (blow === "lost") caught.drop();
    if (blow !== "passes-late" && blow !== "cut-off") return;
    // One that led nothing is followed by nobody.
    await within(systemClock, SUCCESSION_MS, this.#succession(before));
    caught.release();
  }

  async #succession(before: bigint): Promise<void> {
    await waitFor("another leader", async () => (await this.#fences()) > before || undefined);
    await sleep(systemClock, LEADER_MS);
  }

  async #fences(): Promise<bigint> {
    const text = "SELECT coalesce(sum(fence), 0) AS fences FROM leaders";
    return (await this.#network.database.query<{ fences: bigint }>(text))[0]?.fences ?? 0n;
  }

  /** Waits until nothing is under way any more. */
  async rest(): Promise<void> {
    await Promise.all(this.#starting);
    await insistAtRest(this.#network, this.#users);
    await replayEverything(this.#network, this.#withdrawers);
    await insistAtRest(this.#network, this.#users);
  }
}

/** Does one run; throws what is wrong after it, with the plan and what was logged. */
export async function moneyRun(network: MoneyNetwork, plan: MoneyPlan): Promise<MoneyReport> {
  const logged = network.lines.length;
  const startMs = systemClock.monotonic();
  const run = new MoneyRun(network, plan);
  try {
    await run.deposit();
    await run.settle();
    await run.withdraw();
    await run.rest();
    return { points: run.points, ms: systemClock.monotonic() - startMs };
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const lines = network.lines.slice(logged).slice(-LINES_SHOWN);
    const shown = JSON.stringify(plan, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    const again = `Once more: npm run chaos:money -- --seed ${plan.seed} --from ${plan.number} --runs 1`;
    throw new Error([words, again, `The plan: ${shown}`, ...lines].join("\n"), { cause });
  }
}
