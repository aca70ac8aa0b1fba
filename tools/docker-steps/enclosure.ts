// A folder as the root of a process: what an image has of a Linux with Node is lent by this machine, read-only.
import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Something of this machine that a process finds at a place in its root. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly isReadOnly: boolean;
}

/** A process in a root. */
export interface Enclosed {
  readonly root: string;
  /** Whether nothing but writable mounts can be written. */
  readonly isReadOnly: boolean;
  readonly mounts: readonly Mount[];
  readonly user: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

/** The user `node` of Node's images. */
const USERS: Readonly<Record<string, number>> = { root: 0, node: 1000 };
const LENT = [
  "/usr/bin",
  "/usr/sbin",
  "/usr/lib",
  "/usr/lib32",
  "/usr/lib64",
  "/usr/share",
  "/usr/libexec",
  "/etc/ssl",
  "/etc/alternatives",
];
const LINKS = ["/bin", "/sbin", "/lib", "/lib32", "/lib64"];
const COPIED = ["/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/hosts", "/etc/ld.so.cache"];
const DEVICES = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];
const NODE = "/usr/local/bin/node";
const NPM = "/usr/local/lib/node_modules/npm";

/** Why nothing can be enclosed on this machine; undefined where it can. `root` has to be had for mounts and users. */
export function whyNotEnclosed(): string | undefined {
  if (process.platform !== "linux") return "only Linux has mount namespaces";
  if (process.getuid?.() !== 0) return "only root may mount, and become the image's user";
  const { status } = spawnSync("unshare", ["--mount", "--propagation", "private", "mount", "--bind", "/tmp", "/tmp"]);
  return status === 0 ? undefined : "this machine lets nobody mount";
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Lays out a root as Node's image has it, without what is lent. */
export function layOutRoot(root: string): void {
  chmodSync(root, 0o755); // a temporary folder is open to its owner alone
  const folders = ["/dev", "/proc", "/etc", "/run", "/var", "/opt", "/root", join("/home", "node"), dirname(NODE), NPM];
  for (const path of [...folders, ...LENT.filter((lent) => existsSync(lent))])
    mkdirSync(join(root, path), { recursive: true });
  mkdirSync(join(root, "/tmp"));
  chmodSync(join(root, "/tmp"), 0o1777);
  for (const path of LINKS) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      symlinkSync(readlinkSync(path), join(root, path));
    }
  }
  for (const path of COPIED) if (existsSync(path)) copyFileSync(path, join(root, path));
  for (const path of [...DEVICES, NODE]) writeFileSync(join(root, path), "");
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(root, dirname(NODE), "npm"));
  const users = Object.entries(USERS);
  writeFileSync(
    join(root, "/etc/passwd"),
    users.map(([name, id]) => `${name}:x:${id}:${id}::/home/${name}:/bin/sh\n`).join(""),
  );
  writeFileSync(join(root, "/etc/group"), users.map(([name, id]) => `${name}:x:${id}:\n`).join(""));
}

function lentMounts(): Mount[] {
  const npm = dirname(dirname(realpathSync(execFileSync("which", ["npm"], { encoding: "utf8" }).trim())));
  return [
    ...LENT.filter((path) => existsSync(path)).map((path) => ({ from: path, to: path, isReadOnly: true })),
    ...DEVICES.map((path) => ({ from: path, to: path, isReadOnly: false })),
    { from: "/proc", to: "/proc", isReadOnly: false },
    { from: process.execPath, to: NODE, isReadOnly: true },
    { from: npm, to: NPM, isReadOnly: true },
  ];
}

/** The mounts and the change of root, as a shell has to do them; the process itself takes the shell's place. */
function enteringScript({ root, isReadOnly, mounts, user, folder, environment, words }: Enclosed): string {
  const id = USERS[user];
  if (id === undefined) throw new Error(`the image has no user ${user}`);
  const bind = ({ from, to, isReadOnly: isLocked }: Mount): string[] => {
    const place = quoted(join(root, to));
    return [`mount --rbind ${quoted(from)} ${place}`, ...(isLocked ? [`mount -o remount,bind,ro ${place}`] : [])];
  };
  // Bound to itself first: only a mount can be made read-only, and what is mounted on it later stays as it is.
  const self = [`mount --bind ${quoted(root)} ${quoted(root)}`];
  if (isReadOnly) self.push(`mount -o remount,bind,ro ${quoted(root)}`);
  const variables = Object.entries(environment).map(([name, value]) => quoted(`${name}=${value}`));
  const person = [
    `--reuid=${id}`,
    `--regid=${id}`,
    "--clear-groups",
    ...(id === 0 ? [] : ["--no-new-privs", "--bounding-set=-all"]),
  ];
  const enter = ["exec chroot", quoted(root), "setpriv", ...person, "env -i -C", quoted(folder), ...variables];
  return [
    "set -e",
    ...self,
    ...[...lentMounts(), ...mounts].flatMap(bind),
    [...enter, ...words.map(quoted)].join(" "),
  ].join("\n");
}

/** Makes the places where something is mounted, as an engine does before it starts a container. */
function makeMountPoints(root: string, mounts: readonly Mount[]): void {
  for (const { from, to } of mounts) {
    const place = join(root, to);
    mkdirSync(dirname(place), { recursive: true });
    if (lstatSync(from).isDirectory()) mkdirSync(place, { recursive: true });
    else if (!existsSync(place)) writeFileSync(place, "");
  }
}

/** Starts a process in a root; the mounts go when it ends. */
export function startEnclosed(enclosed: Enclosed): ChildProcess {
  makeMountPoints(enclosed.root, enclosed.mounts);
  const words = ["--mount", "--propagation", "private", "sh", "-c", enteringScript(enclosed)];
  return spawn("unshare", words, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"] ?? "" } });
}

/** How a process ended, and all it said. */
export interface Ended {
  readonly code: number | string;
  readonly said: string;
}

/** Runs a process in a root to its end. */
export async function runEnclosed(enclosed: Enclosed): Promise<Ended> {
  const child = startEnclosed(enclosed);
  let said = "";
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve(status ?? signal ?? "unknown"));
  });
  return { code, said };
}
