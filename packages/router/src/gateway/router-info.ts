// Who this router is: GET /router and /.well-known/aimo.json.
import type { FastifyPluginCallback } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";
import type { MoneyDesk } from "../billing/withdraw/money-desk.ts";

type Terms = NonNullable<Awaited<ReturnType<MoneyDesk["facts"]["terms"]>>>;

const Seconds = Type.Integer({ description: "Seconds" });

/** Where this router's money is, and on which terms. */
const ChainShape = Type.Object(
  {
    network: Type.Optional(
      Type.String({
        description: "Which Solana, in CAIP-2: `solana:` and the beginning of its genesis hash; absent while unknown",
      }),
    ),
    public_rpc_url: Type.Optional(
      Type.String({ description: "A Solana RPC node that browsers may ask; absent where none is known" }),
    ),
    program_id: Type.String({ description: "The escrow program" }),
    config: Type.String({ description: "This router's account of it" }),
    vault: Type.String(),
    mint: Type.String(),
    fee_bps: Type.Integer({ description: "The router's share of what is settled, in hundredths of a percent" }),
    min_deposit: Type.String({ description: "USDC" }),
    user_exit_delay: Seconds,
    provider_exit_delay: Seconds,
    allowance_notice: Seconds,
    commitment: Type.String({ description: "How sure the chain must be before the router believes it" }),
  },
  { description: "Where the router has a chain, and has seen it" },
);

/** What a router says of itself to anybody. */
export const RouterShape = Type.Object({
  router_id: Type.String({ description: "The router's Ed25519 key in base58: what keys are bound to" }),
  name: Type.String(),
  url: Type.String({ description: "Where clients and proxies reach it" }),
  api_base: Type.String({ description: "What an OpenAI client takes as its base URL" }),
  software: Type.String(),
  version: Type.String(),
  dialects: Type.Array(Type.String(), { description: "What provider links it speaks" }),
  limits: Type.Object({
    body_bytes_max: Type.Integer(),
    requests_per_key_max: Type.Integer(),
    first_byte_timeout_ms: Type.Integer(),
    idle_timeout_ms: Type.Integer(),
    total_timeout_ms: Type.Integer(),
    settle_age_ms: Type.Optional(
      Type.Integer({ description: "How old a charge may get before it is settled on chain, where there is one" }),
    ),
  }),
  accepts_v1_spending: Type.Boolean(),
  chain: Type.Optional(ChainShape),
});
/** The part of that which is settled before the router listens. */
export type RouterInfo = Omit<Static<typeof RouterShape>, "software" | "dialects" | "url" | "api_base" | "chain">;

/** What these endpoints say; `url` is known once the router listens. */
export interface RouterInfoDeps {
  readonly info: RouterInfo;
  url(): string;
  /** The terms that the chain has; undefined while it has not answered. */
  chain?(): Promise<Terms | undefined>;
}

/** The chain's numbers stay bigints: the serializer writes them in full. */
function chainJson(terms: Terms): object {
  return {
    ...(terms.network !== undefined && { network: terms.network }),
    ...(terms.publicRpcUrl !== undefined && { public_rpc_url: terms.publicRpcUrl }),
    program_id: terms.programId,
    config: terms.config,
    vault: terms.vault,
    mint: terms.mint,
    fee_bps: terms.feeBps,
    min_deposit: formatMicroUsdc(terms.minDeposit),
    user_exit_delay: terms.userExitDelay,
    provider_exit_delay: terms.providerExitDelay,
    allowance_notice: terms.allowanceNotice,
    commitment: terms.commitment,
  };
}

async function describe({ info, url, chain }: RouterInfoDeps): Promise<object> {
  const terms = await chain?.();
  return {
    ...info,
    url: url(),
    api_base: `${url()}/api/v1`,
    software: "aimo-router",
    dialects: [SUBPROTOCOL],
    ...(terms !== undefined && { chain: chainJson(terms) }),
  };
}

/** GET /router below an API's base path. */
export function routerInfoRoutes(deps: RouterInfoDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = { summary: "This router", tags: ["Router"], response: { 200: Type.Object({ data: RouterShape }) } };
    scope.get("/router", { schema }, () => describe(deps).then((data) => ({ data })));
    next();
  };
}

/** GET /.well-known/aimo.json at the root: what command lines and proxies check a router's id by. */
export function wellKnownRoutes(deps: RouterInfoDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "This router, where its URL is all one knows",
      tags: ["Router"],
      response: { 200: RouterShape },
    };
    scope.get("/.well-known/aimo.json", { schema }, () => describe(deps));
    next();
  };
}
