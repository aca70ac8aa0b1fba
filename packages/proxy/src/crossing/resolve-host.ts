// Names of hosts looked up the way the machine's other programs do it.
import { lookup } from "node:dns/promises";
import type { ResolveHost } from "./media.ts";

/** All addresses of a host, from the machine's resolver. */
export const resolveHost: ResolveHost = async (host) => {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
};
