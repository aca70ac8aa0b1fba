// What a router says of itself at /.well-known/aimo.json.
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { countIn, textIn } from "@aimo-network/protocol/told-members";
import { CommandFault } from "../fault.ts";
import type { AnswerHead } from "./http-exchange.ts";
import type { RouterClient } from "./router-client.ts";

/** Where a router's money is, and on which terms; delays and notice in seconds. */
export interface ChainFacts {
  /** Which Solana, in CAIP-2; absent where the router's node has not said it yet. */
  readonly network?: string;
  readonly program_id: string;
  readonly config: string;
  readonly vault: string;
  readonly mint: string;
  readonly fee_bps: number;
  /** USDC. */
  readonly min_deposit: string;
  readonly user_exit_delay: number;
  readonly provider_exit_delay: number;
  readonly allowance_notice: number;
  readonly commitment: string;
}

/** Who a router says it is, and where its money is. */
export interface RouterFacts {
  readonly router_id: string;
  readonly name: string;
  readonly url: string;
  readonly api_base: string;
  readonly software: string;
  readonly version: string;
  readonly accepts_v1_spending?: boolean;
  readonly chain?: ChainFacts;
}

const ROUTER_ID = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const TEXTS = ["router_id", "name", "url", "api_base", "software", "version"];
const CHAIN_TEXTS = ["program_id", "config", "vault", "mint", "min_deposit", "commitment"];
const CHAIN_COUNTS = ["fee_bps", "user_exit_delay", "provider_exit_delay", "allowance_notice"];

function isChain(value: unknown): value is ChainFacts {
  return (
    isJsonObject(value) &&
    (value["network"] === undefined || textIn(value, "network") !== undefined) &&
    CHAIN_TEXTS.every((name) => textIn(value, name) !== undefined) &&
    CHAIN_COUNTS.every((name) => countIn(value, name) !== undefined)
  );
}

function isFacts(value: unknown): value is RouterFacts {
  return (
    isJsonObject(value) &&
    TEXTS.every((name) => textIn(value, name) !== undefined) &&
    ROUTER_ID.test(textIn(value, "router_id") ?? "") &&
    (value["chain"] === undefined || isChain(value["chain"]))
  );
}

function whyNot({ ok, status, headers }: AnswerHead): string {
  if (!ok) return `/.well-known/aimo.json answers with status ${status}.`;
  return /^text\/html\b/.test(headers.get("content-type") ?? "")
    ? "it answers with a web page."
    : "/.well-known/aimo.json is not what a router answers there.";
}

/** Asks a router who it is; throws `CommandFault` for an address that is no router's. */
export async function fetchRouterFacts(client: RouterClient): Promise<RouterFacts> {
  const { response, body } = await client.callWhole("/.well-known/aimo.json");
  if (response.ok && isFacts(body)) return body;
  throw new CommandFault({
    what: `${client.url} is no AiMo router.`,
    why: whyNot(response),
    next: "Check --router: the address of a router, without a path. `aimo routers` lists those of the chain.",
    reason: "unreachable",
    code: "no_router",
  });
}
