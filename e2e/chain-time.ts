// The clock of a network's chain, which a test moves instead of waiting.
import { callRpc } from "@aimo-network/localnet/chain/rpc-call";
import type { MoneyChain } from "./money-chain.ts";

/** Lets the chain's clock go on by so many seconds, as waiting would. */
export async function passOnChain(chain: MoneyChain, seconds: bigint): Promise<void> {
  const { now } = await chain.router();
  const absoluteTimestamp = Number(now.time + seconds) * 1_000;
  await callRpc(chain.place.rpcUrl, "surfnet_timeTravel", [{ absoluteTimestamp }]);
}
