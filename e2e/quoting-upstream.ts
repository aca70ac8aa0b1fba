// A model API that repeats what it was asked in every kind of failure: what real ones do, and what must not reach a log.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A running quoting upstream. */
export interface QuotingUpstream {
  /** Its base URL. */
  readonly url: string;
  /** The bodies it was sent. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

type Fault = (response: ServerResponse, body: string, authorization: string) => void;

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS_TYPE = { "content-type": "text/event-stream" };

function choice(content: string, finishReason: string | null): string {
  const part = { role: "assistant", content };
  return JSON.stringify({ choices: [{ index: 0, delta: part, message: part, finish_reason: finishReason }] });
}

/** How it fails, by the name of the model that is asked for. */
const FAULTS: Readonly<Record<string, Fault>> = {
  "quotes-400": (response, body, authorization) =>
    response
      .writeHead(400, JSON_TYPE)
      .end(JSON.stringify({ error: { message: `cannot read ${body}`, authorization } })),
  "quotes-401": (response, body, authorization) =>
    response
      .writeHead(401, JSON_TYPE)
      .end(JSON.stringify({ error: { message: `wrong key ${authorization}: ${body}` } })),
  "quotes-429": (response, body) =>
    response.writeHead(429, { ...JSON_TYPE, "retry-after": "1" }).end(JSON.stringify({ error: body })),
  "quotes-500": (response, body) =>
    response.writeHead(500, { "x-request-id": body.slice(0, 200) }).end(`<p>${body}</p>`),
  "quotes-in-200": (response, body) =>
    response.writeHead(200, JSON_TYPE).end(JSON.stringify({ error: { message: body, code: 400 } })),
  "quotes-no-json": (response, body) => response.writeHead(200, JSON_TYPE).end(`${body} is no answer`),
  "quotes-no-events": (response, body) =>
    response
      .writeHead(200, EVENTS_TYPE)
      .end(`data: ${body} is no event\n\ndata: {"error":${JSON.stringify(body)}}\n\n`),
  "quotes-in-stream": (response, body) =>
    response
      .writeHead(200, EVENTS_TYPE)
      .end(`data: ${choice("one", null)}\n\ndata: ${JSON.stringify({ error: { message: body } })}\n\n`),
  "quotes-as-reason": (response, body) => {
    if (body.includes('"stream":true')) {
      response.writeHead(200, EVENTS_TYPE).end(`data: ${choice(body, body)}\n\ndata: [DONE]\n\n`);
    } else response.writeHead(200, JSON_TYPE).end(choice(body, body));
  },
  "quotes-and-cuts": (response, body) => {
    response.writeHead(200, EVENTS_TYPE).write(`data: ${choice(body, null)}\n\n`, () => response.destroy());
  },
};

/** The names of its models. */
export const QUOTING_MODELS: readonly string[] = Object.keys(FAULTS);

/** Starts it on a free port. */
export async function startQuotingUpstream(): Promise<QuotingUpstream> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString();
      bodies.push(body);
      const { model } = JSON.parse(body) as { model: string };
      FAULTS[model]?.(response, body, request.headers.authorization ?? "");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    bodies,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
