// Who is calling an endpoint that takes bodies, and what its key uses meanwhile: counted from the first hook to the response's close.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { assert } from "@aimo-network/protocol/assert";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Caller, Purpose } from "../accounts/caller.ts";
import type { KeyUse, KeyVisit } from "../accounts/key-use.ts";
import { CONSOLE_REQUESTS_MAX } from "../limits.ts";

/** What counting needs of other rooms. */
export interface VisitDeps {
  readonly keyUse: KeyUse;
  authenticate(request: FastifyRequest, purpose: Purpose): Promise<Caller>;
}

/** A request that was let in. */
export interface Visit {
  readonly key: Caller;
  readonly use: KeyVisit;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set by `countVisits`; a map from requests would cost the garbage collector more than all else about them. */
    visit: Visit | null;
  }
}

/**
 * Lets nobody into `scope` without a key that may do this, nor more requests of a key at once than it may have. Returns
 * the visit of a request that was let in.
 */
export function countVisits(
  scope: FastifyInstance,
  deps: VisitDeps,
  purpose: Purpose,
): (request: FastifyRequest) => Visit {
  scope.decorateRequest("visit", null);
  scope.addHook("onRequest", async (request, reply) => {
    const key = await deps.authenticate(request, purpose);
    // It left while its key was verified: its close has passed, so what is counted now would stay counted.
    if (reply.raw.destroyed) throw new AimoError("client_left", {});
    const use = deps.keyUse.enter(key.id, key.kind === "console" ? CONSOLE_REQUESTS_MAX : undefined);
    reply.raw.on("close", () => use.leave());
    request.visit = { key, use };
  });
  return ({ visit }) => {
    assert(visit !== null, "a request in this scope was let in");
    return visit;
  };
}
