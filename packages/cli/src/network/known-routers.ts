// Routers that were used before, so that money can leave by the chain alone when a router is gone.
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { listIn, textIn } from "@aimo-network/protocol/told-members";
import { KNOWN_ROUTERS_BYTES_MAX, KNOWN_ROUTERS_MAX } from "../limits.ts";
import { readSmallFile } from "../settings/small-file.ts";

/** Where a router is and where its money is, as it was seen last. */
export interface KnownRouter {
  readonly url: string;
  readonly id: string;
  readonly programId?: string;
  readonly mint?: string;
  /** Which Solana, as the router's `chain.network` says. */
  readonly network?: string;
  /** The node that was last used for this router's chain. */
  readonly rpcUrl?: string;
}

const MORE = ["programId", "mint", "network", "rpcUrl"] as const;

function readRouter(value: unknown): KnownRouter | undefined {
  const [url, id] = [textIn(value, "url"), textIn(value, "id")];
  if (url === undefined || id === undefined || !URL.canParse(url)) return undefined;
  const more = MORE.flatMap((name) => {
    const member = textIn(value, name);
    return member === undefined ? [] : [[name, member] as const];
  });
  return { url, id, ...Object.fromEntries(more) };
}

/** The file's text and the routers in it; undefined where it is missing, or is no such file. */
function readMemory(file: string): { readonly text: string; readonly routers: readonly KnownRouter[] } | undefined {
  try {
    const text = readSmallFile(file, KNOWN_ROUTERS_BYTES_MAX).toString();
    const routers = listIn(JSON.parse(text), "routers") ?? [];
    return { text, routers: routers.map(readRouter).filter((router) => router !== undefined) };
  } catch {
    return undefined;
  }
}

/** The remembered routers, the one used last first; none where the file is missing or unreadable, for it is only a memory. */
export function readKnownRouters(file: string): readonly KnownRouter[] {
  return readMemory(file)?.routers ?? [];
}

/** Puts a file aside that is there and cannot be read: it may hold the one trace of where somebody's money is. */
function putAside(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) renameSync(file, `${file}.unreadable`);
}

/** Remembers a router as the one used last; what is known of it already stays where `router` does not say otherwise. */
export function rememberRouter(file: string, router: KnownRouter): void {
  const memory = readMemory(file);
  const known = memory?.routers ?? [];
  const before = known.find(({ id }) => id === router.id); // wherever it was then
  const others = known.filter(({ id }) => id !== router.id);
  const routers = [{ ...before, ...router }, ...others].slice(0, KNOWN_ROUTERS_MAX);
  const text = `${JSON.stringify({ routers }, undefined, 2)}\n`;
  if (text === memory?.text) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (memory === undefined) putAside(file);
  const draft = `${file}.${process.pid}`;
  rmSync(draft, { force: true }); // of a process that was killed, or somebody's link
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: "wx", flush: true }); // a node's URL may hold a key
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true }); // half a file of a full disk
    throw error;
  }
}
