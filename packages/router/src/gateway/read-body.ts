// Request bodies as raw bytes, within what their key and the process may hold.
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { KeyVisit } from "../accounts/key-use.ts";
import { ArrivingBody } from "./arriving-body.ts";

/** Where the bytes of a request's body are counted, until its response has closed. */
export type BodyRoom = Pick<KeyVisit, "checkRoom" | "hold">;

function readBody(
  payload: IncomingMessage,
  body: ArrivingBody,
  bytesMax: number,
  limitBytes: number,
): Promise<ArrivingBody["body"]> {
  return new Promise((resolve, reject) => {
    const add = (piece: Buffer): void => {
      try {
        if (body.length + piece.length > bytesMax) throw new AimoError("body_too_large", { limitBytes });
        body.add(piece);
      } catch (error) {
        if (!isAimoError(error)) throw error;
        payload.off("data", add); // its connection closes with the reply: nothing more of it is read
        reject(error);
      }
    };
    payload.on("data", add);
    payload.once("end", () => resolve(body.body));
    payload.once("error", reject);
  });
}

/** The length a request says its body has; undefined where it says none, as chunked uploads do. */
function declaredBytes({ headers }: FastifyRequest): number | undefined {
  const declared = /^[0-9]{1,15}$/.exec(headers["content-length"] ?? "");
  return declared === null ? undefined : Number(declared[0]);
}

/**
 * Makes `scope` read bodies of any content type: small ones as bytes, large ones as text that was looked through as it
 * came. What has arrived is counted, not what was announced: who
 * announces much and sends little takes nothing from others. What could not fit at all is refused before it is sent.
 */
export function readRawBodies(
  scope: FastifyInstance,
  bodyBytesMax: number,
  roomOf: (request: FastifyRequest) => BodyRoom,
): void {
  scope.addHook("onRequest", async (request) => {
    const bytes = declaredBytes(request) ?? 0;
    if (bytes > bodyBytesMax) throw new AimoError("body_too_large", { limitBytes: bodyBytesMax });
    roomOf(request).checkRoom(bytes);
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) => {
    const room = roomOf(request);
    const bytesMax = Math.min(declaredBytes(request) ?? bodyBytesMax, bodyBytesMax);
    return readBody(payload, new ArrivingBody(bytesMax, (bytes) => room.hold(bytes)), bytesMax, bodyBytesMax);
  });
}
