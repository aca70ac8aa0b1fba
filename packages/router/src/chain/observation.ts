// What is told of the chain: a router's accounts as they were at one slot.
import { AimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import {
  CLOCK_ADDRESS,
  SNAPSHOT_ACCOUNTS_MAX,
  fetchSnapshot,
  keyFilter,
  readClock,
  searchProgram,
} from "@aimo-network/escrow/accounts/fetch-accounts";
import type { Snapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import {
  ACCOUNT_KINDS,
  isVacant,
  readConfig,
  readEscrow,
  readProvider,
} from "@aimo-network/escrow/accounts/read-account";
import type { AccountReading, Held } from "@aimo-network/escrow/accounts/read-account";
import { readTokenAccount } from "@aimo-network/escrow/accounts/token-account";
import { routerPlace, vaultAddress } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import type { Provider } from "@aimo-network/escrow/generated/accounts/provider";
import { getAddressDecoder } from "@solana/kit";
import type { Address, Rpc, SolanaRpcApi } from "@solana/kit";
import type { ChainSettings } from "./chain-settings.ts";
import { ACCOUNTS_DECODED_AT_ONCE, SCAN_TRIES_MAX } from "./limits.ts";

/** The router itself, and the chain's time. */
interface Head {
  /** The chain's clock, in seconds since 1970. */
  readonly time: bigint;
  readonly config: Held<Config>;
  readonly vaultAmount: MicroUsdc;
}

/** A router's accounts as they were at one slot. Their totals are the truth: what was told before may be told again. */
export interface ChainObservation extends Head {
  /** Never falls. On a busy chain `time`, `config` and `vaultAmount` of a whole observation may be of a little later. */
  readonly slot: bigint;
  /** Those that may have changed since the last observation; all there are where `isWhole`. */
  readonly escrows: readonly Held<Escrow>[];
  readonly providers: readonly Held<Provider>[];
  /** Looked at because something touched them, and nothing of this router is there; of a whole one, what is not in it. */
  readonly gone: readonly Address[];
  /** Whether an account that is not in it does not exist at this slot. */
  readonly isWhole: boolean;
}

/** An observation, and the slot below which nothing that is read later may be. */
export interface Sight {
  readonly observation: ChainObservation;
  readonly floor: bigint;
}

/** Which accounts are a router's, and how sure the chain must be of them. */
export interface Ground {
  readonly router: RouterPlace;
  readonly vault: Address;
  readonly commitment: ChainSettings["commitment"];
}

/** How to read now. */
export interface SightOptions {
  /** A node that is behind this slot is not believed. */
  readonly floor: bigint;
  readonly abortSignal: AbortSignal;
}

const HEAD_ACCOUNTS = 3;
/** How many accounts are read with the router's own at one slot. */
export const ACCOUNTS_PER_SIGHT = SNAPSHOT_ACCOUNTS_MAX - HEAD_ACCOUNTS;

const CONFIG_OFFSET = 8; // where escrows and providers name their router

/** A chain that answers, and has no such router: waiting will not help. */
export class RouterMissing extends Error {
  override readonly name = "RouterMissing";
}

/** Where a router's accounts are. */
export async function surveyGround(
  settings: Pick<ChainSettings, "programAddress" | "routerId" | "commitment">,
): Promise<Ground> {
  const router = await routerPlace(settings);
  return { router, vault: await vaultAddress(router), commitment: settings.commitment };
}

function readHead(ground: Ground, [clock, config, vault]: readonly AccountReading[]): Head {
  const { address, programAddress } = ground.router;
  const opened = config === undefined ? undefined : readConfig(config, programAddress);
  if (clock === undefined || vault === undefined || opened === undefined) {
    throw new RouterMissing(
      `expected an open router at ${address}, found none: open it first, or correct the program's address`,
    );
  }
  const { token } = readTokenAccount(vault);
  if (token === undefined) throw new Error(`expected the router's vault at ${ground.vault}, found no token account`);
  return { time: readClock(clock).time, config: opened, vaultAmount: microUsdc(token.amount) };
}

interface Ledger {
  readonly escrows: Held<Escrow>[];
  readonly providers: Held<Provider>[];
  readonly gone: Address[];
}

/** Other work's turn: a whole router's accounts take long to decode. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Reads those of this router among accounts of all kinds: transactions touch others, too, and strangers choose them. */
async function readLedger(ground: Ground, accounts: readonly AccountReading[]): Promise<Ledger> {
  const ledger: Ledger = { escrows: [], providers: [], gone: [] };
  for (let start = 0; start < accounts.length; start += ACCOUNTS_DECODED_AT_ONCE) {
    if (start > 0) await turn();
    enter(ledger, ground, accounts.slice(start, start + ACCOUNTS_DECODED_AT_ONCE));
  }
  return ledger;
}

function enter(ledger: Ledger, { router }: Ground, accounts: readonly AccountReading[]): void {
  for (const account of accounts) {
    if (!account.exists || isVacant(account)) {
      ledger.gone.push(account.address);
      continue;
    }
    const { data, programAddress } = account;
    if (programAddress !== router.programAddress || data.length < CONFIG_OFFSET + 32) continue;
    if (getAddressDecoder().decode(data, CONFIG_OFFSET) !== router.address) continue;
    if (data[0] === ACCOUNT_KINDS.escrow) {
      const escrow = readEscrow(account, router);
      if (escrow !== undefined) ledger.escrows.push(escrow);
    } else {
      const provider = readProvider(account, router);
      if (provider !== undefined) ledger.providers.push(provider);
    }
  }
}

function insistOnSlot(slot: bigint, floor: bigint): void {
  if (slot >= floor) return;
  throw new AimoError("chain_unavailable", {}, { cause: new Error(`expected slot ${floor} or later, found ${slot}`) });
}

/** Reads the router and up to 97 other accounts at one slot. */
export async function lookAtSome(
  rpc: Rpc<SolanaRpcApi>,
  ground: Ground,
  addresses: readonly Address[],
  { floor, abortSignal }: SightOptions,
): Promise<Sight> {
  const { router, vault, commitment } = ground;
  const asked = [CLOCK_ADDRESS, router.address, vault, ...addresses];
  const { slot, accounts } = await fetchSnapshot(rpc, asked, { commitment, minContextSlot: floor, abortSignal });
  insistOnSlot(slot, floor);
  const head = readHead(ground, accounts);
  const ledger = await readLedger(ground, accounts.slice(HEAD_ACCOUNTS));
  return { observation: { slot, ...head, ...ledger, isWhole: false }, floor: slot };
}

/** Every account of the router but itself. */
async function scan(
  rpc: Rpc<SolanaRpcApi>,
  { router, commitment }: Ground,
  { floor, abortSignal }: SightOptions,
): Promise<Snapshot> {
  const filters = [keyFilter(BigInt(CONFIG_OFFSET), router.address)];
  const options = { commitment, minContextSlot: floor, abortSignal };
  const found = await searchProgram(rpc, router.programAddress, filters, options);
  insistOnSlot(found.slot, floor);
  return found;
}

/** Reads every account of the router. */
export async function lookAtAll(rpc: Rpc<SolanaRpcApi>, ground: Ground, options: SightOptions): Promise<Sight> {
  for (let tries = 1; ; tries += 1) {
    // No call gives both, but what is asked at once is mostly answered at one slot.
    const [found, head] = await Promise.all([scan(rpc, ground, options), lookAtSome(rpc, ground, [], options)]);
    const isOneMoment = found.slot === head.floor;
    if (!isOneMoment && tries < SCAN_TRIES_MAX) continue;
    // The clock is never behind the accounts, and what comes later is never behind the clock.
    const isBehind = head.floor < found.slot;
    const later = isBehind ? await lookAtSome(rpc, ground, [], { ...options, floor: found.slot }) : head;
    const { escrows, providers } = await readLedger(ground, found.accounts);
    const { slot } = found;
    return {
      observation: { ...later.observation, slot, escrows, providers, gone: [], isWhole: true },
      floor: later.floor,
    };
  }
}
