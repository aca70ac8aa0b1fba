// A test's own chain with the escrow program on it, and a localnet's money there without a router.
import { join } from "node:path";
import type { TestContext } from "node:test";
import { BINARY_PATH } from "@aimo-network/escrow/binary";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import { systemClock as clock } from "@aimo-network/protocol/clock";
import type { Chain } from "../chain/chain.ts";
import type { Money, MoneyOptions } from "../money/open-money.ts";
import { openMoney } from "../money/open-money.ts";
import { Programs } from "../programs.ts";
import type { FileWallet } from "../wallets.ts";
import { loadWallet } from "../wallets.ts";
import type { ChainRpc } from "./chain-bed.ts";
import { startTestChain, temporaryDirectory } from "./chain-bed.ts";

const ESCROW_PROGRAM = { address: AIMO_ESCROW_PROGRAM_ADDRESS, path: BINARY_PATH } as const;
/** Where a router that does not run would be. */
export const ROUTER_URL = "http://127.0.0.1:8787";

/** A wallet nobody has seen before. */
export function newWallet(): FileWallet {
  return loadWallet(join(temporaryDirectory(), "wallet.json"));
}

/** Opens the money of a network in this directory; `stop` ends its programs, which also go with the test. */
export async function openTestMoney(
  t: TestContext,
  directory: string,
  more: Partial<MoneyOptions> = {},
): Promise<{ money: Money; stop: () => Promise<void> }> {
  const programs = new Programs({ clock, environment: process.env, onLine: () => undefined });
  t.after(() => programs.stop());
  const options = { dataDirectory: directory, rpcPort: 0, rpcUrl: undefined, routerUrl: ROUTER_URL, wallets: [] };
  return { money: await openMoney(programs, clock, { ...options, ...more }), stop: () => programs.stop() };
}

/** Money on a chain in this process, whose slots are short. */
export async function startTestMoney(t: TestContext): Promise<{ chain: Chain; rpc: ChainRpc; money: Money }> {
  const { chain, rpc } = await startTestChain(t, temporaryDirectory(), { programs: [ESCROW_PROGRAM] });
  const { money } = await openTestMoney(t, temporaryDirectory(), { rpcUrl: chain.rpcUrl });
  return { chain, rpc, money };
}
