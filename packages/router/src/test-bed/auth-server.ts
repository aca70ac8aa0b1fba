// An instance of a router as far as signing in goes: real sockets, and a database that others may share.
import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import { base58 } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { systemRandom } from "@aimo-network/protocol/random";
import { bearerOf } from "../accounts/read-bearer.ts";
import { createKeyRegister } from "../accounts/key-register.ts";
import { createKeyring } from "../accounts/keyring.ts";
import { createLoginChallenges } from "../accounts/login-challenges.ts";
import { createSessions } from "../accounts/sessions.ts";
import { createAccountAccess } from "../gateway/sign-in/account-access.ts";
import { authRoutes } from "../gateway/sign-in/auth.ts";
import { installErrorReplies } from "../gateway/error-reply.ts";
import type { LoginCounts } from "../gateway/sign-in/login-bounds.ts";
import { createLoginBounds } from "../gateway/sign-in/login-bounds.ts";
import type { Database } from "../ledger/database/database.ts";
import { createLog } from "../log.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";

/** What a client saw of an answer. */
export interface AuthReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** Our code of an error. */
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** A challenge as its client reads it. */
export interface AuthChallenge {
  readonly input: Readonly<Record<string, string>>;
  readonly message: string;
  readonly expires_at: string;
}

/** A browser that keeps the session's cookie, or forgets it. */
export interface AuthClient {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<AuthReply>;
  challenge(address: string): Promise<AuthChallenge>;
  /** Signs in with a wallet the way a page does. */
  signIn(wallet: Wallet): Promise<AuthReply>;
  cookie: string | undefined;
}

/** One instance. */
export interface AuthServer {
  readonly url: string;
  readonly logLines: readonly string[];
  client(): AuthClient;
  close(): Promise<void>;
}

/** How an instance differs from a plain one. */
export interface AuthServerOptions extends LoginCounts {
  /** Where its clients are told that they reach it. */
  readonly publicUrl?: string;
  readonly secret?: string;
}

async function replyOf(response: Response): Promise<AuthReply> {
  const text = await response.text();
  const json = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  const error = json["error"] as { message: string; metadata: { error_code: string } } | undefined;
  const { status, headers } = response;
  return { status, headers, text, json, code: error?.metadata.error_code, message: error?.message };
}

/** A browser at the router of this URL, with nobody signed in. */
export function browserAt(url: string): AuthClient {
  const client: AuthClient = {
    cookie: undefined,
    async send(method, path, body, headers = {}) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { ...(client.cookie !== undefined && { cookie: client.cookie }), ...headers },
        ...sent,
      });
      const [pair] = (response.headers.get("set-cookie") ?? "").split(";");
      if (pair !== undefined && pair !== "") client.cookie = pair.endsWith("=") ? undefined : pair;
      return await replyOf(response);
    },
    async challenge(address) {
      const { json } = await client.send("POST", "/auth/challenge", { address });
      return json as unknown as AuthChallenge;
    },
    async signIn(wallet) {
      const address = base58.encode(wallet.publicKey);
      const { message } = await client.challenge(address);
      const signature = base58.encode(await wallet.sign(Buffer.from(message)));
      return await client.send("POST", "/auth/login", { address, message, signature });
    },
  };
  return client;
}

/** Starts an instance on a database. */
export async function startAuthServer(
  database: Database,
  clock: ManualClock,
  { publicUrl, secret = "of this router", ...counts }: AuthServerOptions = {},
): Promise<AuthServer> {
  const logLines: string[] = [];
  const sink = { write: (line: string) => void logLines.push(line) };
  const log = createLog("trace", sink);
  // The framework's own words are kept here, which a router drops: no secret is in them either.
  const server = fastify({ logger: { level: "trace", stream: sink } });
  const urlHere = (): string => `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const url = (): string => publicUrl ?? urlHere();
  const sessions = createSessions({ clock, random: systemRandom, log, database });
  const sealing = createHash("sha256").update(secret).digest();
  const rules = { routerId: base58.encode(sealing), acceptV1Spending: false };
  const keys = createKeyring({ clock, register: createKeyRegister(database) }, rules);
  const access = createAccountAccess({
    sessions,
    authenticate: ({ headers }, scope) => keys.authenticate(bearerOf(headers), scope),
    url,
  });
  installErrorReplies(server, QUIET_OBSERVER);
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, server.getDefaultJsonParser("error", "error"));
  const challenges = createLoginChallenges({ clock, random: systemRandom, secret: sealing, url });
  const loginBounds = createLoginBounds(clock, counts);
  await server.register(authRoutes({ ...access, challenges, sessions, loginBounds, url }), { prefix: "/api/v1" });
  server.all("/api/v1/account", (request) => access.accountOf(request, "account"));
  await server.listen({ host: "127.0.0.1", port: 0 });
  return {
    url: url(),
    logLines,
    client: () => browserAt(urlHere()),
    async close() {
      sessions.close();
      await server.close();
    },
  };
}
