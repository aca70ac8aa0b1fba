// What the chain keeps across restarts: accounts as they were last seen, signatures, and the slot, line by line in a file.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** An account as the engine tells and takes it. */
export interface StoredAccount {
  readonly lamports: string;
  readonly owner: string;
  /** Base64. */
  readonly data: string;
}

/** What a file of an earlier process says. */
export interface ChainState {
  readonly slot: number;
  readonly accounts: ReadonlyMap<string, StoredAccount>;
  /** Transactions that were executed: the engine's blockhashes repeat in every process, so they must be refused. */
  readonly signatures: ReadonlySet<string>;
}

type Line =
  | { readonly address: string; readonly account: StoredAccount | null }
  | { readonly signature: string }
  | { readonly slot: number };

const EMPTY: ChainState = { slot: 0, accounts: new Map(), signatures: new Set() };

function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined; // the last line of a process that was killed while it wrote
  }
}

/** Reads what was written; the last word on an account counts. */
export function readJournal(path: string): ChainState {
  if (!existsSync(path)) return EMPTY;
  const accounts = new Map<string, StoredAccount>();
  const signatures = new Set<string>();
  let slot = 0;
  for (const text of readFileSync(path, "utf8").split("\n")) {
    const line = text === "" ? undefined : parseLine(text);
    if (line === undefined) continue;
    if ("slot" in line) slot = Math.max(slot, line.slot);
    else if ("signature" in line) signatures.add(line.signature);
    else if (line.account === null) accounts.delete(line.address);
    else accounts.set(line.address, line.account);
  }
  return { slot, accounts, signatures };
}

/** A journal that is open for writing; everything written is with the operating system when the call returns. */
export class ChainJournal {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Rewrites the file without what has been overwritten since, and goes on from there. */
  static open(path: string, state: ChainState): ChainJournal {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lines: Line[] = [
      { slot: state.slot },
      ...[...state.accounts].map(([address, account]) => ({ address, account })),
      ...[...state.signatures].map((signature) => ({ signature })),
    ];
    writeFileSync(`${path}.draft`, join(lines), { mode: 0o600 });
    renameSync(`${path}.draft`, path);
    return new ChainJournal(path);
  }

  write(lines: readonly Line[]): void {
    if (lines.length > 0) appendFileSync(this.#path, join(lines));
  }
}

function join(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}
