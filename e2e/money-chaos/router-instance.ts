// One instance of a router as a process: it can be killed and started again, and has its own way to everything.
import { cpSync, mkdirSync } from "node:fs";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import type { Chain } from "@aimo-network/localnet/chain/chain";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { readListening } from "@aimo-network/localnet/localnet";
import { systemClock } from "@aimo-network/protocol/clock";
import type { LedgerRelay } from "./ledger-relay.ts";
import { startLedgerRelay } from "./ledger-relay.ts";
import type { LedgerSteps } from "./ledger-steps.ts";
import type { PointWatch } from "./point-watch.ts";
import type { RpcNode } from "./rpc-node.ts";
import { startRpcNode } from "./rpc-node.ts";

/** What an instance is made of. */
export interface InstanceOptions {
  readonly number: number;
  readonly nodes: number;
  readonly chain: Chain;
  readonly databaseUrl: string;
  /** The data directory with the router's keys, which each instance has a copy of. */
  readonly keysDirectory: string;
  readonly compiledDirectory: string;
  readonly watch: PointWatch;
  readonly steps: LedgerSteps;
  onLine(line: string): void;
  /** Called with its URL whenever it has started. */
  started(url: string): Promise<void>;
}

/** Short enough for runs of seconds, long enough for a busy machine. */
const SETTINGS = {
  AIMO_PORT: "0",
  AIMO_OPERATOR_PORT: "0",
  AIMO_LOG_LEVEL: "debug",
  AIMO_TOTAL_TIMEOUT_MS: "15000",
  AIMO_COMMITMENT: "confirmed",
  AIMO_CHAIN_POLL_MS: "100",
  AIMO_SETTLE_AGE_MS: "300",
  AIMO_SPONSOR_MIN_USDC: "0",
};

/** An instance. */
export class RouterInstance {
  readonly number: number;
  readonly nodes: readonly RpcNode[];
  readonly #options: InstanceOptions;
  readonly #relay: LedgerRelay;
  readonly #dataDirectory: string;
  #child: Child | undefined;
  /** Where it listens; undefined while it does not. */
  url: string | undefined;

  private constructor(options: InstanceOptions, relay: LedgerRelay, nodes: readonly RpcNode[]) {
    this.number = options.number;
    [this.#options, this.#relay, this.nodes] = [options, relay, nodes];
    this.#dataDirectory = `${options.keysDirectory}-${options.number}`;
    mkdirSync(this.#dataDirectory, { recursive: true });
    cpSync(options.keysDirectory, this.#dataDirectory, { recursive: true });
  }

  /** Makes an instance that does not run yet. */
  static async make(options: InstanceOptions): Promise<RouterInstance> {
    const { databaseUrl, watch, steps, number: instance, chain } = options;
    const relay = await startLedgerRelay(databaseUrl, { watch, steps, instance });
    const nodes: RpcNode[] = [];
    while (nodes.length < options.nodes) nodes.push(await startRpcNode({ chain, watch, instance }));
    return new RouterInstance(options, relay, nodes);
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      ...SETTINGS,
      AIMO_DATA_DIR: this.#dataDirectory,
      DATABASE_URL: this.#relay.url,
      AIMO_RPC_URL: this.nodes.map(({ url }) => url).join(","),
      AIMO_RPC_WS_URL: this.nodes[0]?.wsUrl ?? "",
      AIMO_PROGRAM_ID: AIMO_ESCROW_PROGRAM_ADDRESS,
    };
  }

  async start(): Promise<void> {
    const { number, compiledDirectory, onLine, started } = this.#options;
    const child = startChild(
      systemClock,
      {
        name: `router-${number}`,
        entry: new URL("../../packages/router/src/main.ts", import.meta.url),
        environment: this.environment,
      },
      // It starts dozens of times: compiled once, it is there in half the time.
      { ...process.env, ["NODE_COMPILE_CACHE"]: compiledDirectory },
      (line) => onLine(line.replaceAll(/"frames":\[[^\]]*\]/g, "")),
    );
    this.#child = child;
    const { url } = await child.firstLine(readListening);
    await started(url);
    this.url = url;
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    [this.#child, this.url] = [undefined, undefined];
    await child?.kill();
  }

  /** Breaks its connections to the ledger, but for the one that is stopped: it lives on, and another may lead. */
  cutOff(): void {
    this.#relay.sever();
  }

  async close(): Promise<void> {
    await this.kill();
    this.#relay.close();
    await Promise.all(this.nodes.map((node) => node.close()));
  }
}
