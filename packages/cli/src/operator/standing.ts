// How a router stands on the chain, read by oneself at one slot; nothing here asks the router.
import type { Address } from "@solana/kit";
import {
  PAUSE_KINDS,
  pauseState,
  pendingAdmin,
  pendingParams,
  pendingRoles,
  solvency,
  windowRoom,
  windowSpent,
} from "@aimo-network/escrow/accounts/config-facts";
import type { PauseKind, Solvency } from "@aimo-network/escrow/accounts/config-facts";
import { fetchRouter } from "@aimo-network/escrow/accounts/views";
import type { RouterView } from "@aimo-network/escrow/accounts/views";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { momentWords } from "@aimo-network/escrow/plain-words";
import { NOBODY } from "@aimo-network/escrow/program-bounds";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { askNode } from "../chain/solana-node.ts";
import type { SolanaNode } from "../chain/solana-node.ts";
import { CommandFault } from "../fault.ts";
import { SETTLER_LAMPORTS_LOW } from "../limits.ts";
import { paramsJson, rolesJson } from "./router-terms.ts";

/** A router, its vault and its settler's SOL. */
export interface Standing extends RouterView {
  readonly money: Solvency;
  /** Undefined where nobody is the settler. */
  readonly settlerLamports: bigint | undefined;
}

/** How sure the chain must be of what is read. */
export type Commitment = "confirmed" | "finalized";

/** The router's config and vault at one slot. Throws `CommandFault` where there is no such router. */
export async function readRouterView(
  node: SolanaNode,
  place: RouterPlace,
  commitment: Commitment,
): Promise<RouterView & { readonly money: Solvency }> {
  const view = await askNode(node, fetchRouter(node.rpc, place, { commitment }));
  if (view === undefined) {
    throw new CommandFault({
      what: "The router is not on this chain.",
      why: `the program ${place.programAddress} has no config at ${place.address} on the chain of ${new URL(node.url).origin}.`,
      next: "Check --rpc-url and --program; `aimo router init` opens a router.",
      reason: "refused",
      code: "router_not_open",
    });
  }
  return { ...view, money: solvency(view.router.data, view.vault.token?.amount ?? 0n) };
}

/** Reads how a router stands. */
export async function readStanding(node: SolanaNode, place: RouterPlace): Promise<Standing> {
  const view = await readRouterView(node, place, "confirmed");
  const { settler } = view.router.data.roles;
  const settlerLamports = settler === NOBODY ? undefined : await readLamports(node, settler);
  return { ...view, settlerLamports };
}

/** The lamports of an account. */
export async function readLamports(node: SolanaNode, account: Address): Promise<bigint> {
  const { value } = await askNode(node, node.rpc.getBalance(account, { commitment: "confirmed" }).send());
  return value;
}

function usdc(amount: bigint): string {
  return formatMicroUsdc(microUsdc(amount));
}

/** A moment of the chain in ISO 8601, for programs; null for 0, which is never. */
function momentJson(seconds: bigint): string | null {
  return seconds === 0n ? null : momentWords(seconds).replace(" ", "T").replace(" UTC", "Z");
}

/** What the vault holds and owes, for programs. */
export function moneyJson({ router: { data }, money }: Pick<Standing, "router" | "money">): object {
  return {
    vault_amount: usdc(money.held),
    liabilities: {
      users: usdc(data.totalUser),
      providers: usdc(data.totalProvider),
      fees: usdc(data.feeAccrued),
      total: usdc(money.owed),
    },
    surplus: usdc(money.surplus),
    shortfall: usdc(money.shortfall),
  };
}

/** The pauses that are, or were, with their kinds. */
export function pausesOf({ router, now }: Standing): readonly (ReturnType<typeof pauseState> & { kind: PauseKind })[] {
  return PAUSE_KINDS.map((kind) => ({ kind, ...pauseState(router.data, kind, now.time) }));
}

/** Everything about a standing, for programs. */
export function standingJson(standing: Standing): object {
  const { router, now, settlerLamports } = standing;
  const { data } = router;
  const [params, roles, admin] = [
    pendingParams(data, now.time),
    pendingRoles(data, now.time),
    pendingAdmin(data, now.time),
  ];
  const due = ({ at, isDue }: { readonly at: bigint; readonly isDue: boolean }): object => ({
    at: momentJson(at),
    is_due: isDue,
  });
  return {
    program_id: router.programAddress,
    config: router.address,
    vault: data.vault,
    mint: data.mint,
    url: data.url,
    slot: Number(now.slot),
    time: momentJson(now.time),
    admin: data.admin,
    roles: rolesJson(data.roles),
    params: paramsJson(data.params),
    pending: {
      admin: admin === undefined ? null : { address: admin.value, ...due(admin) },
      roles: roles === undefined ? null : { ...rolesJson(roles.value), ...due(roles) },
      params: params === undefined ? null : { ...paramsJson(params.value), ...due(params) },
    },
    pauses: pausesOf(standing).map(({ kind, isPaused, until, notBefore }) => ({
      kind,
      is_paused: isPaused,
      until: momentJson(until),
      not_before: momentJson(notBefore),
    })),
    window: { spent: usdc(windowSpent(data, now.time)), room: usdc(windowRoom(data, now.time)) },
    batches: Number(data.batchCount),
    settler_lamports: settlerLamports ?? null,
    ...moneyJson(standing),
  };
}

/** What of it needs somebody, in sentences with a remedy; nothing where all is well. */
export function standingFaults(standing: Standing): readonly string[] {
  const { router, money, now, settlerLamports } = standing;
  const { roles } = router.data;
  const faults = pausesOf(standing)
    .filter(({ isPaused }) => isPaused)
    .map(({ kind, until }) => `${kind} is paused until ${momentWords(until)}: the admin can end it.`);
  if (money.shortfall > 0n) {
    faults.unshift(
      `The vault has ${usdc(money.shortfall)} USDC less than it owes: only the mint's issuer can take from it. Ask them.`,
    );
  }
  if (settlerLamports === undefined) faults.push("Nobody is the settler: nothing is settled. The admin sets roles.");
  else if (settlerLamports < SETTLER_LAMPORTS_LOW) {
    faults.push(
      `The settler ${roles.settler} has too little SOL to settle for long: solana transfer ${roles.settler} 0.1 --allow-unfunded-recipient`,
    );
  }
  if (roles.cosigner === NOBODY)
    faults.push("Nobody is the cosigner: nobody is paid but by leaving. The admin sets roles.");
  if (windowRoom(router.data, now.time) === 0n) {
    faults.push(
      "The window's cap is used up: nothing is settled until the window ends. A higher cap is announced by the admin.",
    );
  }
  return faults;
}
