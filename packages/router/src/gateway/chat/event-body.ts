// The bytes of a streamed answer: its status, and its chunks, each written at once where Node would write four pieces.
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { asWritten } from "../unread-answers.ts";

/** Headers as the framework keeps them. */
export type Headers = Readonly<Record<string, number | string | string[] | undefined>>;

function headersOf(opening: Headers): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const name in opening) if (opening[name] !== undefined) headers[name] = opening[name];
  headers["content-type"] = "text/event-stream; charset=utf-8";
  headers["cache-control"] = "no-cache, no-transform";
  headers["x-accel-buffering"] = "no";
  return headers;
}

/** The body of a response that is a stream of events. */
export class EventBody {
  readonly #response: ServerResponse;
  readonly #opening: () => Headers;
  #isOpen = false;
  /** Whether the client reads chunks, as all but those of HTTP/1.0 do. */
  #isChunked = false;

  /** `opening` gives the headers of its status. */
  constructor(response: ServerResponse, opening: () => Headers) {
    this.#response = response;
    this.#opening = opening;
  }

  /** Whether the client has its status. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Writes the status, once. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#response.writeHead(200, headersOf(this.#opening()));
    // From here on chunks are made here.
    this.#isChunked = this.#response.chunkedEncoding;
    this.#response.chunkedEncoding = false;
  }

  /** Writes a text that is not empty; false when the client does not keep up. */
  write(text: string): boolean {
    return this.#response.write(asWritten(this.#framed(text)));
  }

  /** Writes the last text, which is not empty either. */
  end(text: string): void {
    this.#response.end(asWritten(this.#isChunked ? `${this.#framed(text)}0\r\n\r\n` : text));
  }

  #framed(text: string): string {
    return this.#isChunked ? `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n` : text;
  }
}
