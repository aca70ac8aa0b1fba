// Requests byte by byte, for what no HTTP client would send.
import { once } from "node:events";
import { connect } from "node:net";

/** A reply as it came over the socket. */
export interface RawReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Reads one reply that ends with its connection. */
function readRawReply(received: string): RawReply {
  const [head = "", body = ""] = received.split(/\r\n\r\n([^]*)/, 2);
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(statusLine.split(" ")[1]), headers: new Map(headers), body };
}

/** Sends `text` and reads until the server closes; a request in it asks for that with `connection: close`. */
export async function sendRaw(url: string, text: string | Uint8Array): Promise<RawReply> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const pieces: Buffer[] = [];
  socket.on("data", (bytes: Buffer) => pieces.push(bytes));
  socket.on("error", () => undefined); // a server that refuses early may reset what is still being sent
  socket.write(text);
  await once(socket, "close");
  return readRawReply(Buffer.concat(pieces).toString());
}
