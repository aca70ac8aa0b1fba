// What of PostgreSQL's answers, and of a client's Parse, is read beside what the ledger's chaos reads.
import type { PostgresMessage } from "../crash/postgres-messages.ts";

const HEAD_BYTES = 5; // its letter and its length
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;

/** The name and the text of a Parse message; undefined for any other. */
export function readParse({
  type,
  bytes,
}: PostgresMessage): { readonly name: string; readonly text: string } | undefined {
  if (type !== "P") return undefined;
  const nameEnd = bytes.indexOf(0, HEAD_BYTES);
  const textEnd = bytes.indexOf(0, nameEnd + 1);
  return { name: bytes.toString("utf8", HEAD_BYTES, nameEnd), text: bytes.toString("utf8", nameEnd + 1, textEnd) };
}

/** The first column of a row, as text; undefined for null, and for any other message. */
export function readFirstColumn({ type, bytes }: PostgresMessage): string | undefined {
  if (type !== "D") return undefined;
  const start = HEAD_BYTES + COUNT_BYTES;
  const length = bytes.readInt32BE(start);
  return length < 0 ? undefined : bytes.toString("utf8", start + LENGTH_BYTES, start + LENGTH_BYTES + length);
}

/** What a statement did, such as `UPDATE 1`; undefined for any other message. */
export function readTag({ type, bytes }: PostgresMessage): string | undefined {
  return type === "C" ? bytes.toString("utf8", HEAD_BYTES, bytes.indexOf(0, HEAD_BYTES)) : undefined;
}
