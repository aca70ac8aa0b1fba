// Who may read what happened: a wallet with everything that is its own, or one of its keys with what that key did.
import type { FastifyRequest } from "fastify";
import { isAimoError } from "@aimo-network/protocol/errors";
import { bearerOf } from "../../accounts/read-bearer.ts";
import type { Caller, Purpose } from "../../accounts/caller.ts";
import type { Reader } from "../../activity/generations.ts";
import type { AccountAccess } from "../sign-in/account-access.ts";

/** What telling callers apart needs. */
export interface AccountReaderDeps extends Pick<AccountAccess, "accountOf"> {
  authenticate(request: FastifyRequest, purpose: Purpose): Promise<Pick<Caller, "id" | "wallet">>;
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
  const isSession = bearerOf(request.headers) === undefined;
  return (isSession ? await accountOf(request, "account") : await authenticate(request, "serve")).wallet;
}
