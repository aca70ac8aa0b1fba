// Several frames in one WebSocket message: what a message costs is paid once a turn of the event loop, not once a frame.
import { piecesLength } from "../byte-pieces.ts";
import { AimoError } from "../errors.ts";
import { BATCHED_FRAME_BYTES_MAX } from "../limits.ts";
import { FRAME_BYTES_MAX } from "./frame.ts";
import type { LinkSocket } from "./outbox.ts";

/** The first byte of a message that is a batch: `0x40`, then each frame after its length (u32 big-endian). */
export const BATCH_CODE = 0x40;

const LENGTH_BYTES = 4;

/** The frames of a message, in order and uncopied; throws `protocol_violation` where the lengths do not fill it exactly. */
export function splitMessage(message: Uint8Array): readonly Uint8Array[] {
  if (message[0] !== BATCH_CODE) return [message];
  const frames: Uint8Array[] = [];
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  for (let at = 1; at < message.length;) {
    const start = at + LENGTH_BYTES;
    const end = start + (start <= message.length ? view.getUint32(at) : 0);
    if (start > message.length || end > message.length) {
      throw new AimoError("protocol_violation", { detail: "a batch ends in the middle of a frame" });
    }
    frames.push(message.subarray(start, end));
    at = end;
  }
  if (frames.length === 0) throw new AimoError("protocol_violation", { detail: "a batch has at least one frame" });
  return frames;
}

/** Puts frames into one message. */
export function joinFrames(frames: readonly Uint8Array[]): Uint8Array {
  const message = new Uint8Array(1 + LENGTH_BYTES * frames.length + piecesLength(frames));
  message[0] = BATCH_CODE;
  let at = 1;
  for (const frame of frames) {
    const { length } = frame;
    message[at] = length >>> 24;
    message[at + 1] = length >>> 16;
    message[at + 2] = length >>> 8;
    message[at + 3] = length;
    message.set(frame, at + LENGTH_BYTES);
    at += LENGTH_BYTES + length;
  }
  return message;
}

/** A socket whose small frames wait for the end of the turn. */
export interface TurnSocket extends LinkSocket {
  /** Lets go of what waits: before a ping or a close, which the WebSocket sends at once. */
  release(): void;
}

/**
 * Wraps a socket that sends whole messages, so that the small frames of one turn go together; `afterTurn` (`setImmediate`
 * in Node) is asked to let them go once all that has arrived by then has been read. Long frames go at once, uncopied.
 */
export function batchTurns(socket: LinkSocket, afterTurn: (release: () => void) => void): TurnSocket {
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 1;
  let flushes: (() => void)[] = [];
  const release = (): void => {
    const [first] = gathered;
    if (first === undefined) return;
    const message = gathered.length === 1 ? first : joinFrames(gathered);
    const flushed = flushes;
    gathered = [];
    gatheredBytes = 1;
    flushes = [];
    if (flushed.length === 0) socket.send(message);
    else {
      socket.send(message, () => {
        for (const flush of flushed) flush();
      });
    }
  };
  return {
    release,
    bufferedBytes: () => socket.bufferedBytes() + gatheredBytes - 1,
    send(frame, flushed) {
      if (frame.length > BATCHED_FRAME_BYTES_MAX) {
        release();
        socket.send(frame, flushed);
        return;
      }
      if (gatheredBytes + LENGTH_BYTES + frame.length > FRAME_BYTES_MAX) release();
      if (gathered.length === 0) afterTurn(release);
      gathered.push(frame);
      gatheredBytes += LENGTH_BYTES + frame.length;
      if (flushed !== undefined) flushes.push(flushed);
    },
  };
}
