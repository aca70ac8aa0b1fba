// The chain's address: HTTP on one port and WebSockets on the next, where Solana's clients look for them.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { ChainCalls } from "./chain-calls.ts";
import { errorText, parseRequests, readBody } from "./rpc-request.ts";

/** Nothing of a localnet listens anywhere else. */
export const HOST = "127.0.0.1";
const PARSE_ERROR = -32_700;

/** A door that is open. */
export interface RpcDoor {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  close(): Promise<void>;
}

// Pages on other ports, such as a console under development, may use the chain of this machine.
const CROSS_ORIGIN = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-methods": "POST, OPTIONS",
};

async function answerHttp(calls: ChainCalls, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { isDown, retryAfterS } = calls.faults;
  if (isDown === true) {
    request.socket.destroy();
    return;
  }
  if (request.method === "OPTIONS") {
    response.writeHead(204, CROSS_ORIGIN).end();
    return;
  }
  const body = await readBody(request);
  await calls.dawdle();
  if (retryAfterS !== undefined) {
    response.writeHead(429, { ...CROSS_ORIGIN, "retry-after": String(retryAfterS) }).end("Too many requests");
    return;
  }
  const parsed = body === undefined ? undefined : parseRequests(body);
  if (parsed === undefined) {
    response.writeHead(body === undefined ? 413 : 400, { ...CROSS_ORIGIN, "content-type": "application/json" });
    response.end(errorText(null, PARSE_ERROR, "expected one JSON-RPC call or a batch of at most 100, in 1 MiB"));
    return;
  }
  const texts: string[] = [];
  for (const call of parsed.requests) texts.push(await calls.answer(call));
  response.writeHead(200, { ...CROSS_ORIGIN, "content-type": "application/json" });
  response.end(parsed.isBatch ? `[${texts.join(",")}]` : texts[0]);
}

/** Joins a client's WebSocket with the engine's, byte for byte. */
function joinSockets(calls: ChainCalls, engineWsUrl: string, request: IncomingMessage, client: Duplex): void {
  if (calls.faults.isDown === true) {
    client.destroy();
    return;
  }
  const { port, host } = new URL(engineWsUrl);
  const engine = connect(Number(port), HOST, () => {
    const headers = request.rawHeaders.flatMap((name, index, all) =>
      index % 2 === 1 ? [] : [`${name}: ${name.toLowerCase() === "host" ? host : all[index + 1]}`],
    );
    engine.write(`GET / HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
    client.pipe(engine).pipe(client);
  });
  for (const [socket, other] of [
    [client, engine],
    [engine, client],
  ] as const) {
    socket.on("error", () => other.destroy());
    socket.on("close", () => other.destroy());
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Opens the door at `port` (0: wherever there is room) and the one after it. */
export async function openRpcDoor(port: number, calls: ChainCalls, engineWsUrl: string): Promise<RpcDoor> {
  const http = createServer((request, response) => {
    void answerHttp(calls, request, response).catch(() => response.destroy());
  });
  const sockets = createServer((_, response) =>
    response.writeHead(426).end("WebSockets only; calls go one port lower."),
  );
  for (const server of [http, sockets]) {
    server.on("upgrade", (request, client) => joinSockets(calls, engineWsUrl, request, client));
  }
  const rpcPort = await listen(http, port);
  const wsPort = await listen(sockets, rpcPort + 1);
  return {
    rpcUrl: `http://${HOST}:${rpcPort}`,
    wsUrl: `ws://${HOST}:${wsPort}`,
    async close() {
      for (const server of [http, sockets]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
