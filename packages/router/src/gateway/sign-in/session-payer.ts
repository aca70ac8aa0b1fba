// Who pays for a request that may come with a key or from the console: the key where there is one, else the session.
import type { FastifyRequest } from "fastify";
import type { Caller } from "../../accounts/caller.ts";
import type { ConsoleKeys } from "../../accounts/console-keys.ts";
import { bearerOf } from "../../accounts/read-bearer.ts";
import type { ArrivalBounds } from "../arrival-bounds.ts";
import type { AccountAccess } from "./account-access.ts";
import { readSessionCookie } from "./session-cookie.ts";

/** What telling payers apart needs. */
export interface SessionPayerDeps extends Pick<AccountAccess, "requireSession"> {
  readonly consoleKeys: ConsoleKeys;
  /** Counts strangers who leave rows in the ledger. */
  readonly newcomers: ArrivalBounds;
  authenticate(request: FastifyRequest, purpose: "spend"): Promise<Caller>;
  /** Where clients reach this router. */
  url(): string;
}

/** The payers of requests. */
export interface SessionPayers {
  /** The caller of a key, or of a session as `requireSession` wants it; throws what to answer otherwise. */
  payerOf(request: FastifyRequest): Promise<Caller>;
  /** The same again, for a request whose body has come since: a session may have ended, a key have expired. */
  payerStill(request: FastifyRequest, caller: Caller, nowMs: number): Caller | Promise<Caller>;
}

/** Creates them for the routes of one router. */
export function createSessionPayers(deps: SessionPayerDeps): SessionPayers {
  const { requireSession, consoleKeys, newcomers, authenticate, url } = deps;
  const bySession = async (request: FastifyRequest): Promise<Caller> => {
    const { wallet, idleExpiresAtMs } = await requireSession(request);
    return await consoleKeys.callerOf(wallet, idleExpiresAtMs, () => newcomers.enter(request.socket.remoteAddress));
  };
  const isBySession = ({ headers }: FastifyRequest): boolean =>
    headers.cookie !== undefined && // which no program with a key sends
    bearerOf(headers) === undefined &&
    readSessionCookie(headers.cookie, url()) !== undefined;
  return {
    payerOf: (request) => (isBySession(request) ? bySession(request) : authenticate(request, "spend")),
    payerStill(request, caller, nowMs) {
      if (caller.kind === "console") return bySession(request);
      return nowMs < caller.expiresAtMs ? caller : authenticate(request, "spend"); // which says why not
    },
  };
}
