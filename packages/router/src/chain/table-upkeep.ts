// Keeps the router's lookup tables as settling needs them: one transaction for each step, planned anew each time.
import { isAimoError } from "@aimo-network/protocol/errors";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { address } from "@solana/kit";
import type { Address, Base64EncodedWireTransaction } from "@solana/kit";
import type { UsableTable } from "@aimo-network/escrow/batch/pack";
import type { Logger } from "pino";
import type { DerivedAddresses } from "./derived-addresses.ts";
import type { Endpoints } from "./endpoints.ts";
import { TABLE_STEPS_PER_TURN_MAX } from "./limits.ts";
import type { TableAction } from "./lookup-tables.ts";
import { createTableReader, planTables, usableTables } from "./lookup-tables.ts";
import type { Sender } from "./send.ts";

/** A step of the upkeep, without what was read to plan it. */
export type TableStep =
  | { readonly kind: "create" }
  | { readonly kind: "extend"; readonly table: string; readonly addresses: readonly string[] }
  | { readonly kind: "deactivate" | "close"; readonly table: string };

/** What the upkeep needs. */
export interface TableUpkeepDeps {
  readonly log: Logger;
  readonly endpoints: Pick<Endpoints, "any">;
  readonly sender: Pick<Sender, "submit">;
  /** The settler's address. */
  readonly authority: string;
  readonly commitment: "confirmed" | "finalized";
  readonly router: RouterPlace;
  readonly addresses: DerivedAddresses;
  /** Wallets that are settled again and again, busiest first. */
  busy(): Promise<{ readonly users: readonly string[]; readonly providers: readonly string[] }>;
  sign(step: TableStep): Promise<{ readonly wire: string }>;
}

/** The tables as they were read last, and their upkeep. */
export interface TableUpkeep {
  readonly usable: readonly UsableTable[];
  /** Reads the tables again; where `isLeader`, also takes the next steps. */
  turn(isLeader: boolean): Promise<void>;
}

function stepOf(action: TableAction): TableStep {
  if (action.kind === "create") return { kind: "create" };
  const { kind, table } = action;
  return kind === "extend" ? { kind, table: table.address, addresses: action.added } : { kind, table: table.address };
}

/** The accounts of busy wallets, and the router's own, which every batch names. */
async function wantedAddresses({ router, addresses, busy }: TableUpkeepDeps): Promise<readonly Address[]> {
  const { users, providers } = await busy();
  if (users.length === 0) return [];
  const wanted = [router.address];
  // One after the other: thousands that are begun at once would hold up everything else for a second.
  for (const wallet of providers) wanted.push(await addresses.providerOf(wallet));
  for (const wallet of users) wanted.push(await addresses.escrowOf(wallet));
  return wanted;
}

/** Creates the upkeep of an authority's tables. */
export function createTableUpkeep(deps: TableUpkeepDeps): TableUpkeep {
  const { log, endpoints, sender, authority, commitment, sign } = deps;
  const reader = createTableReader();
  let usable: readonly UsableTable[] = [];
  return {
    get usable() {
      return usable;
    },
    async turn(isLeader) {
      const state = await reader.read(endpoints.any, address(authority), { commitment });
      usable = usableTables(state);
      if (!isLeader) return;
      for (const action of planTables(state, await wantedAddresses(deps)).slice(0, TABLE_STEPS_PER_TURN_MAX)) {
        try {
          const { wire } = await sign(stepOf(action));
          await sender.submit(wire as Base64EncodedWireTransaction);
        } catch (error) {
          if (!isAimoError(error)) throw error;
          log.warn({ step: action.kind, error }, "a lookup table was not tended");
          return;
        }
      }
    },
  };
}
