// What money is measured on: a localnet with its chain, which sells the mock upstream, and a load generator beside it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildProgram } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import type { Localnet } from "@aimo-network/localnet/localnet";
import { startLocalnet } from "@aimo-network/localnet/localnet";
import type { Faucet } from "@aimo-network/localnet/money/faucet";
import type { FaucetChain } from "@aimo-network/localnet/money/faucet-chain";
import { connectFaucet } from "@aimo-network/localnet/money/faucet-chain";
import { loadMoneyKeys } from "@aimo-network/localnet/money/money-keys";
import type { MoneyKeys } from "@aimo-network/localnet/money/money-keys";
import type { Money } from "@aimo-network/localnet/money/open-money";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { NO_LIMITS } from "../bench-router.ts";
import type { LoadProcess } from "../load-process.ts";
import { startLoadProcess } from "../load-process.ts";
import type { Target } from "../load/request.ts";
import type { BenchDeps } from "../network.ts";
import { targetAt } from "../network.ts";

/** A network with money that runs. */
export interface MoneySite {
  readonly localnet: Localnet;
  readonly money: Money;
  readonly faucet: Faucet;
  /** The same chain, of which the faucet pays. */
  readonly chain: FaucetChain;
  readonly keys: MoneyKeys;
  readonly databaseUrl: string;
  /** The router's settings, for its commands. */
  readonly settings: Readonly<Record<string, string>>;
  readonly load: LoadProcess;
  /** The mock behind router and proxy, for the localnet's user. */
  readonly target: Target;
}

/** Gives `measure` a fresh network and a load generator, and stops both when it is done, however it ends. */
export async function onMoneySite<Outcome>(
  { clock, environment }: BenchDeps,
  measure: (site: MoneySite) => Promise<Outcome>,
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-bench-"));
  const onLine = (): void => undefined;
  const program: ChildProgram = { name: "mock-upstream", entry: new URL("../mock-upstream/main.ts", import.meta.url) };
  const mock = startChild(clock, program, environment, onLine);
  const load = startLoadProcess();
  let localnet: Localnet | undefined;
  try {
    const url = await mock.firstLine((line) => /"url":"([^"]+)"/.exec(line)?.[1]);
    const upstream = { url, models: ["bench"], author: "mock" };
    const place = { port: 0, dataDirectory: directory, fresh: false, withProvider: true };
    localnet = await startLocalnet({ ...place, upstream, routerSettings: NO_LIMITS }, { clock, environment, onLine });
    const { money, file } = localnet;
    const dataDirectory = join(directory, "router");
    const databaseUrl = runningPostgresUrl(dataDirectory);
    if (money === undefined || databaseUrl === undefined) throw new Error("the localnet has no chain or no ledger");
    const keys = await loadMoneyKeys(directory);
    return await measure({
      localnet,
      money,
      faucet: money.faucet,
      chain: connectFaucet(clock, money.rpcUrl, keys.faucet),
      keys,
      databaseUrl,
      settings: {
        AIMO_DATA_DIR: dataDirectory,
        AIMO_RPC_URL: money.rpcUrl,
        AIMO_PROGRAM_ID: money.programId,
        AIMO_COMMITMENT: "confirmed",
      },
      load,
      target: targetAt(`${file.router_url}/api/v1`, file.user.api_key, "mock/bench"),
    });
  } finally {
    await load.stop();
    await localnet?.stop();
    await mock.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
