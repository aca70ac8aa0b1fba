// A router's money as everybody sees it on chain, and transactions of one's own: nothing here asks the router.
import { fetchProvider, fetchRouter, fetchUser } from "@aimo-network/escrow/accounts/views";
import type { ProviderView, RouterView, UserView } from "@aimo-network/escrow/accounts/views";
import {
  SNAPSHOT_ACCOUNTS_MAX,
  fetchSnapshot,
  keyFilter,
  searchProgram,
} from "@aimo-network/escrow/accounts/fetch-accounts";
import { readConfig, readEscrow, readProvider } from "@aimo-network/escrow/accounts/read-account";
import type { AccountReading } from "@aimo-network/escrow/accounts/read-account";
import { readTokenAccount } from "@aimo-network/escrow/accounts/token-account";
import { associatedTokenAddress, vaultAddress } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { createRpcChain } from "@aimo-network/escrow/deploy/rpc-chain";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { Address, Instruction, RpcDevnet, SolanaRpcApiDevnet } from "@solana/kit";
import {
  appendTransactionMessageInstructions,
  createSolanaRpc,
  createTransactionMessage,
  devnet,
  getBase64EncodedWireTransaction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";

/** Where a router's money is. */
export interface MoneyPlace {
  readonly rpcUrl: string;
  readonly router: RouterPlace;
  readonly mint: Address;
}

/** What a router's accounts come to, in micro-USDC. */
export interface ChainSums {
  readonly vault: bigint;
  readonly users: bigint;
  readonly providers: bigint;
  readonly fees: bigint;
  /** What does not add up, in words; nothing, always. */
  readonly faults: readonly string[];
}

/** The chain, as whoever has its URL sees it. */
export interface MoneyChain {
  readonly rpc: RpcDevnet<SolanaRpcApiDevnet>;
  readonly place: MoneyPlace;
  router(): Promise<RouterView>;
  user(user: Address): Promise<UserView>;
  provider(owner: Address): Promise<ProviderView>;
  /** What is in the associated token account of a wallet. */
  tokens(owner: Address): Promise<bigint>;
  /** Sends one transaction that a wallet pays for and signs; resolves when it is confirmed, rejects with the program's words. */
  send(payer: Wallet, instructions: readonly Instruction[]): Promise<void>;
  /** The same transaction in base64, not sent. */
  sign(payer: Wallet, instructions: readonly Instruction[]): Promise<string>;
  sums(): Promise<ChainSums>;
}

const COMMITMENT = "confirmed"; // of the localnet: its one node never changes its mind
const CONFIG_OFFSET = 8n; // where escrows and providers name their router

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);

function found<View>(view: View | undefined, { router }: MoneyPlace): View {
  if (view === undefined) throw new Error(`there is no router at ${router.address}`);
  return view;
}

/** The accounts of a router, all at one slot where they fit one call; else the many are of just before the router's own. */
async function readAll(rpc: MoneyChain["rpc"], { router }: MoneyPlace): Promise<readonly AccountReading[]> {
  const filters = [keyFilter(CONFIG_OFFSET, router.address)];
  const options = { commitment: COMMITMENT } as const;
  const { accounts } = await searchProgram(rpc, router.programAddress, filters, options);
  const own = [router.address, await vaultAddress(router)];
  const fits = accounts.length + own.length <= SNAPSHOT_ACCOUNTS_MAX;
  const asked = fits ? [...own, ...accounts.map(({ address }) => address)] : own;
  const { accounts: read } = await fetchSnapshot(rpc, asked, options);
  return fits ? read : [...read, ...accounts];
}

async function readSums(rpc: MoneyChain["rpc"], place: MoneyPlace): Promise<ChainSums> {
  const { router } = place;
  const [configAt, vaultAt, ...rest] = await readAll(rpc, place);
  const config = configAt === undefined ? undefined : readConfig(configAt, router.programAddress);
  if (config === undefined || vaultAt === undefined) throw new Error(`there is no router at ${router.address}`);
  const { totalUser: users, totalProvider: providers, feeAccrued: fees } = config.data;
  const vault = readTokenAccount(vaultAt).token?.amount ?? 0n;
  const isEscrow = (account: AccountReading): boolean => account.exists && account.data[0] === 2;
  const escrows = rest.filter(isEscrow).flatMap((account) => readEscrow(account, router) ?? []);
  const sellers = rest
    .filter((account) => !isEscrow(account))
    .flatMap((account) => readProvider(account, router) ?? []);
  const balances = sumOf(escrows.map(({ data }) => data.balance));
  const earned = sumOf(sellers.map(({ data }) => data.earnedTotal - data.withdrawnTotal));
  const faults = [
    ...(vault === users + providers + fees ? [] : [`the vault has ${vault} and owes ${users + providers + fees}`]),
    ...(balances === users ? [] : [`escrows have ${balances}, the config says ${users}`]),
    ...(earned === providers ? [] : [`providers have ${earned}, the config says ${providers}`]),
    ...escrows
      .filter(({ data }) => data.depositedTotal !== data.withdrawnTotal + data.settledTotal + data.balance)
      .map(({ address }) => `the escrow ${address} does not add up`),
  ];
  return { vault, users, providers, fees, faults };
}

/** Looks at the chain of a router. */
export function openMoneyChain(place: MoneyPlace): MoneyChain {
  const { rpcUrl, router, mint } = place;
  const rpc = createSolanaRpc(devnet(rpcUrl));
  const options = { commitment: COMMITMENT } as const;
  let sent = 0n;
  return {
    rpc,
    place,
    router: async () => found(await fetchRouter(rpc, router, options), place),
    user: async (user) => found(await fetchUser(rpc, { router, mint, user }, options), place),
    provider: async (owner) => found(await fetchProvider(rpc, { router, owner }, options), place),
    async tokens(owner) {
      const { accounts } = await fetchSnapshot(rpc, [await associatedTokenAddress({ owner, mint })], options);
      const [account] = accounts;
      return account === undefined ? 0n : (readTokenAccount(account).token?.amount ?? 0n);
    },
    async send(payer, instructions) {
      // A price that differs each time, or the same twice within a slot would be one transaction.
      sent += 1n;
      const signer = walletSigner(payer);
      await createRpcChain({ url: rpcUrl, payer: signer, clock: systemClock, microLamportsPerUnit: sent }).send(
        instructions,
      );
    },
    async sign(payer, instructions) {
      const { value: lifetime } = await rpc.getLatestBlockhash(options).send();
      const message = pipe(
        createTransactionMessage({ version: 0 }),
        (draft) => setTransactionMessageFeePayerSigner(walletSigner(payer), draft),
        (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
        (draft) => appendTransactionMessageInstructions(instructions, draft),
      );
      return getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
    },
    sums: () => readSums(rpc, place),
  };
}
