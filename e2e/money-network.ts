// A network whose money is on a chain: people with deposits, and whether chain and ledger say the same.
import assert from "node:assert/strict";
import { join } from "node:path";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { startChild } from "@aimo-network/localnet/child-process";
import { makeUserKey } from "@aimo-network/localnet/demo-keys";
import type { LocalnetOptions } from "@aimo-network/localnet/localnet";
import type { Faucet } from "@aimo-network/localnet/money/faucet";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import type { Address, TransactionPartialSigner } from "@solana/kit";
import { address } from "@solana/kit";
import { parseConfig } from "aimo-router/src/config.ts";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { createLog } from "aimo-router/src/log.ts";
import { checkBooks, reconcileBooks } from "aimo-router/src/rooms.ts";
import type { Books } from "./books.ts";
import { openBooks } from "./books.ts";
import type { MoneyChain } from "./money-chain.ts";
import { openMoneyChain } from "./money-chain.ts";
import type { Network } from "./network.ts";
import { startNetwork, waitFor } from "./network.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

/** Somebody who has money at the router. */
export interface MoneyUser {
  readonly wallet: Wallet;
  readonly signer: TransactionPartialSigner;
  readonly address: Address;
  /** Spends without a limit of its own. */
  readonly key: string;
}

/** What somebody is given before a test; SOL for fees is always among it. */
export interface Means {
  /** USDC that is deposited from the start. */
  readonly deposit?: string;
  /** USDC in the wallet, beside it. */
  readonly usdc?: string;
}

/** A command of the router that has ended. */
export interface Told {
  readonly code: string;
  readonly lines: readonly string[];
}

/** A network with a chain. */
export interface MoneyNetwork extends Network {
  readonly chain: MoneyChain;
  readonly books: Books;
  /** The settings of the network's router that its commands need, too. */
  readonly settings: Readonly<Record<string, string>>;
  /** Somebody new; what is deposited is credited when this resolves. */
  newUser(means: Means): Promise<MoneyUser>;
  /** Runs a command of `aimo-router` on the network's router. */
  command(word: "check-ledger" | "reconcile"): Promise<Told>;
  /**
   * Waits until nothing is on its way; then the vault has what is owed, chain and ledger agree and the ledger is right, by
   * what the commands `reconcile` and `check-ledger` do, without starting a process for each.
   */
  insistOnAgreement(): Promise<void>;
}

/** SOL for fees and rents of a test. */
const LAMPORTS = 100_000_000n;
/** What `reconcile` says where nothing differs, not even what is on its way. */
const AGREES = /^Chain and ledger agree /;
const ROUTER = new URL("../packages/router/src/main.ts", import.meta.url);

/** What a wallet has at a router by its own word. */
export interface Balance {
  readonly available: string;
  readonly locked: string;
  readonly payable: string;
  readonly lockable: string;
  readonly deposited: string;
}

/** Asks a router what a key's wallet has. */
export async function balanceOf(url: string, key: string): Promise<Balance> {
  const response = await fetch(`${url}/api/v1/account/balance`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(response.status, 200, await response.clone().text());
  return ((await response.json()) as { data: Balance }).data;
}

/** Waits until a router has credited so much in all. */
export async function waitForDeposits(url: string, key: string, total: MicroUsdc): Promise<void> {
  await waitFor(`deposits of ${total} micro-USDC`, async () => {
    const { deposited } = await balanceOf(url, key);
    return parseMicroUsdc(deposited) >= total || undefined;
  });
}

/** Runs a command of `aimo-router` with these settings. */
export async function runCommand(word: string, settings: Readonly<Record<string, string>>): Promise<Told> {
  const lines: string[] = [];
  const program = { name: word, entry: ROUTER, arguments: [word], environment: settings };
  const child = startChild(systemClock, program, process.env, (line) => void lines.push(line));
  return { code: await child.exited, lines };
}

const LOOKING = { clock: systemClock, log: createLog("silent") };

/** The same of any router, by its settings. */
export async function insistOnAgreement(chain: MoneyChain, settings: Readonly<Record<string, string>>): Promise<void> {
  const config = parseConfig(settings);
  const { code, lines } = await waitFor("chain and ledger to agree", async () => {
    const told = await reconcileBooks(config, LOOKING);
    // What is on its way is no difference; what is short ends the wait.
    return told.code !== 0 || AGREES.test(told.lines[0] ?? "") ? told : undefined;
  });
  assert.equal(code, 0, lines.join("\n"));
  assert.deepEqual((await chain.sums()).faults, []);
  const checked = await checkBooks(config, LOOKING);
  assert.equal(checked.code, 0, checked.lines.join("\n"));
}

/** Where somebody is given money, and a key for it. */
export interface Entrance {
  readonly url: string;
  readonly routerId: string;
  readonly faucet: Faucet;
}

/** Somebody new at a router; what is deposited is credited when this resolves. */
export async function enterUser(
  { url, routerId, faucet }: Entrance,
  { deposit = "0", usdc = "0" }: Means,
): Promise<MoneyUser> {
  const wallet = newWallet();
  const signer = walletSigner(wallet);
  const [paid, kept] = [parseMicroUsdc(deposit), parseMicroUsdc(usdc)];
  const all = microUsdc(paid + kept);
  await faucet.fund(wallet, {
    lamports: LAMPORTS,
    ...(all > 0n && { usdc: all }),
    ...(paid > 0n && { deposit: paid }),
  });
  const key = await makeUserKey(systemClock, wallet, routerId);
  if (paid > 0n) await waitForDeposits(url, key, paid);
  return { wallet, signer, address: signer.address, key };
}

/** Starts a network with a chain, on which what is owed is settled soon. */
export async function startMoneyNetwork(more: Partial<LocalnetOptions> = {}): Promise<MoneyNetwork> {
  const routerSettings: Readonly<Record<string, string>> = { AIMO_SETTLE_AGE_MS: "500", ...more.routerSettings };
  const network = await startNetwork({ ...more, withChain: true, routerSettings });
  const { file, money, directory } = network;
  assert.ok(money !== undefined);
  const { rpcUrl, mint, programId: programAddress } = money;
  const router = await routerPlace({ programAddress, routerId: address(file.router_id) });
  const chain = openMoneyChain({ rpcUrl, router, mint });
  const dataDirectory = join(directory, "router");
  const databaseUrl = routerSettings["DATABASE_URL"] ?? runningPostgresUrl(dataDirectory);
  assert.ok(databaseUrl !== undefined);
  const books = openBooks(databaseUrl);
  const settings = {
    AIMO_DATA_DIR: dataDirectory,
    AIMO_RPC_URL: rpcUrl,
    AIMO_PROGRAM_ID: programAddress,
    AIMO_COMMITMENT: "confirmed",
  };
  const command = (word: string): Promise<Told> => runCommand(word, settings);
  return {
    ...network,
    chain,
    books,
    settings,
    newUser: (means) => enterUser({ url: file.router_url, routerId: file.router_id, faucet: money.faucet }, means),
    command,
    insistOnAgreement: () => insistOnAgreement(chain, settings),
    async stop() {
      await books.close();
      await network.stop();
    },
  };
}
