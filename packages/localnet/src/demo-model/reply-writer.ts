// Bytes on their way to the client: as fast as it reads them, or at the pace and in the pieces its model name asks for.

import type { ServerResponse } from "node:http";

import { type Clock, sleep } from "@aimo-network/protocol/clock";

import { BATCH_CHARS } from "./limits.ts";

/** How the parts of an answer are written. */
export interface WriteManner {
  /** Milliseconds between parts. */
  readonly paceMs: number;
  /** Whether each byte is a write of its own. */
  readonly split: boolean;
  /** Milliseconds between those bytes. */
  readonly bytePaceMs: number;
  /** Whether to wait until all has left for the network, so that a cut takes nothing back. */
  readonly flush: boolean;
}

type Write = (reply: ServerResponse, bytes: string | Uint8Array, gone: AbortSignal) => Promise<void>;

/** Resolves when `gone` aborts. */
export function untilGone(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Writes and resolves when the bytes have left for the network, or the client is gone. */
export const writeThrough: Write = (reply, bytes, gone) =>
  new Promise((resolve) => {
    void untilGone(gone).then(resolve);
    reply.write(bytes, () => resolve());
  });

/** Writes and resolves as soon as more may be written, or the client is gone. */
const writeOn: Write = async (reply, bytes, gone) => {
  if (reply.write(bytes)) return;
  await new Promise<void>((resolve) => {
    void untilGone(gone).then(resolve);
    reply.once("drain", resolve);
  });
};

async function writeBatches(
  reply: ServerResponse,
  parts: Iterable<string>,
  write: Write,
  gone: AbortSignal,
): Promise<void> {
  let batch = "";
  for (const part of parts) {
    batch += part;
    if (batch.length < BATCH_CHARS) continue;
    await write(reply, batch, gone);
    if (gone.aborted) return;
    batch = "";
  }
  if (batch !== "") await write(reply, batch, gone);
}

function bytesWriter(clock: Clock, bytePaceMs: number): Write {
  return async (reply, text, gone) => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length && !gone.aborted; at += 1) {
      // Node joins writes of one turn into one packet, so each must have left before the next.
      await writeThrough(reply, bytes.subarray(at, at + 1), gone);
      if (bytePaceMs > 0) await sleep(clock, bytePaceMs, gone);
    }
  };
}

/** Writes all `parts`, waiting whenever the client reads slower; stops when it is gone. */
export async function writeParts(
  reply: ServerResponse,
  parts: Iterable<string>,
  { paceMs, split, bytePaceMs, flush }: WriteManner,
  clock: Clock,
  gone: AbortSignal,
): Promise<void> {
  const write = flush ? writeThrough : writeOn;
  if (paceMs === 0 && !split) return writeBatches(reply, parts, write, gone);
  const writePart = split ? bytesWriter(clock, bytePaceMs) : write;
  let isFirst = true;
  for (const part of parts) {
    if (!isFirst && paceMs > 0) await sleep(clock, paceMs, gone);
    isFirst = false;
    if (gone.aborted) return;
    await writePart(reply, part, gone);
  }
}
