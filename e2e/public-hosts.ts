// The public hosts of the provider guide's config, on this machine: a TLS stub behind a CONNECT proxy.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { createServer as createHttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { generate } from "selfsigned";

/** The hosts of the guide's config: three model APIs and a router. */
const HOSTS: readonly string[] = [
  "api.openai.com",
  "api.deepseek.com",
  "generativelanguage.googleapis.com",
  "devnet.aimo.network",
];

/** One call as a public host saw it. */
export interface PublicCall {
  readonly host: string;
  readonly path: string;
  readonly authorization: string;
  readonly model: string;
}

/** The running stub, and what reached it. */
export interface PublicHosts {
  readonly calls: PublicCall[];
  /** What a process needs in its environment to reach the stub under the public names. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const ANSWER =
  '{"id":"1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}';

interface Certificate {
  readonly private: string;
  readonly cert: string;
}

function portOf(server: HttpServer | HttpsServer): number {
  return (server.address() as AddressInfo).port;
}

async function listen(server: HttpServer | HttpsServer): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

/** Sends an upgrade on to the router as it came, and its bytes both ways. */
function passUpgrade(router: URL, request: IncomingMessage, socket: Duplex): void {
  const onward = connect(Number(router.port), router.hostname, () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    onward.write(`${lines.join("\r\n")}\r\n\r\n`);
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
}

async function startStub(certificate: Certificate, router: URL, calls: PublicCall[]): Promise<HttpsServer> {
  const stub = createHttpsServer({ key: certificate.private, cert: certificate.cert }, (request, response) => {
    void text(request).then((body) => {
      const { host = "", authorization = "" } = request.headers;
      const { model } = JSON.parse(body) as { model: string };
      calls.push({ host, authorization, path: request.url ?? "", model });
      return response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
    });
  });
  stub.on("upgrade", (request: IncomingMessage, socket: Duplex) => passUpgrade(router, request, socket));
  await listen(stub);
  return stub;
}

/** A proxy as companies have them: CONNECT to one of the public names ends at the stub. */
async function startTunnel(stub: HttpsServer, open: Set<Duplex>): Promise<HttpServer> {
  const tunnel = createHttpServer((_request, response) => response.writeHead(405).end());
  tunnel.on("connect", (request: IncomingMessage, socket: Duplex) => {
    if (!HOSTS.includes(request.url?.split(":", 1)[0] ?? "")) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const onward = connect(portOf(stub), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => open.delete(one));
    }
  });
  await listen(tunnel);
  return tunnel;
}

/** Starts the stub; calls to the router's public name go on to `routerUrl`. */
export async function startPublicHosts(directory: string, routerUrl: string): Promise<PublicHosts> {
  const certificate = await generate([{ name: "commonName", value: "public hosts of a test" }], {
    keySize: 2048,
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: HOSTS.map((value) => ({ type: 2, value })) },
    ],
  });
  const certificateFile = join(directory, "public-hosts.pem");
  writeFileSync(certificateFile, certificate.cert);
  const calls: PublicCall[] = [];
  const open = new Set<Duplex>();
  const stub = await startStub(certificate, new URL(routerUrl), calls);
  const tunnel = await startTunnel(stub, open);
  const address = `http://127.0.0.1:${portOf(tunnel)}`;
  return {
    calls,
    environment: {
      HTTPS_PROXY: address,
      https_proxy: address,
      NO_PROXY: "",
      no_proxy: "",
      NODE_EXTRA_CA_CERTS: certificateFile,
    },
    async close() {
      for (const socket of open) socket.destroy();
      stub.closeAllConnections();
      tunnel.closeAllConnections();
      await Promise.all([stub, tunnel].map((server) => new Promise((resolve) => void server.close(resolve))));
    },
  };
}
