// The signer behind a Unix socket: HTTP, one request for a connection, everything about it bounded.
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Clock } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import {
  CONNECTIONS_LOOK_MS,
  CONNECTIONS_MAX,
  HEADERS_BYTES_MAX,
  REQUESTS_AT_ONCE_MAX,
  REQUEST_BYTES_MAX,
  REQUEST_MS,
  SIGNING_MS,
} from "./limits.ts";
import { refusal } from "./refuse.ts";
import type { Signer } from "./signer.ts";
import type { SigningRequest } from "./signing-calls.ts";
import { faultAnswer, parseRequest } from "./signing-calls.ts";
import { clearSocketPlace } from "./socket-place.ts";

/** What serving a signer needs. */
export interface ServeSignerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signer: Signer;
}

/** A signer that can be reached. */
export interface SignerServer {
  /** Takes no new request, and ends when those that run have their answer. */
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // The connection has to live on for the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > REQUEST_BYTES_MAX) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new AimoError("client_left", {}, { cause });
  }
  if (bytes <= REQUEST_BYTES_MAX) return Buffer.concat(chunks).toString();
  throw new AimoError("invalid_request", { expected: `at most ${REQUEST_BYTES_MAX} bytes`, found: "more" });
}

function sign(signer: Signer, request: SigningRequest): Promise<object> {
  switch (request.sign) {
    case "nothing":
      return Promise.resolve(signer.addresses);
    case "batch":
      return signer.signBatch(BigInt(request.id));
    case "withdrawal":
      return signer.signWithdrawal(request.id);
    case "registration":
      return signer.signRegistration(request.providers);
    case "table":
      return signer.signTable(request.step);
  }
}

class Desk {
  readonly #deps: ServeSignerDeps;
  #running = 0;

  constructor(deps: ServeSignerDeps) {
    this.#deps = deps;
  }

  async answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    try {
      return { status: 200, body: await this.#work(await readBody(request)) };
    } catch (error) {
      const { status, fault } = faultAnswer(error);
      if (!isAimoError(error)) this.#deps.log.error({ error }, "signing broke");
      return { status, body: fault };
    }
  }

  async #work(body: string): Promise<object> {
    const { clock, log, signer } = this.#deps;
    const request = parseRequest(body);
    const what = { sign: request.sign, ...("id" in request ? { id: request.id } : {}) };
    if (this.#running >= REQUESTS_AT_ONCE_MAX) throw new AimoError("overloaded", { what: "the signer" });
    this.#running += 1;
    const work = sign(signer, request).finally(() => {
      this.#running -= 1;
    });
    try {
      const signed = await within(clock, SIGNING_MS, work);
      if (signed === undefined) {
        throw refusal("unreachable", { expected: `a signature within ${SIGNING_MS} ms`, found: "none" });
      }
      if (request.sign !== "nothing")
        log.info({ ...what, ...("signature" in signed ? { signature: signed.signature } : {}) }, "signed");
      return signed;
    } catch (error) {
      const reason = isAimoError(error, "signing_refused") ? error.context : {};
      log.warn({ ...what, ...reason, error }, "not signed");
      throw error;
    }
  }
}

function plainly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

async function reply(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await desk.answer(request);
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body, plainly));
  if (!request.complete) request.destroy(); // the rest of what is too long is not read
}

/** Makes the socket for its owner alone from its first moment. */
async function listen(server: Server, path: string): Promise<void> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
  });
  const before = process.umask(0o177);
  try {
    server.listen(path); // makes it at once
  } finally {
    process.umask(before);
  }
  await listening;
}

/** Serves a signer at a path. */
export async function serveSigner(deps: ServeSignerDeps, path: string): Promise<SignerServer> {
  await clearSocketPlace(deps.clock, path);
  const desk = new Desk(deps);
  const limits = {
    maxHeaderSize: HEADERS_BYTES_MAX,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: CONNECTIONS_LOOK_MS,
  };
  const server = createServer(limits, (request, response) => {
    response.on("error", () => undefined); // whoever asked has gone
    request.on("error", () => undefined);
    void reply(desk, request, response);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
