// Units of systemd read and run as systemd would, as far as ours go: sections, drop-ins, specifiers, credentials, commands.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const UNITS = fileURLToPath(new URL("../deploy/systemd/", import.meta.url));

/** A line of a unit. */
export interface UnitLine {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** Lists that an empty value begins anew. */
const LISTS = new Set(["LoadCredential", "ExecStartPre", "Environment", "SystemCallFilter"]);

/** The path of a file among the units. */
export function unitPath(name: string): string {
  return join(UNITS, name);
}

/** The lines of a unit's text; throws for what is none. */
function parseUnit(text: string): UnitLine[] {
  let section = "";
  return text.split("\n").flatMap((line) => {
    if (line === "" || line.startsWith("#")) return [];
    const head = /^\[(\w+)\]$/.exec(line);
    if (head !== null) section = head[1] ?? "";
    if (head !== null) return [];
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || section === "") throw new Error(`no line of a unit: ${line}`);
    return [{ section, key, value }];
  });
}

/** A unit, and what drop-ins change of it. */
export function readUnit(...names: readonly string[]): UnitLine[] {
  return names
    .flatMap((name) => parseUnit(readFileSync(unitPath(name), "utf8")))
    .reduce<UnitLine[]>((lines, line) => {
      const isReset = line.value === "" && LISTS.has(line.key);
      return isReset ? lines.filter(({ key }) => key !== line.key) : [...lines, line];
    }, []);
}

/** The values of a key, in their order. */
export function valuesOf(unit: readonly UnitLine[], key: string): string[] {
  return unit.filter((line) => line.key === key).map(({ value }) => value);
}

/** What a unit comes to on a machine whose root is a folder. */
export interface PreparedUnit {
  /** The command's words, the program first. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Does what systemd does before `ExecStart`: makes the folders, hands over credentials from `<root>/etc/…`, and runs what
 * is to run before. Credentials get the mode that they have where systemd lets the service read them by a list of access.
 */
export function prepareUnit(unit: readonly UnitLine[], root: string): PreparedUnit {
  const places = { "%d": join(root, "credentials"), "%t": join(root, "run"), "%S": join(root, "lib") };
  const expanded = (text: string): string =>
    Object.entries(places).reduce((value, [specifier, folder]) => value.replaceAll(specifier, folder), text);
  mkdirSync(places["%d"], { recursive: true, mode: 0o700 });
  const folders = [
    ...valuesOf(unit, "RuntimeDirectory").map((names) => [places["%t"], names] as const),
    ...valuesOf(unit, "StateDirectory").map((names) => [places["%S"], names] as const),
  ];
  for (const [parent, names] of folders) {
    for (const name of names.split(" ")) mkdirSync(join(parent, name), { recursive: true, mode: 0o700 });
  }
  for (const credential of valuesOf(unit, "LoadCredential")) {
    const [name = "", source = ""] = credential.split(":");
    const target = join(places["%d"], basename(name));
    chmodIfThere(target, 0o600);
    copyFileSync(join(root, source), target);
    chmodSync(target, 0o440);
  }
  for (const command of valuesOf(unit, "ExecStartPre")) {
    const [program = "", ...words] = expanded(command).split(" ");
    execFileSync(program, words);
  }
  const [start = ""] = valuesOf(unit, "ExecStart");
  const environment = valuesOf(unit, "Environment").map((pair) => {
    const [name = "", ...value] = expanded(pair).split("=");
    return [name, value.join("=")] as const;
  });
  return { words: expanded(start).split(" "), environment: Object.fromEntries(environment) };
}

function chmodIfThere(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch {
    // not handed over before
  }
}
