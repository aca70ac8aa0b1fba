// A transaction that the router composes for the wallet to sign: what it does is read from its bytes, not from its answer.
import { base64 } from "@scure/base";
import { objectIn, textIn } from "@aimo-network/protocol/told-members";
import { CommandFault } from "../fault.ts";
import { TRANSACTION_CHARS_MAX } from "../limits.ts";
import type { CallOptions, RouterClient } from "../network/router-client.ts";

/** The bytes in an answer's `transaction`; throws `CommandFault` for what is none. */
export function readComposed(data: unknown): Uint8Array {
  const text = textIn(data, "transaction");
  try {
    if (text === undefined || text.length > TRANSACTION_CHARS_MAX) throw new Error("no bytes");
    return base64.decode(text);
  } catch (cause) {
    throw new CommandFault(
      {
        what: "Nothing was signed: the router's answer holds no transaction.",
        why: "expected its bytes in base64.",
        next: "Try again, or tell its operator.",
        reason: "refused",
        code: "transaction_unreadable",
      },
      { cause },
    );
  }
}

/** Has the router compose one, such as at `/api/v1/account/deposit`. */
export async function composeByRouter(
  client: RouterClient,
  path: string,
  options: Pick<CallOptions, "body" | "what">,
): Promise<Uint8Array> {
  return readComposed(objectIn(await client.call(path, options), "data"));
}
