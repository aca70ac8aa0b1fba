// A model API for tests: a real HTTP server that answers as the test says and remembers what it was asked.
import { once } from "node:events";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the upstream got it, and its answer to be. */
export interface UpstreamExchange {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly response: ServerResponse;
  /** Resolves when the connection closes before the answer was complete. */
  readonly aborted: Promise<void>;
}

/** A scripted upstream on a free port. */
export interface ScriptedUpstream {
  /** What goes into `api_base`. */
  readonly apiBase: string;
  readonly exchanges: readonly UpstreamExchange[];
  /** The next request that has arrived whole and was not taken before. */
  next(): Promise<UpstreamExchange>;
  close(): Promise<void>;
}

/** Starts an upstream; `answer`, when given, is called for each request. */
export async function startUpstream(answer?: (exchange: UpstreamExchange) => void): Promise<ScriptedUpstream> {
  const exchanges: UpstreamExchange[] = [];
  const waiting: ((exchange: UpstreamExchange) => void)[] = [];
  let taken = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const aborted = new Promise<void>((resolve) => {
      response.on("close", () => {
        if (!response.writableFinished) resolve();
      });
    });
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const exchange = { path: request.url ?? "", headers: request.headers, body, response, aborted };
      exchanges.push(exchange);
      answer?.(exchange);
      const next = waiting.shift();
      if (next === undefined) return;
      taken += 1;
      next(exchange);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    apiBase: `http://127.0.0.1:${port}/v1`,
    exchanges,
    next() {
      const exchange = exchanges[taken];
      const arrival = Promise.withResolvers<UpstreamExchange>();
      if (exchange === undefined) waiting.push(arrival.resolve);
      else {
        taken += 1;
        arrival.resolve(exchange);
      }
      return arrival.promise;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A complete JSON answer of a model. */
export const HELLO_JSON =
  '{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}}';

/** The events of a complete streamed answer. */
export const HELLO_EVENTS = [
  'data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":"hel"},"finish_reason":null}],"usage":null}\n\n',
  'data: {"id":"c1","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}],"usage":null}\n\n',
  'data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}\n\n',
  'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":3}}}\n\n',
  "data: [DONE]\n\n",
];

/** Answers a request for a plain or a streamed hello. */
export function answerHello({ body, response }: UpstreamExchange): void {
  if ((JSON.parse(body) as { stream?: boolean }).stream === true) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(HELLO_EVENTS.join(""));
  } else {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(HELLO_JSON);
  }
}
