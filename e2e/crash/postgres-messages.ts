// What a client and PostgreSQL say to each other, cut into its messages, and the few of them that are read here.

/** One message of PostgreSQL's protocol, version 3. */
export interface PostgresMessage {
  /** Its letter; empty for the first message of a client, which has none. */
  readonly type: string;
  /** All of it, as it came. */
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 4;

/** Cuts one direction of a connection into messages; a client's first one has no letter. */
export function createMessageCutter(from: "client" | "database"): (chunk: Buffer) => PostgresMessage[] {
  let rest = Buffer.alloc(0);
  let letterBytes = from === "client" ? 0 : 1;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: PostgresMessage[] = [];
    while (rest.length >= letterBytes + LENGTH_BYTES) {
      const end = letterBytes + rest.readInt32BE(letterBytes);
      if (rest.length < end) break;
      messages.push({ type: rest.toString("latin1", 0, letterBytes), bytes: rest.subarray(0, end) });
      rest = rest.subarray(end);
      letterBytes = 1;
    }
    return messages;
  };
}

/** The values of a Bind message, in PostgreSQL's text form, with the name of their statement. */
export interface BoundStatement {
  readonly statement: string;
  readonly values: readonly string[];
}

/** Reads a Bind message; undefined for any other. */
export function readBind({ type, bytes }: PostgresMessage): BoundStatement | undefined {
  if (type !== "B") return undefined;
  let at = 1 + LENGTH_BYTES;
  const text = (): string => {
    const start = at;
    at = bytes.indexOf(0, start) + 1;
    return bytes.toString("utf8", start, at - 1);
  };
  const count = (): number => {
    at += 2;
    return bytes.readInt16BE(at - 2);
  };
  text(); // the portal
  const statement = text();
  const formats = count();
  at += 2 * formats;
  const values = Array.from({ length: count() }, () => {
    const length = bytes.readInt32BE(at);
    at += LENGTH_BYTES + Math.max(0, length);
    return length < 0 ? "" : bytes.toString("utf8", at - length, at);
  });
  return { statement, values };
}

/** The process that serves a connection, from its BackendKeyData; undefined for any other message. */
export function readProcessId({ type, bytes }: PostgresMessage): number | undefined {
  return type === "K" ? bytes.readInt32BE(1 + LENGTH_BYTES) : undefined;
}
