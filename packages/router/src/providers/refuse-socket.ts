// An error as a plain HTTP reply, for sockets that no web framework answers: refused upgrades and broken requests.
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { AimoError } from "@aimo-network/protocol/errors";

/** Answers with `error` and closes; a peer that never closes its own side keeps nothing open. */
export function refuseSocket(socket: Duplex, error: AimoError, requestId: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { message, type, status, code, errorType, retryable } = error;
  const metadata = { error_code: code, error_type: errorType, retryable };
  const body = JSON.stringify({ error: { message, type, code: status, param: null, metadata } });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...(status === 503 ? ["retry-after: 1"] : []),
    "connection: close",
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
