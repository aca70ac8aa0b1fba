// Server-sent events read incrementally, exactly as the HTML standard's parser does (section 9.2.6).
import { AimoError } from "./errors.ts";
import { SSE_EVENT_CHARS_MAX } from "./limits.ts";
import { ownText } from "./own-text.ts";

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
  heldBytes(): number;
}

const BYTE_ORDER_MARK = 0xfeff;
const DATA_CHARS = "data:".length;

const PIECE_BYTES = 32; // a string's header and its place in a list
const LINE_BYTES = 64; // the nodes that join a line to those before it
const LINES_APART_MAX = 1_024; // beyond it the places of short lines in a list would cost more than the lines

const KEPT_CHARS_MAX = 4 * 1024; // of ended lines, kept along with the line behind them because copying it costs more

/** The data lines of an event that has not ended yet. */
interface HeldEvent {
  add(value: string): void;
  /** The data so far, undefined where no line has come; the next event begins. */
  take(): string | undefined;
  /** Memory that it takes: its characters, and what each line costs beside them. */
  bytes(): number;
  /** Throws `provider_error` unless a line of this many characters still fits. */
  checkRoom(lineChars: number): void;
}

function createHeldEvent(charsMax: number): HeldEvent {
  let data: string | undefined;
  let more: string[] = []; // the lines after the first, which nearly no event has
  let chars = 0;
  return {
    add(value) {
      chars += value.length + 1; // an empty line counts too: a stream of them would grow without end
      if (data === undefined) {
        data = value;
        return;
      }
      more.push(value);
      if (more.length < LINES_APART_MAX) return;
      data = `${data}\n${more.join("\n")}`;
      more = [];
    },
    take() {
      const taken = data === undefined || more.length === 0 ? data : `${data}\n${more.join("\n")}`;
      data = undefined;
      if (more.length > 0) more = [];
      chars = 0;
      return taken;
    },
    bytes: () => chars + more.length * LINE_BYTES,
    checkRoom(lineChars) {
      if (chars + lineChars <= charsMax) return;
      const detail = `it sent an event of more than ${charsMax} characters`;
      throw new AimoError("provider_error", { provider: "upstream", detail });
    },
  };
}

/**
 * Creates a parser. An event without its blank line is not dispatched; one above the limit throws `provider_error`,
 * at the same place however the bytes were split.
 */
export function createSseParser(listener: SseListener, charsMax = SSE_EVENT_CHARS_MAX): SseParser {
  // Holds back incomplete characters. Node's own removal of the byte order mark takes a second one when the first is split.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let begun = false;
  const rest: string[] = []; // the pieces of a line that has not ended yet
  let restChars = 0;
  const held = createHeldEvent(charsMax);
  let type: string | undefined;
  let afterReturn = false; // the last chunk ended in CR: a leading LF belongs to it

  const endLine = (line: string): void => {
    if (line === "") {
      const ended = held.take();
      if (ended !== undefined) listener.event(ended, type);
      type = undefined;
      return;
    }
    held.checkRoom(line.length);
    if (line.startsWith("data:")) {
      held.add(line.slice(line.charCodeAt(DATA_CHARS) === 0x20 ? DATA_CHARS + 1 : DATA_CHARS)); // as nearly every line is
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
    if (field === "data") held.add(value);
    else if (field === "event") type = value === "" ? undefined : value;
  };

  /** Ends the line whose last piece is `piece`. */
  const endRest = (piece: string): void => {
    if (rest.length === 0) {
      endLine(piece);
      return;
    }
    endLine(rest.join("") + piece);
    rest.length = 0;
    restChars = 0;
  };

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      if (text === "") return;
      if (!begun && text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
      begun = true;
      if (afterReturn && text.charCodeAt(0) === 0x0a) text = text.slice(1);
      afterReturn = text.endsWith("\r");
      const start = eachLine(text, endRest);
      if (start < text.length) {
        rest.push(start < KEPT_CHARS_MAX ? text.slice(start) : ownText(text, start));
        restChars += text.length - start;
      }
      held.checkRoom(restChars);
    },
    heldBytes: () => held.bytes() + restChars + rest.length * PIECE_BYTES,
    end() {
      if (rest.length > 0) endLine(rest.join(""));
      rest.length = 0;
      restChars = 0;
      return held.take();
    },
  };
}

/** Calls `line` with each ended line of `text`; returns where the rest starts. Each character is searched once. */
function eachLine(text: string, line: (text: string) => void): number {
  let start = 0;
  // Nearly every stream ends its lines with LF alone: what does not stand in this piece is not searched again.
  let feed = text.indexOf("\n");
  let carriage = text.indexOf("\r");
  while (feed !== -1 || carriage !== -1) {
    const isFeed = carriage === -1 || (feed !== -1 && feed < carriage);
    const end = isFeed ? feed : carriage;
    line(text.slice(start, end));
    start = end + (feed === carriage + 1 && !isFeed ? 2 : 1);
    if (feed !== -1 && feed < start) feed = text.indexOf("\n", start);
    if (carriage !== -1 && carriage < start) carriage = text.indexOf("\r", start);
  }
  return start;
}
