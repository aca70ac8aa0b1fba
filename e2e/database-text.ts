// Everything a database holds, row by row, as text: for whoever looks for what must not be there.
import { systemClock } from "@aimo-network/protocol/clock";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { createLog } from "aimo-router/src/log.ts";
import type { Place } from "./secret-scan.ts";

const TABLES = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;

/** The rows of all tables; bytes are in hexadecimal. */
export async function databaseText(databaseUrl: string): Promise<Place[]> {
  const { query, close } = openDatabase(databaseUrl, { clock: systemClock, log: createLog("silent") });
  try {
    const places: Place[] = [];
    for (const { name } of await query<{ name: string }>(TABLES)) {
      const rows = await query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      for (const { text } of rows) places.push({ where: `table ${name}`, text });
    }
    return places;
  } finally {
    await close();
  }
}
