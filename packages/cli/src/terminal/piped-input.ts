// All that is piped into a command, as one text.
import type { Readable } from "node:stream";
import { CommandFault } from "../fault.ts";

function tooLong(bytesMax: number): CommandFault {
  return new CommandFault({
    what: "Standard input is too long.",
    why: `more than ${bytesMax} bytes came.`,
    next: "Pipe less into it.",
    reason: "usage",
  });
}

async function gather(input: Readable, bytesMax: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of input as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLong(bytesMax);
    pieces.push(piece);
  }
  return pieces;
}

/**
 * Reads standard input to its end, which whoever pipes into it may never send: `signal` ends the waiting. Throws
 * `CommandFault` for more than `bytesMax` and for what is no text.
 */
export async function readPiped(input: Readable, bytesMax: number, signal?: AbortSignal): Promise<string> {
  const stop = (): void => void input.destroy(new CommandFault({ what: "Interrupted.", reason: "interrupted" }));
  signal?.addEventListener("abort", stop, { once: true });
  const pieces = await gather(input, bytesMax).finally(() => signal?.removeEventListener("abort", stop));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    throw new CommandFault(
      { what: "Standard input is no text.", why: "it is not UTF-8.", next: "Pipe text into it.", reason: "usage" },
      { cause: error },
    );
  }
}
