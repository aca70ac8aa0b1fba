// Where this router's money is, and how it goes there: the settings of the chain as one object.
import { join } from "node:path";
import { base58 } from "@scure/base";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";

/** How sure the chain must be of what it says. */
export type ChainCommitment = "confirmed" | "finalized";

/** Where keys are that sign for this router. */
export type SignerPlace =
  | { readonly kind: "files"; readonly settler: string; readonly cosigner: string }
  | { readonly kind: "process"; readonly socket: string };

/** The settings of a router that has a chain; durations in milliseconds. */
export interface ChainConfig {
  /** In order of preference; they may hold secrets and are never logged whole. */
  readonly rpcUrls: readonly string[];
  readonly wsUrl: string | undefined;
  /** What browsers may ask, and whoever asks this router; undefined where the operator names none. */
  readonly publicRpcUrl: string | undefined;
  readonly programId: string;
  readonly commitment: ChainCommitment;
  readonly pollMs: number;
  readonly settleAgeMs: number;
  /** Owed by one user to one provider, which is settled at once. */
  readonly settleMin: MicroUsdc;
  /** Owed to a provider before its account is opened at this router's expense. */
  readonly sponsorMin: MicroUsdc;
  /** Micro-lamports per compute unit. */
  readonly priorityFeeMax: bigint;
  /** What a signer in this process signs for in a window at most; undefined where the program's cap is enough. */
  readonly windowMax: MicroUsdc | undefined;
  readonly signer: SignerPlace;
}

/** Whether a value is an address of the chain in base58. */
export function isChainAddress(value: string): boolean {
  if (!/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(value)) return false;
  return base58.decode(value).length === 32;
}

/** Whether a value is a list of RPC nodes' URLs. */
export function isRpcUrls(value: string): boolean {
  return value === "" || value.split(",").every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
}

/** Whether a value is the URL of a WebSocket. */
export function isWebSocketUrl(value: string): boolean {
  return value === "" || (URL.canParse(value) && /^wss?:$/.test(new URL(value).protocol));
}

/** Whether a value is the URL of a node that may be told to everybody: with no user, no password and a plain host. */
export function isPublicRpcUrl(value: string): boolean {
  if (value === "") return true;
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && /^[a-z0-9.-]+$/.test(hostname) && username === "" && password === "";
}

/** Whether a value is an amount of USDC as the chain has it. */
export function isUsdcAmount(value: string): boolean {
  return /^[0-9]{1,9}(?:\.[0-9]{1,6})?$/.test(value);
}

/** The settings of the chain from all settings' values; undefined where no node is named. */
export function chainSettings(get: (name: ChainSettingName) => string, dataDirectory: string): ChainConfig | undefined {
  const rpcUrls = get("AIMO_RPC_URL");
  if (rpcUrls === "") return undefined;
  const socket = get("AIMO_SIGNER_SOCKET");
  const keyFile = (name: ChainSettingName, file: string): string => get(name) || join(dataDirectory, file);
  return {
    rpcUrls: rpcUrls.split(",").map((url) => url.trim()),
    wsUrl: get("AIMO_RPC_WS_URL") || undefined,
    publicRpcUrl: get("AIMO_PUBLIC_RPC_URL") || undefined,
    programId: get("AIMO_PROGRAM_ID"),
    commitment: get("AIMO_COMMITMENT") === "confirmed" ? "confirmed" : "finalized",
    pollMs: Number(get("AIMO_CHAIN_POLL_MS")),
    settleAgeMs: Number(get("AIMO_SETTLE_AGE_MS")),
    settleMin: parseMicroUsdc(get("AIMO_SETTLE_USDC")),
    sponsorMin: parseMicroUsdc(get("AIMO_SPONSOR_MIN_USDC")),
    priorityFeeMax: BigInt(get("AIMO_PRIORITY_FEE_MAX")),
    windowMax: get("AIMO_SIGNER_WINDOW_USDC") === "" ? undefined : parseMicroUsdc(get("AIMO_SIGNER_WINDOW_USDC")),
    signer:
      socket === ""
        ? {
            kind: "files",
            settler: keyFile("AIMO_SETTLER_KEY_FILE", "settler.json"),
            cosigner: keyFile("AIMO_COSIGNER_KEY_FILE", "cosigner.json"),
          }
        : { kind: "process", socket },
  };
}

/** The settings that are about the chain. */
export type ChainSettingName =
  | "AIMO_RPC_URL"
  | "AIMO_RPC_WS_URL"
  | "AIMO_PUBLIC_RPC_URL"
  | "AIMO_PROGRAM_ID"
  | "AIMO_COMMITMENT"
  | "AIMO_CHAIN_POLL_MS"
  | "AIMO_SETTLE_AGE_MS"
  | "AIMO_SETTLE_USDC"
  | "AIMO_SPONSOR_MIN_USDC"
  | "AIMO_PRIORITY_FEE_MAX"
  | "AIMO_SIGNER_SOCKET"
  | "AIMO_SIGNER_WINDOW_USDC"
  | "AIMO_SETTLER_KEY_FILE"
  | "AIMO_COSIGNER_KEY_FILE";

/** Faults that no setting of the chain has alone. */
export function chainContradictions(values: ReadonlyMap<string, string>): string[] {
  const [rpc, program] = [values.get("AIMO_RPC_URL"), values.get("AIMO_PROGRAM_ID")];
  if (rpc === "" || program !== "") return [];
  return ["AIMO_PROGRAM_ID: expected the escrow program's address beside AIMO_RPC_URL, found none"];
}
