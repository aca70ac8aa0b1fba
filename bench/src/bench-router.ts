// A router that is measured: a process of its own, without rate limits, with a user who never runs out of money.
import { join } from "node:path";
import type { Child, ChildProgram } from "@aimo-network/localnet/child-process";
import { makeProviderKey, makeUserKey } from "@aimo-network/localnet/demo-keys";
import { findFreePort } from "@aimo-network/localnet/free-port";
import { readListening } from "@aimo-network/localnet/localnet";
import { fundInLedgerAt } from "@aimo-network/localnet/test-bed/fund-in-ledger";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { Clock } from "@aimo-network/protocol/clock";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";

/** A router that runs, with a key to ask and one to serve. */
export interface BenchRouter {
  readonly child: Child;
  readonly url: string;
  readonly id: string;
  readonly userKey: string;
  readonly providerKey: string;
}

const HOST = "127.0.0.1";
const FUNDS_USDC = "1000000"; // the ceilings of a thousand long answers are locked at once
/** Settings for whoever asks for everything with one key, which no limit is meant for. */
export const NO_LIMITS: NonNullable<ChildProgram["environment"]> = {
  AIMO_REQUESTS_PER_KEY_MAX: "100000",
  AIMO_REQUESTS_PER_WALLET_MAX: "100000",
  AIMO_KEY_REQUESTS_PER_MINUTE: "1000000000",
  AIMO_WALLET_REQUESTS_PER_MINUTE: "1000000000",
  AIMO_KEY_TOKENS_PER_MINUTE: "1000000000000",
  AIMO_WALLET_TOKENS_PER_MINUTE: "1000000000000",
};

/** Starts the router of a checkout with `start`; what it keeps is in `directory`. */
export async function startBenchRouter(
  clock: Clock,
  entry: URL,
  directory: string,
  start: (program: ChildProgram) => Child,
): Promise<BenchRouter> {
  const dataDirectory = join(directory, "router");
  const child = start({
    name: "router",
    entry,
    environment: {
      ...NO_LIMITS,
      AIMO_HOST: HOST,
      AIMO_PORT: String(await findFreePort(0, HOST)),
      AIMO_OPERATOR_PORT: "0",
      AIMO_DATA_DIR: dataDirectory,
      AIMO_NAME: "bench",
      AIMO_ACCEPT_V1_SPENDING: "true",
      AIMO_DRAIN_MS: "3000",
    },
  });
  const { url, routerId } = await child.firstLine(readListening);
  const user = loadWallet(join(directory, "user.json"));
  const provider = loadWallet(join(directory, "provider.json"));
  // A checkout from before the ledger has no database, and asks for no money.
  const databaseUrl = runningPostgresUrl(dataDirectory);
  const gift = { wallet: user.address, usdc: FUNDS_USDC, source: "bench" };
  if (databaseUrl !== undefined) await fundInLedgerAt(databaseUrl, clock, gift);
  return {
    child,
    url,
    id: routerId,
    userKey: await makeUserKey(clock, user, routerId),
    providerKey: await makeProviderKey(clock, provider, routerId),
  };
}
