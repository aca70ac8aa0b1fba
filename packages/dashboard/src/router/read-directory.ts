// The directory of routers, read on the chain by this browser.
import { loadChain } from "../signing/chain-place.ts";
import { directoryRows } from "./directory-rows.ts";
import type { DirectoryRow } from "./directory-rows.ts";
import { ROUTERS_SHOWN_MAX } from "./limits.ts";

/** The directory as it is shown. */
export interface ShownDirectory {
  readonly rows: readonly DirectoryRow[];
  readonly programId: string;
  readonly slot: bigint;
  /** Routers left out, since there are more than are shown. */
  readonly omitted: number;
  /** Routers of versions of the program that this console does not read. */
  readonly unread: number;
}

/** Reads it; throws `ConsoleFault` where there is no chain or no node. */
export async function readDirectory(): Promise<ShownDirectory> {
  const { rpc, place, mint } = await loadChain();
  const { listRouters } = await import("@aimo-network/escrow/directory");
  const options = { commitment: "confirmed", routersMax: ROUTERS_SHOWN_MAX } as const;
  const { routers, omitted, unread, slot } = await listRouters(rpc, place.programAddress, options);
  const rows = directoryRows(routers, { config: place.address, mint });
  return { rows, programId: place.programAddress, slot, omitted, unread };
}
