// Routers that were used before, so that money can leave by the chain alone when a router is gone.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { KNOWN_ROUTERS_MAX } from "../limits.ts";
import { listIn, textIn } from "./members.ts";

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

/** The remembered routers, the one used last first; none where the file is missing or unreadable, for it is only a memory. */
export function readKnownRouters(file: string): readonly KnownRouter[] {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return (listIn(value, "routers") ?? []).map(readRouter).filter((router) => router !== undefined);
  } catch {
    return [];
  }
}

/** Remembers a router as the one used last; what is known of it already stays where `router` does not say otherwise. */
export function rememberRouter(file: string, router: KnownRouter): void {
  const known = readKnownRouters(file);
  const before = known.find(({ id }) => id === router.id); // wherever it was then
  const others = known.filter(({ id }) => id !== router.id);
  const text = JSON.stringify(
    { routers: [{ ...before, ...router }, ...others].slice(0, KNOWN_ROUTERS_MAX) },
    undefined,
    2,
  );
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 }); // a node's URL may hold a key
  renameSync(draft, file);
}
