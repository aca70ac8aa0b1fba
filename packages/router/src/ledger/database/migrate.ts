// Brings a database to the schema this software was written for; forward only, however many routers start at once.
import assert from "node:assert/strict";
import { join } from "node:path";
import Postgrator from "postgrator";
import { MIGRATION_MS } from "../limits.ts";
import type { DatabaseDeps, Query } from "./database.ts";
import { openDatabase } from "./database.ts";

/** Where the migrations of this software are: `<number>.do.<name>.sql`. */
export const MIGRATIONS_DIRECTORY = join(import.meta.dirname, "..", "migrations");

const VERSION_TABLE = "aimo_schema_versions";
const LOCK_KEY = 4_713_290_651; // any number, and always this one

/** A database that this software must not touch, and why. */
class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/** A pattern that matches what is in `directory`, whatever characters its own name has. */
function patternFor(directory: string): string {
  return `${directory.replaceAll("\\", "/").replaceAll(/[?*()[\]{}!+@]/g, "[$&]")}/*.sql`;
}

async function validate(postgrator: Postgrator, versionHere: number, versionThere: number): Promise<void> {
  if (versionThere > versionHere) {
    throw new MigrationError(
      `The database has schema ${versionThere}, this software knows schemas up to ${versionHere}: run the newer version that made it, or restore a backup from before.`,
    );
  }
  try {
    await postgrator.validateMigrations(versionThere);
  } catch (cause) {
    if (!(cause instanceof Error) || !cause.message.startsWith("MD5 checksum failed")) throw cause;
    throw new MigrationError(
      `A migration that this database has already seen was changed since (${cause.message}): run the software as it was released.`,
      { cause },
    );
  }
}

async function migrateLocked(query: Query, directory: string): Promise<readonly number[]> {
  // Held until the transaction ends: routers that start together take turns, and the second finds nothing left to do.
  await query("SELECT pg_advisory_xact_lock($1)", [LOCK_KEY]);
  const postgrator = new Postgrator({
    driver: "pg",
    migrationPattern: patternFor(directory),
    schemaTable: VERSION_TABLE,
    newline: "LF",
    execQuery: async (text) => ({ rows: [...(await query<unknown>(text))] }),
  });
  const migrations = await postgrator.getMigrations();
  assert.ok(migrations.length > 0, `no migration in ${directory}`);
  await validate(postgrator, await postgrator.getMaxVersion(), await postgrator.getDatabaseVersion());
  const applied = await postgrator.migrate();
  return applied.map(({ version }) => version);
}

/** Applies what is missing of `directory` to the database at `url`, all or nothing; gives the numbers it applied. */
export async function migrate(
  url: string,
  deps: DatabaseDeps,
  directory: string = MIGRATIONS_DIRECTORY,
): Promise<readonly number[]> {
  const patience = { connectionsMax: 1, answerMs: MIGRATION_MS, lockMs: MIGRATION_MS };
  const database = openDatabase(url, deps, patience);
  try {
    const applied = await database.transaction((query) => migrateLocked(query, directory));
    if (applied.length > 0) deps.log.info({ versions: applied }, "database schema brought up to date");
    return applied;
  } finally {
    await database.close();
  }
}
