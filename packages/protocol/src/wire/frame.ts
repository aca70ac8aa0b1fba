// Frames of `aimo.v2`: `type u8 | stream id u32 big-endian | payload`; what WebSocket messages carry (wire.md).
import { assert } from "../assert.ts";
import { AimoError } from "../errors.ts";
import { FRAME_PAYLOAD_BYTES_MAX } from "../limits.ts";

/** The WebSocket subprotocol that names this dialect. */
export const SUBPROTOCOL = "aimo.v2";

/** Which end of a link sends a frame. */
export type LinkRole = "router" | "proxy";

interface FrameKind {
  readonly code: number;
  readonly from: LinkRole | "either";
  /** Frames of the connection travel on stream 0, those of a stream on its id. */
  readonly scope: "connection" | "stream" | "any";
}

/** Every frame there is: its number on the wire, who may send it, and where. */
export const FRAMES = {
  hello: { code: 0x01, from: "proxy", scope: "connection" },
  welcome: { code: 0x02, from: "router", scope: "connection" },
  offers: { code: 0x03, from: "proxy", scope: "connection" },
  drain: { code: 0x04, from: "either", scope: "connection" },
  notice: { code: 0x05, from: "router", scope: "connection" },
  "request-head": { code: 0x10, from: "router", scope: "stream" },
  "request-body": { code: 0x11, from: "router", scope: "stream" },
  "request-end": { code: 0x12, from: "router", scope: "stream" },
  cancel: { code: 0x13, from: "router", scope: "stream" },
  "response-head": { code: 0x20, from: "proxy", scope: "stream" },
  "response-body": { code: 0x21, from: "proxy", scope: "stream" },
  "response-end": { code: 0x22, from: "proxy", scope: "stream" },
  "end-ack": { code: 0x23, from: "router", scope: "any" },
  "end-replay": { code: 0x24, from: "proxy", scope: "connection" },
  credit: { code: 0x30, from: "either", scope: "stream" },
} as const satisfies Record<string, FrameKind>;

/** The name of a frame, as the documentation calls it. */
export type FrameName = keyof typeof FRAMES;

/** One frame as it was read: `payload` is a view of the received bytes. */
export interface Frame {
  readonly name: FrameName;
  readonly streamId: number;
  readonly payload: Uint8Array;
}

const HEADER_BYTES = 5;

/** The longest frame there is, header and payload. */
export const FRAME_BYTES_MAX = HEADER_BYTES + FRAME_PAYLOAD_BYTES_MAX;

interface NamedKind extends FrameKind {
  readonly name: FrameName;
}

/** Every kind of frame at the place of its code. */
const KINDS: (NamedKind | undefined)[] = Array.from({ length: 256 }, () => undefined);
for (const [name, kind] of Object.entries(FRAMES)) KINDS[kind.code] = { name: name as FrameName, ...kind };

const EMPTY = new Uint8Array(0);

const POOL_BYTES = 8_192; // small enough that a frame which waits long keeps little else in memory
const POOLED_BYTES_MAX = POOL_BYTES / 4;
let pool = new Uint8Array(POOL_BYTES);
let poolUsed = 0;

/** Room for a frame; small ones are cut from one allocation, which costs more than anything else about them. */
function allocate(length: number): Uint8Array {
  if (length > POOLED_BYTES_MAX) return new Uint8Array(length);
  if (poolUsed + length > POOL_BYTES) {
    pool = new Uint8Array(POOL_BYTES);
    poolUsed = 0;
  }
  const start = poolUsed;
  poolUsed += length;
  return pool.subarray(start, poolUsed);
}

function writeHeader(bytes: Uint8Array, name: FrameName, streamId: number): void {
  bytes[0] = FRAMES[name].code;
  bytes[1] = streamId >>> 24;
  bytes[2] = streamId >>> 16;
  bytes[3] = streamId >>> 8;
  bytes[4] = streamId;
}

/** Writes one frame; the payload is copied. The frame may share its buffer with others: its owner never writes to it. */
export function encodeFrame(name: FrameName, streamId: number, payload: Uint8Array = EMPTY): Uint8Array {
  assert(payload.length <= FRAME_PAYLOAD_BYTES_MAX, `${name} has at most ${FRAME_PAYLOAD_BYTES_MAX} bytes of payload`);
  const bytes = allocate(HEADER_BYTES + payload.length);
  writeHeader(bytes, name, streamId);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

const encoder = new TextEncoder();
const UTF8_BYTES_MAX = 3; // of one UTF-16 unit

/** Writes one frame whose payload is `text` in UTF-8; short ones straight to their place. */
export function encodeTextFrame(name: FrameName, streamId: number, text: string): Uint8Array {
  const bytesMax = HEADER_BYTES + UTF8_BYTES_MAX * text.length;
  if (bytesMax > POOLED_BYTES_MAX) return encodeFrame(name, streamId, encoder.encode(text));
  const room = allocate(bytesMax);
  writeHeader(room, name, streamId);
  const length = HEADER_BYTES + encoder.encodeInto(text, room.subarray(HEADER_BYTES)).written;
  poolUsed -= bytesMax - length; // nobody else has cut from the pool meanwhile
  return room.subarray(0, length);
}

function violation(detail: string): AimoError {
  return new AimoError("protocol_violation", { detail });
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

/** Reads one frame that `peer` sent; throws `protocol_violation` for an unknown type, a wrong sender, stream or length. */
export function decodeFrame(bytes: Uint8Array, peer: LinkRole): Frame {
  if (bytes.length < HEADER_BYTES) throw violation(`a frame has at least ${HEADER_BYTES} bytes, found ${bytes.length}`);
  const code = byteAt(bytes, 0);
  const kind = KINDS[code];
  if (kind === undefined) throw violation(`unknown frame type 0x${code.toString(16).padStart(2, "0")}`);
  const { name } = kind;
  const high = (byteAt(bytes, 1) << 24) | (byteAt(bytes, 2) << 16);
  const streamId = (high | (byteAt(bytes, 3) << 8) | byteAt(bytes, 4)) >>> 0;
  if (kind.from !== "either" && kind.from !== peer) throw violation(`${name} is never sent by a ${peer}`);
  if (kind.scope === "connection" && streamId !== 0) throw violation(`${name} belongs on stream 0, found ${streamId}`);
  if (kind.scope === "stream" && streamId === 0) throw violation(`${name} belongs on a stream, found stream 0`);
  if (bytes.length - HEADER_BYTES > FRAME_PAYLOAD_BYTES_MAX) {
    throw violation(`a payload has at most ${FRAME_PAYLOAD_BYTES_MAX} bytes, found ${bytes.length - HEADER_BYTES}`);
  }
  return { name, streamId, payload: bytes.subarray(HEADER_BYTES) };
}

/** Writes a credit frame's payload: how many further body bytes the peer may send. */
export function encodeCredit(creditBytes: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, creditBytes);
  return payload;
}

/** Reads a credit frame's payload; throws `protocol_violation` unless it is four bytes above zero. */
export function decodeCredit(payload: Uint8Array): number {
  if (payload.length !== 4) throw violation(`credit has 4 bytes, found ${payload.length}`);
  const creditBytes = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
  if (creditBytes === 0) throw violation("credit is above zero");
  return creditBytes;
}
