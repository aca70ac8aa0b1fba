// A balance that the router told, held against what amounts look like: the way out of an escrow is on the page that shows it.
import { usdcIn } from "@aimo-network/protocol/told-members";
import { ConsoleFault } from "./fault-words.ts";

const AMOUNTS = ["available", "locked", "withdrawing", "payable", "lockable", "deposited"] as const;

/** The answer as it is; throws `ConsoleFault` where what stands for an amount is none. */
export function soundBalance<Told extends { readonly data: object }>(told: Told): Told {
  const odd = AMOUNTS.find(
    (name) => typeof memberOf(told.data, name) !== "string" || usdcIn(told.data, name) === undefined,
  );
  if (odd === undefined) return told;
  throw new ConsoleFault(
    `The router’s answer is no balance: what it says of “${odd}” is no amount of USDC.`,
    "Tell the router’s operator. What the chain says below is right all the same.",
  );
}

function memberOf(data: object, name: string): unknown {
  return (data as Readonly<Record<string, unknown>>)[name];
}
