// A follower over nodes of a test's chain, with a clock that only the test moves, and everything it was told.
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import type { Provider } from "@aimo-network/escrow/generated/accounts/provider";
import type { Address } from "@solana/kit";
import { pino } from "pino";
import type { ChainSettings } from "../chain-settings.ts";
import { createEndpoints } from "../endpoints.ts";
import type { Endpoints } from "../endpoints.ts";
import { createFollower } from "../follow.ts";
import type { Follower } from "../follow.ts";
import { HINTED_LOOK_MS } from "../limits.ts";
import type { ChainObservation } from "../observation.ts";
import { nodeOn } from "./node-on-chain.ts";
import type { TestNode } from "./node-on-chain.ts";
import { RememberedChain } from "./remembered-chain.ts";

const POLL_MS = 1_000;
const IDLE_TURNS = 8;

/** What somebody knows who believed every observation. */
class Books {
  readonly escrows = new Map<Address, Escrow>();
  readonly providers = new Map<Address, Provider>();
  slot = 0n;

  take({ slot, escrows, providers, gone, isWhole }: ChainObservation): void {
    this.slot = slot;
    if (isWhole) {
      this.escrows.clear();
      this.providers.clear();
    }
    for (const { address, data } of escrows) this.escrows.set(address, data);
    for (const { address, data } of providers) this.providers.set(address, data);
    for (const address of gone) {
      this.escrows.delete(address);
      this.providers.delete(address);
    }
  }
}

/** A router's chain room under test. */
export class FollowerBed {
  readonly chain: RememberedChain;
  readonly scene: Scene;
  readonly nodes: readonly TestNode[];
  readonly settings: ChainSettings;
  readonly clock: ManualClock = manualClock();
  readonly endpoints: Endpoints;
  readonly observed: ChainObservation[] = [];
  readonly books = new Books();
  /** The lines of the log. */
  readonly logged: string[] = [];
  follower: Follower;
  /** What observing does beside noting: a test makes it fail. */
  onObserve: (observation: ChainObservation) => Promise<void> = async () => undefined;

  private constructor(chain: RememberedChain, scene: Scene, nodeCount: number) {
    this.chain = chain;
    this.scene = scene;
    this.nodes = Array.from({ length: nodeCount }, () => nodeOn(chain));
    const rpcUrls = this.nodes.map((_, index) => `http://node-${index}.test/secret`);
    this.settings = {
      rpcUrls,
      publicRpcUrl: undefined,
      wsUrl: undefined,
      programAddress: chain.programAddress,
      routerId: scene.bed.keys.routerId,
      commitment: "confirmed",
      pollMs: POLL_MS,
      priorityFeeMax: 1_000_000n,
    };
    const { clock } = this;
    const log = pino({}, { write: (line: string) => void this.logged.push(line) });
    this.endpoints = createEndpoints(rpcUrls, {
      clock,
      log,
      transportTo: (url) => this.nodes[rpcUrls.indexOf(url)]!.transport,
    });
    this.follower = this.newFollower();
  }

  /** A router with Ann, Ben, Pat and Quinn on a new chain; nobody follows it yet. */
  static async open(nodeCount = 1): Promise<FollowerBed> {
    const chain = new RememberedChain();
    return new FollowerBed(chain, await Scene.open({}, "router", chain), nodeCount);
  }

  get node(): TestNode {
    return this.nodes[0]!;
  }

  /** A follower that begins anew, as after a restart. */
  newFollower(): Follower {
    const { clock, endpoints } = this;
    const log = pino({}, { write: (line: string) => void this.logged.push(line) });
    return createFollower(this.settings, { clock, log, endpoints });
  }

  /** Starts to follow. */
  follow(): void {
    this.follower.start(async (observation) => {
      await this.onObserve(observation);
      this.observed.push(observation);
      this.books.take(observation);
    });
  }

  /** Starts to follow, and waits for the first scan. */
  async start(): Promise<void> {
    this.follow();
    await this.pump(this.follower.look());
  }

  /** Until nothing happens any more without the clock. */
  async idle(): Promise<void> {
    let [before, turns] = ["", 0];
    while (turns < IDLE_TURNS) {
      await setImmediate();
      const now = `${this.nodes.map(({ calls }) => calls.length).join()} ${this.observed.length} ${this.clock.waiting}`;
      turns = now === before ? turns + 1 : 0;
      before = now;
    }
  }

  /** Lets the clock go on until this has happened. */
  async pump<Result>(work: Promise<Result>): Promise<Result> {
    const over = new AbortController();
    const settled = Promise.allSettled([work]).then(() => over.abort());
    await this.idle();
    while (!over.signal.aborted) {
      this.clock.advance(HINTED_LOOK_MS);
      await this.idle();
    }
    await settled;
    return work;
  }

  /** Lets time go by, and waits for what it brings about. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.idle();
  }

  /** Lets one poll happen. */
  async poll(): Promise<void> {
    await this.pass(POLL_MS);
  }

  /** How often the first node was asked this since the count was last taken. */
  callsSince(mark: number): string[] {
    return this.node.calls.slice(mark).map(({ method }) => method);
  }
}
