// Request bodies, as bytes or in the pieces they came in, within what their key and the process may hold.
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { KeyVisit } from "../accounts/key-use.ts";

/** Where the bytes of a request's body are counted, until its response has closed. */
export type BodyRoom = Pick<KeyVisit, "checkRoom" | "hold">;

/** A body: bytes, or JSON in pieces where it is too large to be read whole. */
export type RequestBody = Buffer | ArrivingJson;

const NO_BODY = Buffer.alloc(0); // what a request without a body is read as

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** A body's bytes in one buffer, where its endpoint takes none that are too large for that. */
export function wholeBody(body: RequestBody | undefined): Buffer {
  return body instanceof ArrivingJson ? bufferOf(body.joined()) : (body ?? NO_BODY);
}

/** Told once: what is wrong with a body, or the body. */
type BodyRead = (error: Error | null, body?: RequestBody) => void;

function readBody(payload: IncomingMessage, limitBytes: number, room: BodyRoom, read: BodyRead): void {
  const body = new ArrivingJson();
  let isTold = false;
  const tell: BodyRead = (error, whole) => {
    if (isTold) return;
    isTold = true;
    read(error, whole);
  };
  const add = (piece: Buffer): void => {
    try {
      if (body.length + piece.length > limitBytes) throw new AimoError("body_too_large", { limitBytes });
      room.hold(piece.length);
      body.add(piece);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      payload.off("data", add); // its connection closes with the reply: nothing more of it is read
      tell(error);
    }
  };
  payload.on("data", add);
  payload.on("end", () => {
    const { whole } = body;
    tell(null, whole === undefined ? body : bufferOf(whole));
  });
  payload.on("error", (error) => tell(error));
}

/** The length a request says its body has; 0 where it says none, as chunked uploads do. */
function declaredBytes({ headers }: FastifyRequest): number {
  const declared = /^[0-9]{1,15}$/.exec(headers["content-length"] ?? "");
  return declared === null ? 0 : Number(declared[0]);
}

/**
 * Makes `scope` read bodies of any content type as JSON. What has arrived is counted, not what was announced: who
 * announces much and sends little takes nothing from others. What could not fit at all is refused before it is sent.
 */
export function readRawBodies(
  scope: FastifyInstance,
  bodyBytesMax: number,
  roomOf: (request: FastifyRequest) => BodyRoom,
): void {
  scope.addHook("onRequest", (request, _reply, next) => {
    const bytes = declaredBytes(request);
    if (bytes > bodyBytesMax) throw new AimoError("body_too_large", { limitBytes: bodyBytesMax });
    roomOf(request).checkRoom(bytes);
    next();
  });
  scope.removeAllContentTypeParsers();
  // The framework looks for a parser of `*` anew with every request, for one of a type's own once.
  scope.addContentTypeParser(["application/json", "*"], (request, payload, done) => {
    readBody(payload, bodyBytesMax, roomOf(request), done);
  });
}
