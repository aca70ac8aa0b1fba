// The file behind the kept Ends: lines of JSON, appended, read once at the start, and written anew when it has grown.
import {
  appendFileSync,
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { End } from "@aimo-network/protocol/wire/messages";
import { decodeMessage } from "@aimo-network/protocol/wire/messages";
import { SPOOL_BYTES_MAX } from "../limits.ts";

/** An End that its router has not acknowledged; it holds counts and codes, never a word of a prompt or an answer. */
export interface KeptEnd {
  readonly routerId: string;
  /** When it was kept, in milliseconds since 1970. */
  readonly keptAtMs: number;
  readonly end: End;
}

const OWNER_ONLY = 0o600;
const encoder = new TextEncoder();

/** An End without the words of its error, which may quote a request; its code is all that a replay needs. */
function withoutWords(end: End): End {
  return end.error === undefined ? end : { ...end, error: { ...end.error, message: "" } };
}

/** The line that keeps an End. */
export function keptLine({ routerId, keptAtMs, end: told }: KeptEnd): string {
  const end = withoutWords(told);
  return `${JSON.stringify({ router: routerId, at: keptAtMs, end })}\n`;
}

/** The line that says an End may be forgotten. */
export function forgottenLine(attemptId: string): string {
  return `${JSON.stringify({ forget: attemptId })}\n`;
}

/** Makes room for the file, readable by its owner only. */
export function prepareSpool(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, "", { mode: OWNER_ONLY });
  chmodSync(path, OWNER_ONLY); // it may have been there with another mode
}

/** Adds lines to the file. Each call opens it anew, so that another process may have replaced it meanwhile. */
export function appendSpool(path: string, lines: string): void {
  appendFileSync(path, lines, { mode: OWNER_ONLY });
}

/** What stands in a spool file, oldest first, and how many lines could not be read. */
export interface SpoolContents {
  readonly ends: ReadonlyMap<string, KeptEnd>;
  readonly lines: number;
  readonly unreadable: number;
}

/** Reads the file; a line cut by a crash is skipped and counted. */
export function readSpool(path: string): SpoolContents {
  const ends = new Map<string, KeptEnd>();
  const lines = readText(path)
    .split("\n")
    .filter((line) => line !== "");
  let unreadable = 0;
  for (const line of lines) {
    const entry = readLine(line);
    if (entry === undefined) unreadable += 1;
    else if (typeof entry === "string") ends.delete(entry);
    else ends.set(entry.end.attempt_id, entry);
  }
  return { ends, lines: lines.length, unreadable };
}

/** Writes the file anew with these Ends alone; a crash leaves the old file or the new one. */
export function rewriteSpool(path: string, ends: Iterable<KeptEnd>): void {
  const next = `${path}.next`;
  writeFileSync(next, [...ends].map(keptLine).join(""), { mode: OWNER_ONLY });
  renameSync(next, path);
}

function readText(path: string): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, SPOOL_BYTES_MAX));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString("utf8", 0, read);
    return bytes.length === size ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    closeSync(file);
  }
}

function readLine(line: string): KeptEnd | string | undefined {
  try {
    const value = JSON.parse(line) as { forget?: unknown; router?: unknown; at?: unknown; end?: unknown } | null;
    if (typeof value?.forget === "string") return value.forget;
    if (typeof value?.router !== "string" || typeof value.at !== "number") return undefined;
    const end = decodeMessage("end-replay", encoder.encode(JSON.stringify(value.end ?? null)));
    return { routerId: value.router, keptAtMs: value.at, end };
  } catch (error) {
    if (error instanceof SyntaxError || isAimoError(error, "protocol_violation")) return undefined;
    throw error;
  }
}
