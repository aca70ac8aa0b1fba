// A node's WebSocket as far as hints need it: it takes one kind of subscription, and gives notices when a test says so.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

const PROTOCOL_ID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // of every WebSocket's handshake
const TEXT_FRAME = 0x81;

/** A server that listens on a port of its own. */
export interface NoticeServer extends AsyncDisposable {
  readonly url: string;
  /** The parameters of each subscription, in the order they came. */
  readonly subscribed: unknown[];
  /** Whether whoever connects is turned away. */
  isClosed: boolean;
  /** How many connected, or were turned away. */
  readonly arrivals: number;
  /** Tells every subscriber that something happened. */
  notify(): void;
  /** Cuts all connections. */
  cut(): void;
}

/** The first text of a chunk that a client sent: its calls are small and come one by one. */
function readText(chunk: Buffer): string | undefined {
  const [head = 0, second = 0] = chunk;
  if (head !== TEXT_FRAME) return undefined;
  const short = second & 0x7f;
  const start = short === 126 ? 4 : 2;
  const length = short === 126 ? chunk.readUInt16BE(2) : short;
  const mask = chunk.subarray(start, start + 4);
  return Buffer.from(
    chunk.subarray(start + 4, start + 4 + length).map((byte, index) => byte ^ mask[index % 4]!),
  ).toString();
}

function send(socket: Socket, message: unknown): void {
  const text = Buffer.from(JSON.stringify(message));
  const head = text.length < 126 ? [TEXT_FRAME, text.length] : [TEXT_FRAME, 126, text.length >> 8, text.length & 0xff];
  socket.write(Buffer.concat([Buffer.from(head), text]));
}

/** Opens the server. */
export async function openNotices(): Promise<NoticeServer> {
  const http = createServer();
  const sockets = new Set<Socket>();
  const subscribed: unknown[] = [];
  let [isClosed, arrivals] = [false, 0];
  http.on("upgrade", (request, duplex) => {
    const socket = duplex as Socket;
    arrivals += 1;
    if (isClosed) {
      socket.destroy();
      return;
    }
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${PROTOCOL_ID}`).digest("base64");
    const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      const text = readText(chunk);
      if (text === undefined) return;
      const { id, method, params } = JSON.parse(text) as { id: unknown; method: string; params: unknown };
      if (method !== "logsSubscribe") return;
      subscribed.push(params);
      sockets.add(socket);
      send(socket, { jsonrpc: "2.0", id, result: 1 });
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    subscribed,
    get isClosed() {
      return isClosed;
    },
    set isClosed(value) {
      isClosed = value;
    },
    get arrivals() {
      return arrivals;
    },
    notify() {
      const result = { context: { slot: 1 }, value: { signature: "1", logs: [], ["err"]: null } };
      for (const socket of sockets) {
        send(socket, { jsonrpc: "2.0", method: "logsNotification", params: { result, subscription: 1 } });
      }
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      http.close();
      await once(http, "close");
    },
  };
}
