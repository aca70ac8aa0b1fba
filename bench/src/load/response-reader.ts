// Reads HTTP/1.1 responses from the bytes of one connection, as little of them as a load generator needs to know.

/** What the owner of a reader is told. */
export interface ResponseEvents {
  /** Bytes of the body have come; told for each piece of it. */
  body(bytes: number): void;
  /** The response is whole; the connection is free for the next one. */
  ended(status: number): void;
}

const HEAD_END = "\r\n\r\n";
const STATUS_AT = "HTTP/1.1 ".length;
const NEWLINE = 10;

type State = "head" | "length" | "chunk-size" | "chunk" | "last-line";

const NOT_MODIFIED = 304; // the one status without a body that is asked for here

/** A reader of responses with a content-length, in chunks or without a body; anything else throws. */
export class ResponseReader {
  readonly #events: ResponseEvents;
  #state: State = "head";
  #status = 0;
  /** A head or a line whose end has not come yet. */
  #unread = "";
  /** Bytes that are missing of the body, or of the chunk with the line end behind it. */
  #missingBytes = 0;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** Reads the next bytes of the connection; they are not kept. */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case "head":
          at = this.#readHead(bytes, at);
          break;
        case "length":
          at = this.#readLength(bytes, at);
          break;
        case "chunk":
          at = this.#readChunk(bytes, at);
          break;
        case "chunk-size":
        case "last-line":
          at = this.#readLine(bytes, at);
      }
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const before = this.#unread.length;
    const text = this.#unread + bytes.toString("latin1", at);
    const end = text.indexOf(HEAD_END);
    if (end < 0) {
      this.#unread = text;
      return bytes.length;
    }
    this.#unread = "";
    this.#startBody(text.slice(0, end));
    return at + end + HEAD_END.length - before;
  }

  #startBody(head: string): void {
    this.#status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
    const length = /\r\ncontent-length: *([0-9]+)/i.exec(head)?.[1];
    if (length !== undefined) {
      this.#missingBytes = Number(length);
      this.#state = "length";
      if (this.#missingBytes === 0) this.#end();
    } else if (this.#status === NOT_MODIFIED) this.#end();
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#state = "chunk-size";
    else throw new Error(`a response with neither a length nor chunks: ${head}`);
  }

  #readLength(bytes: Buffer, at: number): number {
    const read = Math.min(this.#missingBytes, bytes.length - at);
    this.#missingBytes -= read;
    this.#events.body(read);
    if (this.#missingBytes === 0) this.#end();
    return at + read;
  }

  #readChunk(bytes: Buffer, at: number): number {
    const read = Math.min(this.#missingBytes, bytes.length - at);
    this.#missingBytes -= read;
    if (this.#missingBytes === 0) this.#state = "chunk-size";
    this.#events.body(read);
    return at + read;
  }

  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) {
      this.#unread += bytes.toString("latin1", at);
      return bytes.length;
    }
    const line = this.#unread + bytes.toString("latin1", at, end);
    this.#unread = "";
    if (this.#state === "last-line") this.#end();
    else this.#startChunk(line);
    return end + 1;
  }

  #startChunk(line: string): void {
    const size = Number.parseInt(line, 16);
    if (!(size >= 0)) throw new Error(`expected the size of a chunk, found ${JSON.stringify(line.slice(0, 40))}`);
    this.#missingBytes = size + 2; // the line end behind it
    this.#state = size === 0 ? "last-line" : "chunk";
  }

  #end(): void {
    this.#state = "head";
    this.#events.ended(this.#status);
  }
}
