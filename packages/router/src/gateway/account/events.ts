// GET /events: what changes for a signed-in wallet, told while it happens.
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { LiveEvent } from "../../activity/live-wallet.ts";
import type { LiveWallets } from "../../activity/live-wallets.ts";
import { LIVE_LISTENERS_PER_NETWORK_MAX, LIVE_SESSION_MS } from "../../activity/limits.ts";
import type { Links } from "../../providers/links.ts";
import { balanceJson } from "./account.ts";
import type { AccountAccess } from "../sign-in/account-access.ts";
import type { EventStream } from "./event-stream.ts";
import { openEventStream } from "./event-stream.ts";
import { createNetworkShares } from "../network-shares.ts";
import { generationJson } from "./generation-shapes.ts";
import { earningsJson } from "./provider-activity.ts";

/** What this endpoint needs. */
export interface EventsDeps extends Pick<AccountAccess, "requireSession"> {
  readonly clock: Clock;
  readonly live: LiveWallets;
  readonly links: Pick<Links, "countOf">;
  isDraining(): boolean;
}

function tell(stream: EventStream, event: LiveEvent): void {
  if (event.kind === "balance") stream.send("balance", JSON.stringify(balanceJson(event.balance)));
  else if (event.kind === "earnings") stream.send("earnings", JSON.stringify(earningsJson(event.earnings)));
  else stream.send("generation", JSON.stringify(generationJson(event.generation)), event.generation.id);
}

/** Ends the stream with the session it was opened by. */
function endWithSession(
  { clock, requireSession }: EventsDeps,
  request: FastifyRequest,
  { stream, expiresAtMs }: { stream: EventStream; expiresAtMs: number },
): () => void {
  const check = async (): Promise<void> => {
    try {
      if (clock.now() >= expiresAtMs) throw new AimoError("missing_session", {});
      await requireSession(request);
      timer.refresh();
    } catch (error) {
      // While the ledger is away nobody can say; a session that has ended meanwhile is found out when it is back.
      if (isAimoError(error, "ledger_unavailable")) timer.refresh();
      else stream.end();
    }
  };
  const timer = clock.timer(LIVE_SESSION_MS, () => void check());
  return () => timer.cancel();
}

function createEvents(deps: EventsDeps) {
  const { clock, live, links, isDraining } = deps;
  const shares = createNetworkShares(LIVE_LISTENERS_PER_NETWORK_MAX, "live listeners");
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { wallet, expiresAtMs } = await deps.requireSession(request);
    if (isDraining()) throw new AimoError("draining", {});
    const response = reply.raw;
    if (response.destroyed) throw new AimoError("client_left", {}); // its close has passed, and would be waited for
    let toldLinks: number | undefined;
    const looked = (): void => {
      const count = links.countOf(wallet);
      if (count !== toldLinks) stream.send("links", JSON.stringify({ links: count }));
      toldLinks = count;
      if (isDraining()) stream.end();
    };
    const lastId = request.headers["last-event-id"];
    // The first look is answered later than this turn: the stream is open by then, and is not opened for nothing.
    const listener = { told: (event: LiveEvent): void => tell(stream, event), looked };
    const giveBack = shares.take(request.socket.remoteAddress);
    response.once("close", giveBack); // of a refusal too
    const leave = live.follow(wallet, listener, typeof lastId === "string" ? lastId : undefined);
    reply.hijack(); // from here on the stream writes the response
    const stream = openEventStream(clock, response, reply.getHeaders());
    const stopChecking = endWithSession(deps, request, { stream, expiresAtMs });
    response.once("close", () => {
      leave();
      stopChecking();
    });
    return reply;
  };
}

const DESCRIPTION = [
  "`balance`, `earnings` and `links` when the stream opens and whenever they change; `generation` for each answer of the",
  "wallet when it ends, with its id as the event's: `Last-Event-ID` goes on there. For a session.",
].join(" ");

/** Creates the route. */
export function eventRoutes(deps: EventsDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "What changes, as server-sent events",
      description: DESCRIPTION,
      tags: ["Activity"],
      security: [{ session: [] }],
      response: { 200: { description: "Events", content: { "text/event-stream": { schema: Type.String() } } } },
    };
    scope.get("/events", { schema, exposeHeadRoute: false }, createEvents(deps));
    next();
  };
}
