// Where the localnet's chain is: its own, as a process of the network, or a validator that somebody runs already.
import { join } from "node:path";
import { BINARY_PATH, readBinary } from "@aimo-network/escrow/binary";
import { deployProgram } from "@aimo-network/escrow/deploy/deploy-program";
import { readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import { callRpc } from "../chain/rpc-call.ts";
import { findSurfpool } from "../chain/surfpool.ts";
import type { Programs } from "../programs.ts";
import { program, readJsonLine } from "../programs.ts";
import { waitUntil } from "../wait-until.ts";
import type { FaucetChain } from "./faucet-chain.ts";
import { COMMITMENT } from "./faucet-chain.ts";
import type { MoneyKeys } from "./money-keys.ts";

const PROGRAM_KEY_FILE = join(import.meta.dirname, "../../../escrow/localnet-program-id.json");

/** Where a chain is reached. */
export interface ChainPlace {
  readonly rpcUrl: string;
  readonly wsUrl: string;
}

/** Starts the localnet's own chain, on which the escrow program is from the start. */
export async function startOwnChain(programs: Programs, port: number, directory: string): Promise<ChainPlace> {
  findSurfpool(); // where there is none, this process says so better than the one that would need it
  const deployed = `${AIMO_ESCROW_PROGRAM_ADDRESS}=${BINARY_PATH}`;
  const words = ["--port", String(port), "--data-dir", directory, "--program", deployed];
  const chain = programs.start(program("chain", "./chain/main.ts", { arguments: words }));
  return await chain.firstLine((line) => {
    const { rpcUrl, wsUrl } = readJsonLine(line) ?? {};
    return typeof rpcUrl === "string" && typeof wsUrl === "string" ? { rpcUrl, wsUrl } : undefined;
  });
}

/** Where Solana's clients look for the WebSockets of a node: one port higher, or where its only port is. */
export function socketsBeside(rpcUrl: string): string {
  const url = new URL(rpcUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (url.port !== "") url.port = String(Number.parseInt(url.port, 10) + 1);
  return url.href;
}

/** A validator that runs already. */
export async function findOwnersChain(rpcUrl: string): Promise<ChainPlace> {
  await callRpc(rpcUrl, "getVersion").catch((cause: unknown) => {
    throw new Error(`--rpc-url: expected a Solana validator at ${new URL(rpcUrl).origin}, found none`, { cause });
  });
  return { rpcUrl, wsUrl: socketsBeside(rpcUrl) };
}

/** Deploys the escrow program on a validator as on any cluster, where it is not there yet. */
export async function deployToOwnersChain(
  chain: FaucetChain,
  { operator }: MoneyKeys,
  broken: Promise<string>,
): Promise<void> {
  const key = await readKeyFile(PROGRAM_KEY_FILE);
  const outcome = await deployProgram(chain, { program: key, authority: operator, code: readBinary() });
  if (outcome === "unchanged") return;
  const deployedAt = await chain.rpc.getSlot({ commitment: "processed" }).send();
  const isCallable = async (): Promise<boolean> =>
    (await chain.rpc.getSlot({ commitment: COMMITMENT }).send()) > deployedAt;
  await waitUntil({ clock: chain.clock, broken }, "the slot after the deployment", isCallable);
}
