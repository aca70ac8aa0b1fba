// One router of the money path's chaos: opened on the chain, with a ledger and providers of its own, run by its instances.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { providerAddress, routerPlace } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { getRegisterProviderInstruction } from "@aimo-network/escrow/generated/instructions/registerProvider";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import type { Faucet } from "@aimo-network/localnet/money/faucet";
import { createFaucet } from "@aimo-network/localnet/money/faucet";
import { loadMoneyKeys } from "@aimo-network/localnet/money/money-keys";
import { openLocalRouter } from "@aimo-network/localnet/money/router-on-chain";
import { fillWallets } from "@aimo-network/localnet/money/sol";
import { systemClock } from "@aimo-network/protocol/clock";
import { address } from "@solana/kit";
import type { Database } from "aimo-router/src/ledger/database/database.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { createLog } from "aimo-router/src/log.ts";
import { testDatabase } from "aimo-router/src/test-bed/test-database.ts";
import { LedgerSteps } from "./ledger-steps.ts";
import type { MoneyWorld } from "./money-world.ts";
import type { PaidProvider } from "./paid-provider.ts";
import { makePaidProvider } from "./paid-provider.ts";
import { PointWatch } from "./point-watch.ts";
import { RouterInstance } from "./router-instance.ts";

/** How a router is run. */
export interface NetworkShape {
  /** Two share the ledger: one takes over when the other dies. */
  readonly instances: 1 | 2;
  /** Each instance's nodes. */
  readonly nodes: 1 | 2;
  /** Between two blocks of its chain: short, so that what was signed is dead after some seconds. */
  readonly slotMs: number;
}

/** A router that runs. */
export interface MoneyNetwork {
  readonly world: MoneyWorld;
  readonly shape: NetworkShape;
  readonly routerId: string;
  readonly place: RouterPlace;
  readonly faucet: Faucet;
  readonly providers: readonly PaidProvider[];
  readonly instances: readonly RouterInstance[];
  readonly watch: PointWatch;
  /** The ledger, without a relay between. */
  readonly database: Database;
  readonly databaseUrl: string;
  /** What the instances have logged. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** USDC per million tokens: odd, so that amounts are rounded, and so dear that a few tokens are worth settling. */
const PRICES = ["97.310457", "131.727603"] as const;
const PATIENCE = { answerMs: 10_000, lockMs: 10_000, connectionsMax: 4 };

async function register(world: MoneyWorld, place: RouterPlace, providers: readonly PaidProvider[]): Promise<void> {
  const { payer, send } = world.faucetChain;
  const instructions = await Promise.all(
    providers.map(async ({ address: wallet }) => {
      const owner = address(wallet);
      const provider = await providerAddress(place, owner);
      return getRegisterProviderInstruction({ payer, owner, config: place.address, provider }, place);
    }),
  );
  await send(instructions);
}

/** Opens a router on the chain, with a ledger of its own, and starts its instances. */
export async function openMoneyNetwork(world: MoneyWorld, shape: NetworkShape): Promise<MoneyNetwork> {
  const { chain, faucetChain, mint, directory } = world;
  const home = mkdtempSync(join(directory, "router-"));
  const keys = { ...(await loadMoneyKeys(home)), mint };
  const programAddress = AIMO_ESCROW_PROGRAM_ADDRESS;
  const routerId = keys.routerId.address;
  const place = await routerPlace({ programAddress, routerId });
  const [databaseUrl, providers] = await Promise.all([
    testDatabase(),
    Promise.all(PRICES.map((price, index) => makePaidProvider(routerId, `model-${index + 1}`, price))),
    fillWallets(faucetChain, [keys.settler, keys.cosigner, keys.operator.address]),
    openLocalRouter(faucetChain, { programAddress, keys, url: "http://127.0.0.1:8787" }),
  ]);
  await register(world, place, providers);
  await fillWallets(
    faucetChain,
    providers.map(({ address: wallet }) => address(wallet)),
  ); // who withdraws pays the fee
  const lines: string[] = [];
  const [watch, steps] = [new PointWatch(), new LedgerSteps()];
  const instances: RouterInstance[] = [];
  for (let number = 1; number <= shape.instances; number += 1) {
    const options = { number, nodes: shape.nodes, chain, databaseUrl, watch, steps };
    instances.push(
      await RouterInstance.make({
        ...options,
        keysDirectory: join(home, "router"),
        compiledDirectory: join(directory, "compiled"),
        onLine: (line) => void lines.push(`${number} ${line}`),
        started: async (url) => void (await Promise.all(providers.map((provider) => provider.attach(url)))),
      }),
    );
  }
  const database = openDatabase(databaseUrl, { clock: systemClock, log: createLog("silent") }, PATIENCE);
  const close = async (): Promise<void> => {
    await Promise.all(instances.map((instance) => instance.close()));
    await database.close();
  };
  try {
    await Promise.all(instances.map((instance) => instance.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ world, shape, routerId, place, providers, instances, watch, database, databaseUrl, lines, close },
    faucet: createFaucet(faucetChain, { router: place, mint: mint.address }),
  };
}
