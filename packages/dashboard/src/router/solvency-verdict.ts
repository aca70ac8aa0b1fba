// Whether a router's vault covers what is owed, by what the browser has read on the chain.
import {
  formatMicroUsdc,
  formatNanoUsdc,
  microUsdc,
  nanoUsdc,
  parseMicroUsdc,
  parseNanoUsdc,
} from "@aimo-network/protocol/money";
import type { VaultFacts } from "./chain-reading.ts";

/** The verdict; amounts are decimals in USDC. */
export type SolvencyVerdict =
  | { readonly kind: "covered"; readonly held: string; readonly owed: string; readonly surplus: string }
  | { readonly kind: "short"; readonly held: string; readonly owed: string; readonly shortfall: string }
  | { readonly kind: "unknown"; readonly why: string };

const NANO_PER_MICRO = 1_000n;

/** The verdict from the chain alone: the vault against all that the program owes. */
export function solvencyVerdict({ held, users, providers, fees }: VaultFacts): SolvencyVerdict {
  if (held === undefined) return { kind: "unknown", why: "there is no token account at the vault's address" };
  const owed = users + providers + fees;
  const both = { held: formatMicroUsdc(microUsdc(held)), owed: formatMicroUsdc(microUsdc(owed)) };
  return held >= owed
    ? { kind: "covered", ...both, surplus: formatMicroUsdc(microUsdc(held - owed)) }
    : { kind: "short", ...both, shortfall: formatMicroUsdc(microUsdc(owed - held)) };
}

/** What a router says of the same, in decimals of USDC. */
export interface SolvencyClaim {
  readonly vault_amount: string;
  readonly liabilities: { readonly users: string; readonly providers: string; readonly fees: string };
}

/** One amount as both have it. */
export interface ComparedAmount {
  readonly name: string;
  /** Decimal in USDC; undefined where the chain has none. */
  readonly onChain: string | undefined;
  /** Undefined where the router was not heard. */
  readonly said: string | undefined;
  readonly isSame: boolean;
}

/** The amounts side by side; they may differ while money moves, since both are of their own moment. */
export function comparedAmounts(facts: VaultFacts, claim: SolvencyClaim | undefined): readonly ComparedAmount[] {
  const rows = [
    ["In the vault", facts.held, claim?.vault_amount],
    ["Owed to users", facts.users, claim?.liabilities.users],
    ["Owed to providers", facts.providers, claim?.liabilities.providers],
    ["Owed to the router, its fees", facts.fees, claim?.liabilities.fees],
  ] as const;
  return rows.map(([name, found, said]) => ({
    name,
    onChain: found === undefined ? undefined : formatMicroUsdc(microUsdc(found)),
    said,
    isSame: said === undefined || (found !== undefined && parseMicroUsdc(said) === found),
  }));
}

/** What the router's published root of liabilities comes to beside the chain. */
export type RootFinding =
  | { readonly kind: "none" }
  /** The vault holds it all. */
  | { readonly kind: "held"; readonly total: string }
  /** More than the vault holds now: money has left since, or it was never there. */
  | { readonly kind: "beyond"; readonly total: string; readonly missing: string };

/** Holds the total of the root, a decimal in USDC, against what the vault holds now. */
export function rootFinding(total: string | undefined, held: bigint | undefined): RootFinding {
  if (total === undefined || held === undefined) return { kind: "none" };
  const missing = parseNanoUsdc(total) - held * NANO_PER_MICRO;
  return missing <= 0n
    ? { kind: "held", total }
    : { kind: "beyond", total, missing: formatNanoUsdc(nanoUsdc(missing)) };
}
