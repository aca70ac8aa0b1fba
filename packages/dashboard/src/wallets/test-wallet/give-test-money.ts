// What the localnet's chain gives for nothing: SOL as every test validator does, and USDC by the engine's own method.
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import type { Address } from "@solana/kit";
import { ConsoleFault } from "../../api/fault-words.ts";
import type { Chain } from "../../signing/chain-place.ts";

const SOL_LAMPORTS = 1_000_000_000;
const USDC_MICRO = 100_000_000n;

/** What is given at once. */
export const GIFT_WORDS = "100 USDC and 1 SOL";

/** Calls a method that only test chains have; its parameters are JSON already, where a bigint is a number. */
async function callNode(url: string, method: string, params: string): Promise<unknown> {
  const body = `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)},"params":[${params}]}`;
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message?: unknown } };
  if (error === undefined) return result;
  const said = typeof error.message === "string" ? error.message : "it does not say why";
  throw new ConsoleFault(`The faucet gives nothing: ${said}.`, "Look whether the localnet is running.");
}

async function heldBy(chain: Chain, account: Address): Promise<bigint> {
  const { value } = await chain.rpc.getAccountInfo(account, { commitment: "confirmed", encoding: "base64" }).send();
  if (value === null) return 0n;
  const { value: held } = await chain.rpc.getTokenAccountBalance(account, { commitment: "confirmed" }).send();
  return BigInt(held.amount);
}

/** Gives SOL and USDC to an address, beside what it has. */
export async function giveTestMoney(chain: Chain, address: string): Promise<void> {
  const owner = address as Address;
  const account = await associatedTokenAddress({ owner, mint: chain.mint });
  const total = (await heldBy(chain, account)) + USDC_MICRO;
  const [to, mint] = [JSON.stringify(address), JSON.stringify(chain.mint)];
  await callNode(chain.rpcUrl, "requestAirdrop", `${to},${SOL_LAMPORTS}`);
  await callNode(chain.rpcUrl, "surfnet_setTokenAccount", `${to},${mint},{"amount":${total}}`);
}
