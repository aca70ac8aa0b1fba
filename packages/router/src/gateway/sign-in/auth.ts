// Signing in with a wallet, over HTTP: a challenge, the login that answers it, and the session it opens.
import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import { base58, base64 } from "@scure/base";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { SignedText } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readMemoTransaction } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readAddress } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { LoginChallenges } from "../../accounts/login-challenges.ts";
import type { Session, Sessions } from "../../accounts/sessions.ts";
import type { AccountAccess } from "./account-access.ts";
import { csrfTokenOf, isFromOwnPages } from "./account-access.ts";
import type { LoginBounds } from "./login-bounds.ts";
import { readSessionCookie, writeSessionCookie } from "./session-cookie.ts";

/** What signing in needs of other rooms. */
export interface AuthRoutesDeps extends Pick<AccountAccess, "requireSession"> {
  readonly challenges: LoginChallenges;
  readonly sessions: Sessions;
  readonly loginBounds: LoginBounds;
  /** Where clients reach this router. */
  url(): string;
}

type Scope = Parameters<FastifyPluginCallbackTypebox>[0];

const TAGS = ["Sessions"];
const Text = Type.String();
const Time = Type.String({ format: "date-time" });
const BY_MESSAGE = "Signed as a message";
const BY_TRANSACTION = "Signed as a transaction, by wallets that cannot sign messages";

/** What a wallet is asked to sign: `input` for wallets with `solana:signIn`, `message` for all others. */
const ChallengeShape = Type.Object({
  input: Type.Object({
    domain: Text,
    address: Text,
    statement: Text,
    uri: Text,
    version: Text,
    nonce: Text,
    issuedAt: Time,
    expirationTime: Time,
  }),
  message: Type.String({ description: "The exact text to sign" }),
  expires_at: Time,
});

const LoginShape = Type.Union([
  Type.Object(
    {
      address: Type.String({ maxLength: 44 }),
      message: Type.String({ maxLength: 4_000, description: "The text that was signed" }),
      signature: Type.String({ maxLength: 90, description: "In base58" }),
    },
    { title: BY_MESSAGE },
  ),
  Type.Object(
    {
      transaction: Type.String({
        maxLength: 2_000,
        description: "In base64: legacy, signed by the wallet, with one instruction, a memo that holds the text",
      }),
    },
    { title: BY_TRANSACTION },
  ),
]);

const SessionShape = Type.Object({
  wallet: Text,
  expires_at: Time,
  idle_expires_at: Type.String({ format: "date-time", description: "When it ends if it is not used any more" }),
  csrf_token: Type.String({ description: "For `x-csrf-token` of every request that changes something" }),
});

function describeSession(session: Session, token: string): Static<typeof SessionShape> {
  return {
    wallet: session.wallet,
    expires_at: new Date(session.expiresAtMs).toISOString(),
    idle_expires_at: new Date(session.idleExpiresAtMs).toISOString(),
    csrf_token: csrfTokenOf(token),
  };
}

/** Bytes out of a field; throws `invalid_request` that names the field, and quotes nothing of it. */
function readBytes(param: string, name: string, decode: () => Uint8Array): Uint8Array {
  try {
    return decode();
  } catch (cause) {
    throw new AimoError("invalid_request", { expected: name, found: "other characters", param }, { cause });
  }
}

function readLogin(login: Static<typeof LoginShape>): SignedText {
  if ("transaction" in login) {
    return readMemoTransaction(readBytes("transaction", "base64", () => base64.decode(login.transaction)));
  }
  const { address, message, signature } = login;
  const signer = readAddress(address);
  if (signer === undefined) {
    const expected = "the address of a Solana wallet";
    throw new AimoError("invalid_request", { expected, found: "another text", param: "address" });
  }
  return {
    signer,
    text: message,
    message: Buffer.from(message),
    signature: readBytes("signature", "base58", () => base58.decode(signature)),
  };
}

function addChallenge(scope: Scope, { challenges }: AuthRoutesDeps): void {
  const schema = {
    summary: "The text a wallet signs to sign in",
    tags: TAGS,
    body: Type.Object({ address: Type.String({ maxLength: 44 }) }),
    response: { 200: ChallengeShape },
  };
  scope.post("/auth/challenge", { schema }, ({ body }) => {
    const { fields, message } = challenges.issue(body.address);
    const { statement = "", version = "", ...rest } = fields;
    return { input: { ...rest, statement, version }, message, expires_at: fields.expirationTime };
  });
}

function addLogin(scope: Scope, { challenges, sessions, loginBounds, url }: AuthRoutesDeps): void {
  const schema = {
    summary: "Sign in with what a wallet signed; sets the session's cookie",
    tags: TAGS,
    body: LoginShape,
    response: { 200: SessionShape },
  };
  scope.post("/auth/login", { schema }, async (request, reply) => {
    // Another site could sign its visitor in to an account of its own, and see what is paid into it.
    if (!isFromOwnPages(request, url())) {
      throw new AimoError("bad_login", { detail: "it came from another site's page. Sign in on this router's own." });
    }
    const proven = await challenges.prove(readLogin(request.body));
    loginBounds.enter(request.socket.remoteAddress);
    const token = await sessions.open(proven);
    const before = readSessionCookie(request.headers.cookie, url());
    if (before !== undefined) await sessions.end(before);
    const session = await sessions.use(token);
    if (session === undefined) throw new AimoError("missing_session", {}); // ended already, by many others of this wallet
    reply.header("set-cookie", writeSessionCookie(token, url()));
    return describeSession(session, token);
  });
}

function addSession(scope: Scope, { sessions, requireSession, url }: AuthRoutesDeps): void {
  const security = [{ session: [] }];
  const shown = { summary: "Who is signed in", tags: TAGS, security, response: { 200: SessionShape } };
  scope.get("/auth/session", { schema: shown }, (request) =>
    requireSession(request).then((session) => describeSession(session, session.token)),
  );

  const ended = {
    summary: "Sign out",
    tags: TAGS,
    security,
    response: { 204: Type.Null({ description: "The session has ended" }) },
  };
  scope.post("/auth/logout", { schema: ended }, async (request, reply) => {
    const { token } = await requireSession(request);
    await sessions.end(token);
    reply.header("set-cookie", writeSessionCookie("", url()));
    return reply.code(204).send(null);
  });
}

/** Creates the routes. */
export function authRoutes(deps: AuthRoutesDeps): FastifyPluginCallbackTypebox {
  return (scope, _options, next) => {
    scope.addHook("onRequest", (_request, reply, done) => {
      reply.header("cache-control", "no-store"); // tokens and nonces are for one reader, once
      done();
    });
    addChallenge(scope, deps);
    addLogin(scope, deps);
    addSession(scope, deps);
    next();
  };
}
