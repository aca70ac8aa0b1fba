// What this room has to be told: which chain, which program, which router.
import { address } from "@solana/kit";
import type { Address } from "@solana/kit";

/** The settings of the room. */
export interface ChainSettings {
  /** In the order of preference; their paths and queries may hold secrets. */
  readonly rpcUrls: readonly string[];
  /** Undefined: where Solana's own nodes have it, beside the first of the RPC URLs. */
  readonly wsUrl: string | undefined;
  /** What browsers may ask instead of those; undefined where the operator names none. */
  readonly publicRpcUrl: string | undefined;
  readonly programAddress: Address;
  readonly routerId: Address;
  /** How sure the chain must be before it is believed. */
  readonly commitment: "confirmed" | "finalized";
  readonly pollMs: number;
  /** Micro-lamports per compute unit. */
  readonly priorityFeeMax: bigint;
}

/** Where a node with this RPC URL has its WebSocket: the same place, but one port higher where a port is named. */
export function webSocketUrl(rpcUrl: string): string {
  const url = new URL(rpcUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (url.port !== "") url.port = String(Number(url.port) + 1);
  return url.href;
}

/** The addresses of a program and a router from their texts. */
export function readPlace(programId: string, routerId: string): Pick<ChainSettings, "programAddress" | "routerId"> {
  return { programAddress: address(programId), routerId: address(routerId) };
}
