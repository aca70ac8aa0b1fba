// Where the embedded PostgreSQL of a data directory keeps its files, and as whom it runs.
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { OsUser, PostgresBinaries } from "./postgres-binaries.ts";
import { EmbeddedPostgresError, findPostgresBinaries, reachableBinaries } from "./postgres-binaries.ts";
import { unprivilegedUser } from "./postgres-user.ts";

/** The places of one embedded PostgreSQL. */
export interface PostgresHome {
  readonly binaries: PostgresBinaries;
  readonly dataDirectory: string;
  /** Holds the socket of the database; closed to every other OS user, so no password is needed. */
  readonly socketDirectory: string;
  /** Held by the one keeper of this database. */
  readonly lockPath: string;
  /** Undefined: as whoever runs the router. */
  readonly user: OsUser | undefined;
}

const PORT = 5432; // of the socket's name: nothing listens on the network
const SOCKET = `.s.PGSQL.${PORT}`;
const SOCKET_PATH_BYTES_MAX = 103; // macOS's bound; Linux has 107
const ROOT_SHELTER = "/var/lib/aimo-postgres"; // open to all users to pass, unlike a home, and never cleaned, unlike /var/tmp
const POINTER = "postgres-place";

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}

function makePrivate(directory: string, user: OsUser | undefined): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
}

/** A folder for sockets below the system's temporary one, where the data directory's own path is too long for a socket. */
function shortDirectory(home: string): string {
  const directory = join(tmpdir(), `aimo-postgres-${process.getuid?.()}-${hash(home)}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(directory);
  // Anybody may make folders there: one made by somebody else must not be trusted.
  if (uid !== process.getuid?.() || (mode & 0o67) !== 0) {
    throw new EmbeddedPostgresError(`${directory} belongs to somebody else: choose a shorter AIMO_DATA_DIR.`);
  }
  return directory;
}

function isPassable(directory: string, user: OsUser): boolean {
  return spawnSync("/bin/sh", ["-c", '[ -x "$1" ]', "sh", directory], { ...user, cwd: "/" }).status === 0;
}

/** Lets the database's user, and nobody else, pass through a folder that was root's alone. */
function letPass(directory: string, user: OsUser): void {
  const { uid, mode } = statSync(directory);
  if (uid !== 0 || (mode & 0o77) !== 0) return;
  chownSync(directory, 0, user.gid);
  chmodSync(directory, 0o710);
}

/** Where root keeps the database: in the data directory, or in a shelter when its user cannot get there. */
function rootHome(directory: string, firstMade: string, users: () => OsUser): { home: string; user: OsUser } {
  const pointer = join(directory, POINTER);
  if (existsSync(pointer)) {
    const home = readFileSync(pointer, "utf8").trim();
    return { home, user: ownerOf(join(home, "data")) ?? users() };
  }
  const here = join(directory, "postgres");
  const owner = ownerOf(join(here, "data"));
  const user = owner ?? users();
  for (let made = directory; made.length >= firstMade.length; made = dirname(made)) letPass(made, user);
  if (owner !== undefined || isPassable(directory, user)) return { home: here, user };
  mkdirSync(ROOT_SHELTER, { recursive: true, mode: 0o755 });
  // Never a name that could be found again: whoever removed the pointer wanted a new database.
  const home = mkdtempSync(join(ROOT_SHELTER, "database-"));
  writeFileSync(pointer, `${home}\n`, { mode: 0o600 });
  return { home, user };
}

function ownerOf(directory: string): OsUser | undefined {
  const found = statSync(directory, { throwIfNoEntry: false });
  return found === undefined ? undefined : { uid: found.uid, gid: found.gid };
}

/** Makes the folders of the embedded PostgreSQL below `dataDirectory`, as far as they are not there. */
export function preparePostgresHome(dataDirectory: string, users: () => OsUser = unprivilegedUser): PostgresHome {
  const directory = resolve(dataDirectory);
  const firstMade = mkdirSync(directory, { recursive: true, mode: 0o700 }) ?? directory;
  const isRoot = process.getuid?.() === 0;
  const { home, user } = isRoot
    ? rootHome(directory, firstMade, users)
    : { home: join(directory, "postgres"), user: undefined };
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (user !== undefined) letPass(home, user);
  const isShort = Buffer.byteLength(join(home, "socket", SOCKET)) <= SOCKET_PATH_BYTES_MAX;
  const sockets = isShort ? home : shortDirectory(home);
  if (user !== undefined && !isShort) letPass(sockets, user);
  const socketDirectory = join(sockets, "socket");
  makePrivate(socketDirectory, user);
  const binaries = findPostgresBinaries();
  return {
    binaries: user === undefined ? binaries : reachableBinaries(binaries, user, ROOT_SHELTER),
    dataDirectory: join(home, "data"),
    socketDirectory,
    lockPath: join(sockets, "keeper"),
    user,
  };
}

/** The URL by which this machine's same user reaches the database of a home. */
export function urlOfHome({ socketDirectory }: PostgresHome): string {
  return `postgres:///postgres?host=${encodeURIComponent(socketDirectory)}&port=${PORT}&user=aimo`;
}
