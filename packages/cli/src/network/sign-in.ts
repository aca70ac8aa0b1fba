// A session at a router, as its web console has one: for what a wallet itself must say, and no key may.
import { base58 } from "@scure/base";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { isAimoError } from "@aimo-network/protocol/errors";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { checkSignIn } from "@aimo-network/protocol/sign-in/check-sign-in";
import type { SignInFields } from "@aimo-network/protocol/sign-in/sign-in-message";
import { parseSignInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import { refusedBy } from "./router-answer.ts";
import type { CallOptions, RouterClient } from "./router-client.ts";

/** A wallet that is signed in. */
export interface Session {
  /** As `RouterClient.call`, in the session's name. */
  call(path: string, options?: CallOptions): Promise<unknown>;
  /** Signs out; what goes wrong with that is no fault, for a session ends by itself. */
  end(): Promise<void>;
}

const ChallengeShape = Type.Object({ message: Type.String() });
const SessionShape = Type.Object({ csrf_token: Type.String({ pattern: "^[\\x21-\\x7E]{1,200}$" }) });
const COOKIE = /^((?:__Host-)?aimo-session=[\w.~+/=-]{1,500})(?:;|$)/;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

function strange(client: RouterClient, why: string, next = "Check --router: is it the router that is meant?"): never {
  throw new CommandFault({ what: `Not signed in at ${client.url}.`, why, next, reason: "refused", code: "bad_login" });
}

function readFields(client: RouterClient, message: string): SignInFields {
  try {
    return parseSignInMessage(message);
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return strange(client, "it asks the wallet to sign something else than a login; nothing was signed.");
  }
}

/** Where the text has to be for: the router that is called, by any of this machine's names for itself. */
function placeOf(client: RouterClient, domain: string): { readonly domain: string; readonly uri: string } {
  const called = new URL(client.url);
  const said = new URL(`${called.protocol}//${domain}`);
  const isSameMachine = LOOPBACK.test(called.hostname) && LOOPBACK.test(said.hostname) && called.port === said.port;
  const { host, origin } = isSameMachine ? said : called;
  return { domain: host, uri: origin };
}

/** Throws unless the text lets this wallet in at this router and nowhere else: a router could hand on another's challenge. */
function checkChallenge(
  { clock }: Pick<CommandContext, "clock">,
  client: RouterClient,
  { address }: CommandWallet,
  message: string,
): void {
  const fields = readFields(client, message);
  const place = placeOf(client, fields.domain);
  if (fields.domain !== place.domain) {
    strange(
      client,
      `it asks to sign in at ${safeLine(fields.domain)}; nothing was signed.`,
      `If that is the router's own name: --router ${new URL(client.url).protocol}//${safeLine(fields.domain)}`,
    );
  }
  if (fields.address !== address) strange(client, "it asks another wallet to sign; nothing was signed.");
  try {
    checkSignIn(fields, { ...place, nowMs: clock.now() });
  } catch (error) {
    if (!isAimoError(error, "bad_login")) throw error;
    strange(client, safeLine(error.context.detail), "If a time is wrong, set this machine's clock (aimo doctor).");
  }
}

async function challenge(context: Pick<CommandContext, "clock">, client: RouterClient, wallet: CommandWallet) {
  const what = `Not signed in at ${client.url}.`;
  const body = await client.call("/api/v1/auth/challenge", { body: { address: wallet.address }, what });
  if (!Value.Check(ChallengeShape, body)) return strange(client, "its challenge is not what a router answers.");
  checkChallenge(context, client, wallet, body.message);
  return body.message;
}

/** Signs the wallet in at a router; throws `CommandFault`. End the session when it is done. */
export async function signIn(
  context: Pick<CommandContext, "clock">,
  client: RouterClient,
  wallet: CommandWallet,
): Promise<Session> {
  const message = await challenge(context, client, wallet);
  const signature = base58.encode(await wallet.wallet.sign(new TextEncoder().encode(message)));
  const { response, body } = await client.callWhole("/api/v1/auth/login", {
    body: { address: wallet.address, message, signature },
  });
  if (!response.ok) throw refusedBy(`Not signed in at ${client.url}.`, response.status, body);
  const cookie = response.headers.getSetCookie().flatMap((header) => COOKIE.exec(header)?.[1] ?? [])[0];
  if (cookie === undefined || !Value.Check(SessionShape, body)) {
    return strange(client, "its answer to the login is not a router's.");
  }
  const headers = { cookie, "x-csrf-token": body.csrf_token };
  const call: Session["call"] = (path, options = {}) =>
    client.call(path, { ...options, headers: { ...options.headers, ...headers } });
  return {
    call,
    end: () =>
      call("/api/v1/auth/logout", { method: "POST" }).then(
        () => undefined,
        () => undefined,
      ),
  };
}
