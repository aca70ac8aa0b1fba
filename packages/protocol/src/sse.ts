// Server-sent events read incrementally, exactly as the HTML standard's parser does (section 9.2.6).
import { AimoError } from "./errors.ts";
import { SSE_EVENT_CHARS_MAX } from "./limits.ts";

/** What a stream of events consists of. */
export interface SseListener {
  /** One dispatched event: its data lines joined by newlines, and its type where one was given. */
  event(data: string, type: string | undefined): void;
  /** A comment line without its colon: a keep-alive. */
  comment?(text: string): void;
}

/** An incremental parser: `push` takes bytes split anywhere, even inside a character or a line end. */
export interface SseParser {
  push(bytes: Uint8Array): void;
  /**
   * The data of an event whose blank line never came, now that the stream has ended; undefined where nothing is left.
   * The standard drops it, since it may be cut; some servers just leave the last blank line out. The caller judges.
   */
  end(): string | undefined;
  /** Memory that the event takes which has not ended: its characters, and what each line and piece costs beside them. */
  readonly heldBytes: number;
}

const PIECE_BYTES = 32; // a string's header and its place in a list
const LINE_BYTES = 64; // the nodes that join a line to those before it

/** Creates a parser. An event without its blank line is not dispatched; one above the limit throws `provider_error`. */
export function createSseParser(listener: SseListener, charsMax = SSE_EVENT_CHARS_MAX): SseParser {
  const decoder = new TextDecoder(); // removes a byte order mark, and holds back incomplete characters
  const rest: string[] = []; // the pieces of a line that has not ended yet
  let restChars = 0;
  let data: string | undefined;
  let type: string | undefined;
  let heldChars = 0;
  let heldLines = 0;
  let afterReturn = false; // the last chunk ended in CR: a leading LF belongs to it

  const endLine = (line: string): void => {
    if (line === "") {
      if (data !== undefined) listener.event(data, type);
      data = undefined;
      type = undefined;
      heldChars = 0;
      heldLines = 0;
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) {
      listener.comment?.(line.slice(1));
      return;
    }
    const field = colon === -1 ? line : line.slice(0, colon);
    const valueStart = line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1;
    const value = colon === -1 ? "" : line.slice(valueStart);
    if (field === "data") {
      heldChars += value.length + 1; // with the line's end: empty lines make an event longer too
      heldLines += 1;
      data = data === undefined ? value : `${data}\n${value}`;
    } else if (field === "event") type = value === "" ? undefined : value;
  };

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      if (text === "") return;
      if (afterReturn && text.charCodeAt(0) === 0x0a) text = text.slice(1);
      afterReturn = text.endsWith("\r");
      // Nearly every stream ends its lines with LF alone: one search tells whether this piece needs the slower way.
      const hasReturn = text.includes("\r");
      let start = 0;
      for (let end = lineEnd(text, 0, hasReturn); end !== -1; end = lineEnd(text, start, hasReturn)) {
        const line = text.slice(start, end);
        endLine(rest.length === 0 ? line : rest.join("") + line);
        rest.length = 0;
        restChars = 0;
        start = end + (text.charCodeAt(end) === 0x0d && text.charCodeAt(end + 1) === 0x0a ? 2 : 1);
      }
      if (start < text.length) {
        rest.push(start === 0 ? text : text.slice(start));
        restChars += text.length - start;
      }
      if (heldChars + restChars > charsMax) throw tooLong(charsMax);
    },
    get heldBytes() {
      return heldChars + restChars + rest.length * PIECE_BYTES + heldLines * LINE_BYTES;
    },
    end() {
      if (rest.length > 0) endLine(rest.join(""));
      rest.length = 0;
      const left = data;
      data = undefined;
      return left;
    },
  };
}

function tooLong(charsMax: number): AimoError {
  const detail = `it sent an event of more than ${charsMax} characters`;
  return new AimoError("provider_error", { provider: "upstream", detail });
}

function lineEnd(text: string, from: number, hasReturn: boolean): number {
  const feed = text.indexOf("\n", from);
  if (!hasReturn) return feed;
  const carriage = text.indexOf("\r", from);
  return carriage !== -1 && (feed === -1 || carriage < feed) ? carriage : feed;
}
