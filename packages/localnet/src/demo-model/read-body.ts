// Reading a request body into memory, up to a limit.

import type { IncomingMessage } from "node:http";

/** What became of a body: all its bytes, too many of them, or a client that left before the end. */
export type BodyRead = { readonly bytes: Buffer } | "too-large" | "left";

/** Reads the body of `request`, at most `bytesMax` of it; what is beyond stays unread. */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<BodyRead> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) {
        request.pause();
        resolve("too-large");
        return;
      }
      chunks.push(chunk);
    });
    request.on("end", () =>
      resolve({ bytes: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks) }),
    );
    request.on("error", () => resolve("left")); // the only error of a request is a client that left
    request.on("close", () => resolve("left"));
  });
}
