// Request bodies as raw bytes, within what the process may hold.
import type { FastifyInstance } from "fastify";
import { AimoError } from "@aimo-network/protocol/errors";
import { CHUNKED_BODY_BYTES } from "../limits.ts";
import type { ByteBudget } from "../providers/byte-budget.ts";

/**
 * Makes `scope` read bodies of any content type as bytes. A body is counted before any of it is read, so that a full
 * process answers 503 instead of running out of memory; it is counted out when its response has closed.
 */
export function readRawBodies(scope: FastifyInstance, budget: ByteBudget, bodyBytesMax: number): void {
  scope.addHook("onRequest", (request, reply, next) => {
    if (reply.raw.destroyed) {
      next(new AimoError("client_left", {})); // its close has passed, so what is reserved now would stay reserved
      return;
    }
    const declared = /^[0-9]{1,15}$/.exec(request.headers["content-length"] ?? "");
    const bytes = declared === null ? CHUNKED_BODY_BYTES : Number(declared[0]);
    if (bytes > bodyBytesMax) {
      next(new AimoError("body_too_large", { limitBytes: bodyBytesMax }));
      return;
    }
    if (!budget.reserve(bytes)) {
      next(new AimoError("overloaded", { what: "this router holds all the request bodies it can" }));
      return;
    }
    reply.raw.once("close", () => budget.release(bytes));
    next();
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: bodyBytesMax }, (_request, body, next) =>
    next(null, body),
  );
}
