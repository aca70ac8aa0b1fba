// Who may read what happened: a wallet with everything that is its own, or one of its keys with what that key did.
import type { FastifyRequest } from "fastify";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Purpose } from "../accounts/caller.ts";
import type { Reader } from "../activity/generations.ts";

/** A caller that may read for its wallet. */
export interface AccountAccess {
  readonly wallet: string;
  readonly via: "key" | "session";
  readonly keyId?: string;
}

/** What telling callers apart needs. */
export interface AccountReaderDeps {
  /** The session, or the key that has the scope; throws what to answer otherwise. */
  accountOf(request: FastifyRequest, scope: "account" | "keys"): Promise<AccountAccess>;
  authenticate(request: FastifyRequest, purpose: Purpose): Promise<{ readonly id: string; readonly wallet: string }>;
}

/** The reader behind a request: a key without the scope `account` reads what it made itself. */
export async function readerOf(
  { accountOf, authenticate }: AccountReaderDeps,
  request: FastifyRequest,
): Promise<Reader> {
  try {
    const { wallet } = await accountOf(request, "account");
    return { wallet };
  } catch (error) {
    if (!isAimoError(error, "scope_missing")) throw error;
    const { id, wallet } = await authenticate(request, "own");
    return { wallet, onlyKeyId: id };
  }
}

/** The provider behind a request: a session's wallet, or that of a key that may serve models. */
export async function providerOf(
  { accountOf, authenticate }: AccountReaderDeps,
  request: FastifyRequest,
): Promise<string> {
  if (request.headers.authorization === undefined && request.headers["x-api-key"] === undefined) {
    return (await accountOf(request, "account")).wallet;
  }
  return (await authenticate(request, "serve")).wallet;
}
