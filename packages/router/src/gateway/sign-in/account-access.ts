// Whose account a request is about: a bearer key with the right scope, or a signed-in person's session.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { AimoError } from "@aimo-network/protocol/errors";
import { bearerOf } from "../../accounts/read-bearer.ts";
import type { Caller, Purpose } from "../../accounts/caller.ts";
import type { Session, Sessions } from "../../accounts/sessions.ts";
import { readSessionCookie } from "./session-cookie.ts";

/** What a key may be made for beside calling and serving models: reading its wallet's account, and issuing keys. */
export type AccountScope = Extract<Purpose, "account" | "keys">;

/** What access needs of other rooms. */
export interface AccountAccessDeps {
  readonly sessions: Sessions;
  authenticate(request: FastifyRequest, scope: AccountScope): Promise<Pick<Caller, "id" | "wallet">>;
  /** Where clients reach this router. */
  url(): string;
}

/** Whose account a request may see or change, and by what. */
export interface Account {
  /** The wallet's address in base58. */
  readonly wallet: string;
  readonly via: "key" | "session";
  /** The key's id, where it was one. */
  readonly keyId?: string;
}

/** A session with what its browser holds of it. */
export interface OpenSession extends Session {
  readonly token: string;
}

/** Decides whose account a request is about. */
export interface AccountAccess {
  /** By a bearer key with `scope`, or else by a session as `requireSession` wants it; throws what to answer otherwise. */
  accountOf(request: FastifyRequest, scope: AccountScope): Promise<Account>;
  /** The session of a request from this router's own pages; one that changes something must carry its CSRF token. */
  requireSession(request: FastifyRequest): Promise<OpenSession>;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const OWN_SITES: ReadonlySet<unknown> = new Set([undefined, "same-origin", "none"]); // `none`: typed in, or a bookmark

/** Whether no page of another site made a browser send this. Programs that are no browsers say nothing, and may. */
export function isFromOwnPages({ headers }: FastifyRequest, url: string): boolean {
  if (!OWN_SITES.has(headers["sec-fetch-site"])) return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false; // `null`, from a sandbox
  // By another of its names, such as localhost, a router is still the same origin for the browser.
  return origin === new URL(url).origin || new URL(origin).host === host;
}

/** The CSRF token of a session: its pages get it in an answer, which pages of other sites cannot read. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac("sha256", sessionToken).update("aimo csrf token").digest("base64url");
}

function hasCsrfToken({ headers }: FastifyRequest, sessionToken: string): boolean {
  const found = headers["x-csrf-token"];
  if (typeof found !== "string") return false;
  const [given, expected] = [Buffer.from(found), Buffer.from(csrfTokenOf(sessionToken))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Creates the decision for the routes of one router. */
export function createAccountAccess({ sessions, authenticate, url }: AccountAccessDeps): AccountAccess {
  const requireSession = async (request: FastifyRequest): Promise<OpenSession> => {
    const token = readSessionCookie(request.headers.cookie, url());
    const session = token === undefined || !isFromOwnPages(request, url()) ? undefined : await sessions.use(token);
    if (token === undefined || session === undefined) throw new AimoError("missing_session", {});
    if (!SAFE_METHODS.has(request.method) && !hasCsrfToken(request, token)) throw new AimoError("csrf_missing", {});
    return { ...session, token };
  };
  return {
    requireSession,
    async accountOf(request, scope) {
      const hasSession =
        bearerOf(request.headers) === undefined && readSessionCookie(request.headers.cookie, url()) !== undefined;
      if (hasSession) return { wallet: (await requireSession(request)).wallet, via: "session" };
      const { id, wallet } = await authenticate(request, scope);
      return { wallet, via: "key", keyId: id };
    },
  };
}
