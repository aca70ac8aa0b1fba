// A folder for a test's sockets, and what a client of one may say that no client of ours says.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path for a socket; its folder goes with the test. */
export function socketPath(t: { after(clean: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "aimo-signer-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "signer.sock");
}

/** A connection that has said this so far. */
export async function speak(path: string, words: string | Buffer): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  socket.on("error", () => undefined);
  if (words.length > 0) socket.write(words);
  return socket;
}

/** Everything that is answered until the other side closes. */
export function hearOut(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  const end = (): void => resolve(Buffer.concat(chunks).toString());
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("close", end);
  if (socket.destroyed) end();
  return promise;
}

/** An HTTP request with this body. */
export function post(body: string, headers = `content-length: ${Buffer.byteLength(body)}`): string {
  return `POST / HTTP/1.1\r\nhost: signer\r\n${headers}\r\n\r\n${body}`;
}
