// The router's lookup tables as the signer reads them on chain: the settler's own, and nobody else's.
import type { LookupTable } from "@aimo-network/escrow/batch/lookup-table";
import type { UsableTable } from "@aimo-network/escrow/batch/pack";
import type { Address } from "@solana/kit";
import type { TableState } from "../chain/lookup-tables.ts";
import { createTableReader, usableTables } from "../chain/lookup-tables.ts";
import type { ChainSource } from "./chain-view.ts";
import { TABLES_KEPT_MS } from "./limits.ts";

/** The settler's lookup tables, as far as they were read. */
export interface OwnTables {
  /** What can be looked up, as it was a little while ago at most. */
  usable(): Promise<readonly UsableTable[]>;
  /** What can be looked up now. */
  usableNow(): Promise<readonly UsableTable[]>;
  /** All tables as they are now. */
  read(): Promise<readonly LookupTable[]>;
}

/** Reads the tables of an authority; a scan of all there are on Solana takes nodes long, so it is made seldom. */
export function createOwnTables({ clock, rpc }: Pick<ChainSource, "clock" | "rpc">, authority: Address): OwnTables {
  const reader = createTableReader();
  let kept: { readonly state: TableState; readonly atMs: number } | undefined;
  const readNow = async (): Promise<TableState> => {
    const state = await reader.read(rpc, authority, { commitment: "confirmed" });
    kept = { state, atMs: clock.monotonic() };
    return state;
  };
  return {
    async usable() {
      if (kept !== undefined && clock.monotonic() < kept.atMs + TABLES_KEPT_MS) return usableTables(kept.state);
      return usableTables(await readNow());
    },
    usableNow: async () => usableTables(await readNow()),
    read: async () => (await readNow()).tables,
  };
}
