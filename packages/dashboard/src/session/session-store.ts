// Who is signed in, for every part of the page; the cookie itself is the browser's and is not seen here.
import { answerOf, csrfHeaders, keepCsrfToken, routerApi } from "../api/router-api.ts";
import { isApiFault } from "../api/api-fault.ts";

/** A session as the page knows it. */
export interface Session {
  /** The wallet's address in base58. */
  readonly wallet: string;
  readonly expiresAt: string;
}

/** `unknown` until the router was asked. */
export type SessionState =
  | { readonly kind: "unknown" }
  | { readonly kind: "out" }
  | ({ readonly kind: "in" } & Session);

const HINT = "aimo-signed-in"; // so that a stranger's first page asks nothing that is refused

let state: SessionState = { kind: "unknown" };
const listeners = new Set<() => void>();

function change(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** How it is now. */
export function sessionState(): SessionState {
  return state;
}

/** Calls `listener` at each change until the returned function is called. */
export function watchSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What the router answers to a login and to who asks for the session. */
export interface SessionAnswer {
  readonly wallet: string;
  readonly expires_at: string;
  readonly csrf_token: string;
}

/** Takes over a session that the router has opened or knows. */
export function enterSession({ wallet, expires_at: expiresAt, csrf_token: token }: SessionAnswer): void {
  keepCsrfToken(token);
  localStorage.setItem(HINT, wallet);
  change({ kind: "in", wallet, expiresAt });
}

/** Forgets it: it has ended, or was ended. */
export function leaveSession(): void {
  keepCsrfToken(undefined);
  localStorage.removeItem(HINT);
  if (state.kind !== "out") change({ kind: "out" });
}

/** Nobody is known to be signed in; what is remembered stays, for when the router can be asked again. */
export function setSessionAside(): void {
  if (state.kind === "unknown") change({ kind: "out" });
}

/** Finds out whether somebody is signed in; throws where the router cannot say. */
export async function restoreSession(): Promise<void> {
  if (localStorage.getItem(HINT) === null) {
    leaveSession();
    return;
  }
  try {
    enterSession(await answerOf(routerApi.GET("/api/v1/auth/session")));
  } catch (error) {
    if (!isApiFault(error, "missing_session", "missing_key")) throw error;
    leaveSession();
  }
}

let leaving: Promise<unknown> | undefined;

/** Done when the router has answered who signed out before: its answer takes the cookie, also one that came meanwhile. */
export async function whenSignedOut(): Promise<void> {
  await leaving?.catch(() => undefined); // whoever signed out was told
}

/** Signs out: first here, so that nothing is asked any more that the router would refuse; then at the router. */
export async function signOut(): Promise<void> {
  const wallet = localStorage.getItem(HINT);
  const headers = csrfHeaders();
  leaveSession();
  const asked = answerOf(routerApi.POST("/api/v1/auth/logout", { headers, keepalive: true }));
  leaving = asked;
  try {
    await asked;
  } catch (error) {
    if (isApiFault(error, "missing_session")) return; // it had ended already
    if (wallet !== null) localStorage.setItem(HINT, wallet); // the page that is opened next finds it, and can end it
    throw error;
  }
}
