// Calls of a Solana node over HTTP, as kit's client wants them made: with a bound for what a node may answer, and every digit of it.
import type { RpcTransport } from "@solana/kit";
import { NODE_ANSWER_BYTES_MAX } from "../limits.ts";
import { CommandFault } from "../fault.ts";
import { exchange } from "../network/http-exchange.ts";
import type { HttpAnswer } from "../network/http-exchange.ts";

const HEADERS = { accept: "application/json", "content-type": "application/json" };
const INTEGER = /^-?\d+$/;

/** Slots and limits as JSON: kit refuses those that a number cannot hold before they come here. */
function bodyOf(payload: unknown): string {
  return JSON.stringify(payload, (_name, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
}

/** Reads JSON; whole numbers that a number cannot hold exactly are bigints. Throws `SyntaxError`. */
function parseNodeJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, { source = "" }: { readonly source?: string } = {}) =>
    typeof value === "number" && !Number.isSafeInteger(value) && INTEGER.test(source) ? BigInt(source) : value,
  );
}

async function readText({ body }: HttpAnswer, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > NODE_ANSWER_BYTES_MAX) {
      throw new CommandFault({
        what: `The answer of the Solana node at ${new URL(url).origin} is too long to be one.`,
        why: `it has more than ${NODE_ANSWER_BYTES_MAX} bytes.`,
        next: "Take another node: --rpc-url.",
        reason: "unreachable",
        code: "no_node",
      });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** A node that answers with an HTTP error is busy, wants a key, or is no node. */
function httpFault(status: number, url: string): CommandFault {
  const why = status === 429 ? "it answers too many already (429)." : `it answers with status ${status}.`;
  const next =
    status === 429 ? "Wait a little, or take another node: --rpc-url." : "Check --rpc-url and the key in it.";
  const what = `The Solana node at ${new URL(url).origin} refused.`;
  return new CommandFault({ what, why, next, reason: "unreachable" });
}

/** Calls the node at `url`; throws `CommandFault` for an HTTP error, `SyntaxError` for what is no JSON, and what the connection throws. */
export function nodeTransport(url: string): RpcTransport {
  return async <Answer>({ payload, signal }: Parameters<RpcTransport>[0]): Promise<Answer> => {
    const waiting = signal ?? new AbortController().signal;
    const question = { method: "POST", headers: HEADERS, body: bodyOf(payload), signal: waiting };
    const answer = await exchange(new URL(url), question);
    if (!answer.ok) {
      for await (const _piece of answer.body) break; // what else it says is nobody's business, and its connection ends
      throw httpFault(answer.status, url);
    }
    return parseNodeJson(await readText(answer, url)) as Answer;
  };
}
