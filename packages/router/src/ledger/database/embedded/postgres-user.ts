// As root PostgreSQL refuses to run: the OS user it runs as instead.
import { spawnSync } from "node:child_process";
import { EmbeddedPostgresError } from "./postgres-binaries.ts";
import type { OsUser } from "./postgres-binaries.ts";

/** What the machine is asked to do about its users. */
export interface OsUsers {
  find(name: string): OsUser | undefined;
  /** Whether it worked. */
  create(name: string): boolean;
}

const ANYBODYS = "postgres"; // comes with any PostgreSQL of the system
const OURS = "aimo-postgres";

function run(command: string, options: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout.trim() : undefined;
}

/** The users of this machine. */
const machineUsers: OsUsers = {
  find(name) {
    const [uid, gid] = [run("id", ["-u", name]), run("id", ["-g", name])];
    return uid === undefined || gid === undefined
      ? undefined
      : { uid: Number.parseInt(uid, 10), gid: Number.parseInt(gid, 10) };
  },
  create: (name) =>
    run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]) !==
      undefined || run("adduser", ["-S", "-D", "-H", name]) !== undefined, // BusyBox
};

/** The user the database runs as where this process is root; made when there is none. */
export function unprivilegedUser(users: OsUsers = machineUsers, names: readonly string[] = [ANYBODYS, OURS]): OsUser {
  for (const name of names) {
    const found = users.find(name);
    if (found !== undefined) return found;
  }
  const name = names.at(-1) ?? OURS;
  const made = users.create(name) ? users.find(name) : undefined;
  if (made !== undefined) return made;
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and the OS user ${name} for it could not be made: start the router as an ordinary user, make that user, or set DATABASE_URL.`,
  );
}
