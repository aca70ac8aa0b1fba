// What a router answered: its JSON, or a fault in its own words.
import { safeLine } from "@aimo-network/protocol/safe-line";
import { CommandFault } from "../fault.ts";
import type { ExitReason } from "../exit-codes.ts";
import { ROUTER_ANSWER_BYTES_MAX } from "../limits.ts";
import { parseExactJson } from "./exact-json.ts";

interface ErrorBody {
  readonly error?: {
    readonly message?: unknown;
    readonly metadata?: { readonly error_code?: unknown };
  } | null;
}

const NEXT: Readonly<Record<string, string>> = {
  escrow_not_opened: "aimo topup 5 opens one and deposits.",
  insufficient_balance: "aimo topup 5 deposits; aimo balance shows what there is.",
  allowance_exceeded: "aimo allowance --total <usdc> raises it.",
  key_limit_exceeded: "Take a key with more left, or a higher --limit: aimo keys inspect says what a key may spend.",
  key_expired: "aimo keygen --router <url> makes a new one.",
  key_revoked: "aimo keygen --router <url> makes a new one.",
  key_for_other_router: "aimo keygen --router <url> makes one for this router.",
  scope_missing: "aimo keygen --scopes … makes one with the scope that is missing.",
  model_not_found: "aimo models lists what is on sale.",
  chain_absent: "This router has no chain: no money moves there.",
};

const REASONS: Readonly<Record<string, Exclude<ExitReason, "done">>> = {
  insufficient_balance: "funds",
  allowance_exceeded: "funds",
  key_limit_exceeded: "funds",
  escrow_not_opened: "funds",
};

function reasonOf(status: number, code: string): Exclude<ExitReason, "done"> {
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (status === 401) return "wallet";
  return status >= 500 ? "unreachable" : "refused";
}

/** The fault that an error body tells; `what` is what was tried, as a sentence. */
export function refusedBy(what: string, status: number, body: unknown): CommandFault {
  const { error } = (typeof body === "object" && body !== null ? body : {}) as ErrorBody;
  const code = typeof error?.metadata?.error_code === "string" ? safeLine(error.metadata.error_code, 60) : undefined;
  const message = typeof error?.message === "string" ? safeLine(error.message) : `it answered with status ${status}.`;
  const next = code === undefined ? undefined : NEXT[code];
  return new CommandFault({
    what,
    why: message,
    ...(next !== undefined && { next }),
    reason: reasonOf(status, code ?? ""),
    ...(code !== undefined && { code }),
  });
}

/** The fault for an answer that is not in a router's shape: another version, or something that stands before it. */
export function strangeAnswer(url: string, path: string): CommandFault {
  return new CommandFault({
    what: `${url} answers ${path} with something that is not a router's.`,
    why: "it may be of a version that this aimo does not know, or something stands between.",
    next: "aimo doctor looks at the versions.",
    reason: "unreachable",
    code: "strange_answer",
  });
}

/** Reads an answer's body as far as it may go. */
export async function readBody({ body }: { readonly body: AsyncIterable<Uint8Array> | null }): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    if (bytes > ROUTER_ANSWER_BYTES_MAX) {
      throw new CommandFault({
        what: "The router's answer is too long to be one.",
        why: `over ${ROUTER_ANSWER_BYTES_MAX} bytes`,
        reason: "refused",
      });
    }
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString();
  try {
    return parseExactJson(text);
  } catch {
    return undefined; // a web page of something that is no router
  }
}
