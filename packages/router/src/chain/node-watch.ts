// Compares what the nodes say is final: one that contradicts itself or the others is not asked any more for a while.
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { fetchSnapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import { readConfig } from "@aimo-network/escrow/accounts/read-account";
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import type { Rpc, SolanaRpcApi } from "@solana/kit";
import type { Logger } from "pino";
import type { ChainSettings } from "./chain-settings.ts";
import type { Endpoints } from "./endpoints.ts";
import { DISAGREEMENT_AGAIN_MS, DISAGREEMENT_CHECK_MS, DISTRUST_MS, NODE_SLOTS_BEHIND_MAX } from "./limits.ts";

/** What a node says is final. */
export interface Statement {
  readonly genesis: string;
  readonly slot: bigint;
  /** The batches of the router so far, which never fall; undefined where there is no config. */
  readonly batchCount: bigint | undefined;
  /** The bytes of the router's config. */
  readonly config: string;
}

/** Watches the nodes while it runs. */
export interface NodeWatch {
  start(): void;
  /** Compares the nodes now. */
  compare(): Promise<void>;
  stop(): Promise<void>;
}

/** What watching needs. */
export interface NodeWatchDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly endpoints: Pick<Endpoints, "each" | "names" | "rest" | "distrust">;
  readonly counts: { disagreement(): void };
}

async function ask(rpc: Rpc<SolanaRpcApi>, router: RouterPlace): Promise<Statement | undefined> {
  try {
    const [genesis, { slot, accounts }] = await Promise.all([
      rpc.getGenesisHash().send(),
      fetchSnapshot(rpc, [router.address], { commitment: "finalized" }),
    ]);
    const [account] = accounts;
    const config = account === undefined ? undefined : readConfig(account, router.programAddress);
    const bytes = account?.exists === true ? Buffer.from(account.data).toString("base64") : "";
    return { genesis, slot, batchCount: config?.data.batchCount, config: bytes };
  } catch {
    return undefined; // whoever does not answer contradicts nobody; `any` finds out by itself
  }
}

/** Why two statements cannot both be true of one chain; undefined where they can. */
export function contradiction(one: Statement, other: Statement): string | undefined {
  if (one.genesis !== other.genesis) return "another chain";
  if (one.slot === other.slot) return one.config === other.config ? undefined : "another config at the same slot";
  const [earlier, later] = one.slot < other.slot ? [one, other] : [other, one];
  if (earlier.batchCount === undefined) return undefined;
  if (later.batchCount === undefined) return "no config any more at a later slot";
  return later.batchCount < earlier.batchCount ? "fewer batches at a later slot" : undefined;
}

/** What the nodes said, in the order of preference; undefined of those that did not answer. */
type Statements = readonly (Statement | undefined)[];

/** Whether a node contradicts what it said before. A chain that begins anew is another one, and its genesis tells. */
function contradictsItself(before: Statement | undefined, now: Statement | undefined): string | undefined {
  if (before === undefined || now === undefined || before.genesis !== now.genesis) return undefined;
  return contradiction(before, now);
}

/**
 * The nodes that cannot be right, and why: first those that contradict themselves, then whoever contradicts most of the
 * others, until the rest agree. Where two stand against each other, the one that is preferred is believed.
 */
export function findLiars(before: Statements, now: Statements): ReadonlyMap<number, string> {
  const liars = new Map<number, string>();
  for (const [index, statement] of now.entries()) {
    const fault = contradictsItself(before[index], statement);
    if (fault !== undefined) liars.set(index, fault);
  }
  for (;;) {
    const left = now.flatMap((statement, index) => (statement === undefined || liars.has(index) ? [] : [index]));
    let worst: { index: number; faults: string[] } | undefined;
    for (const index of left) {
      const faults = left.flatMap((other) => {
        const [one, another] = [now[index], now[other]];
        const fault = one === undefined || another === undefined ? undefined : contradiction(one, another);
        return fault === undefined ? [] : [fault];
      });
      if (faults.length > 0 && faults.length >= (worst?.faults.length ?? 1)) worst = { index, faults };
    }
    if (worst === undefined) return liars;
    liars.set(worst.index, worst.faults[0] ?? "");
  }
}

/** Makes a watch over the nodes; it begins when it is started. */
export function createNodeWatch(settings: ChainSettings, deps: NodeWatchDeps): NodeWatch {
  const { clock, log, endpoints, counts } = deps;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let before: Statements = [];
  let place: RouterPlace | undefined;

  const askAll = async (router: RouterPlace): Promise<Statements> => {
    return Promise.all(endpoints.each.map((rpc) => ask(rpc, router)));
  };
  const compare = async (): Promise<void> => {
    place ??= await routerPlace(settings);
    const router = place;
    const first = await askAll(router);
    let liars = findLiars(before, first);
    let now = first;
    if (liars.size > 0) {
      // Two nodes are not asked at one moment: only what still cannot be is held against them.
      await sleep(clock, DISAGREEMENT_AGAIN_MS, stopping.signal);
      now = await askAll(router);
      const again = findLiars(before, now);
      liars = new Map([...liars].filter(([index]) => again.has(index)));
    }
    const best = now.reduce(
      (most, said, index) => (said === undefined || liars.has(index) ? most : max(most, said)),
      0n,
    );
    for (const [index, statement] of now.entries()) {
      const node = endpoints.names[index];
      const fault = liars.get(index);
      if (fault !== undefined) {
        counts.disagreement();
        log.error({ node, fault }, "a chain node said what cannot be");
        endpoints.distrust(index, DISTRUST_MS);
      } else if (statement !== undefined && statement.slot < best - NODE_SLOTS_BEHIND_MAX) {
        log.warn({ node, slot: String(statement.slot), best: String(best) }, "a chain node is far behind");
        endpoints.rest(index, DISAGREEMENT_CHECK_MS);
      }
    }
    before = now.map((statement, index) => (liars.has(index) ? before[index] : (statement ?? before[index])));
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await compare();
      await sleep(clock, DISAGREEMENT_CHECK_MS, stopping.signal);
    }
  };
  return {
    start() {
      running = run();
    },
    compare,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function max(most: bigint, { slot }: Statement): bigint {
  return slot > most ? slot : most;
}
