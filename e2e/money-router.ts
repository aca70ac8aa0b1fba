// A further router on a network's chain, with a config, keys and books of its own, that a test may kill and start again.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { HOST } from "@aimo-network/localnet/chain/rpc-door";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { findFreePort } from "@aimo-network/localnet/free-port";
import { readListening } from "@aimo-network/localnet/localnet";
import type { Faucet } from "@aimo-network/localnet/money/faucet";
import { createFaucet } from "@aimo-network/localnet/money/faucet";
import { connectFaucet } from "@aimo-network/localnet/money/faucet-chain";
import { loadMoneyKeys } from "@aimo-network/localnet/money/money-keys";
import { openLocalRouter } from "@aimo-network/localnet/money/router-on-chain";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import type { Balances } from "./books.ts";
import { openBooks } from "./books.ts";
import type { MoneyChain } from "./money-chain.ts";
import { openMoneyChain } from "./money-chain.ts";
import type { Means, MoneyNetwork, MoneyUser, Told } from "./money-network.ts";
import { enterUser, insistOnAgreement } from "./money-network.ts";
import type { ServedRouter } from "./network.ts";

/** Settings of a router, as its environment variables. */
export type RouterSettings = Readonly<Record<string, string>>;

/** A router that is open on the chain, whether it runs or not. */
export interface MoneyRouter extends ServedRouter {
  readonly chain: MoneyChain;
  readonly faucet: Faucet;
  readonly settings: RouterSettings;
  /** What it has said in all its runs. */
  readonly lines: readonly string[];
  start(more?: RouterSettings): Promise<void>;
  /** Starts it where it is expected to refuse, and waits until it has ended, or listens all the same. */
  refuse(more: RouterSettings): Promise<Told>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  newUser(means: Means): Promise<MoneyUser>;
  /** What a wallet has by its ledger, while it runs. */
  balances(wallet: Wallet): Promise<Balances>;
  insistOnAgreement(): Promise<void>;
}

const ENTRY = new URL("../packages/router/src/main.ts", import.meta.url);
const LAMPORTS = 1_000_000_000n;

interface Opened {
  readonly chain: MoneyChain;
  readonly faucet: Faucet;
  readonly routerId: string;
}

/** Opens a router on the network's chain, for the same USDC. */
async function open(network: MoneyNetwork, home: string, url: string): Promise<Opened> {
  const { rpcUrl, mint, router } = network.chain.place;
  const { programAddress } = router;
  const common = await loadMoneyKeys(network.directory);
  const keys = { ...(await loadMoneyKeys(home)), mint: common.mint };
  const chain = connectFaucet(systemClock, rpcUrl, common.faucet);
  const place = await routerPlace({ programAddress, routerId: keys.routerId.address });
  const faucet = createFaucet(chain, { router: place, mint });
  for (const payer of [keys.settler, keys.cosigner, keys.operator.address])
    await faucet.give(payer, { lamports: LAMPORTS });
  await openLocalRouter(chain, { programAddress, keys, url });
  return { chain: openMoneyChain({ rpcUrl, router: place, mint }), faucet, routerId: keys.routerId.address };
}

/** Opens a further router; it is started by whoever wants it to run. `rpcUrl` is where it finds the chain. */
export async function openMoneyRouter(
  network: MoneyNetwork,
  name: string,
  more: RouterSettings = {},
): Promise<MoneyRouter> {
  const home = join(network.directory, name);
  mkdirSync(home);
  const port = await findFreePort(0, HOST); // the same after each start: providers come back to it
  const url = `http://${HOST}:${port}`;
  const { chain, faucet, routerId } = await open(network, home, url);
  const settings: RouterSettings & { readonly AIMO_DATA_DIR: string } = {
    ...network.settings,
    AIMO_PORT: String(port),
    AIMO_OPERATOR_PORT: "0",
    AIMO_DATA_DIR: join(home, "router"),
    AIMO_CHAIN_POLL_MS: "200",
    AIMO_SETTLE_AGE_MS: "500",
    AIMO_SPONSOR_MIN_USDC: "0",
    AIMO_DRAIN_MS: "3000",
    ...more,
  };
  const lines: string[] = [];
  const run = (added: RouterSettings = {}): Child =>
    startChild(systemClock, { name, entry: ENTRY, environment: { ...settings, ...added } }, process.env, (line) => {
      lines.push(line);
    });
  let running: Child | undefined;
  return {
    url,
    routerId,
    chain,
    faucet,
    settings,
    lines,
    async start(added) {
      running = run(added);
      await running.firstLine(readListening);
    },
    async refuse(added) {
      const child = run(added);
      const code = await Promise.race([child.exited, child.firstLine(readListening).then(() => "it listens")]).catch(
        () => child.exited,
      );
      await child.kill(); // where it did not refuse
      return { code, lines: child.lastLines().split("\n") };
    },
    kill: async () => running?.kill(),
    stop: async () => running?.stop(),
    async balances(wallet) {
      const databaseUrl = settings["DATABASE_URL"] ?? runningPostgresUrl(settings.AIMO_DATA_DIR);
      if (databaseUrl === undefined) throw new Error(`${name} has no database: it has never been started`);
      const books = openBooks(databaseUrl);
      try {
        return await books.balances(wallet);
      } finally {
        await books.close();
      }
    },
    newUser: (means) => enterUser({ url, routerId, faucet }, means),
    insistOnAgreement: () => insistOnAgreement(chain, settings),
  };
}
