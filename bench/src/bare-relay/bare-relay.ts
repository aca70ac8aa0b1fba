// The yardstick: a relay of the same two hops that does nothing else, to tell what the hops cost from what this product adds.
import type { Child, ChildProgram } from "@aimo-network/localnet/child-process";
import { readUrl } from "../kept-server.ts";
import { LINKED } from "./messages.ts";

/** A bare relay that runs. */
export interface BareRelay {
  /** Where clients ask, with /v1. */
  readonly url: string;
  /** In the router's place. */
  readonly front: Child;
  /** In the proxy's place. */
  readonly back: Child;
}

/** Starts one with `start`, before the model at `modelUrl`. */
export async function startBareRelay(start: (program: ChildProgram) => Child, modelUrl: string): Promise<BareRelay> {
  const front = start({ name: "bare-front", entry: new URL("./front.ts", import.meta.url) });
  const url = await front.firstLine(readUrl);
  const back = start({
    name: "bare-back",
    entry: new URL("./back.ts", import.meta.url),
    arguments: [url, modelUrl],
  });
  await front.firstLine((line) => (line === LINKED ? true : undefined));
  return { url, front, back };
}
