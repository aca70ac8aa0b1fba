// A provider for tests that does what the published first-generation `aimo-proxy` 0.4.0 does, and no more (wire.md).
import { once } from "node:events";
import { WebSocket } from "ws";

/** A request as the router sends it. */
export interface RequestMessage {
  readonly sender_id: string;
  readonly request_id: string;
  readonly service_id: string;
  readonly endpoint: string | null;
  readonly request_type: string;
  readonly method: string;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload_encrypted: boolean;
  readonly signature: string | null;
}

/** What the model API behind the proxy is called with. */
export interface UpstreamCall {
  readonly message: RequestMessage;
  readonly payload: string;
  /** Every header it gets, in order, those that come twice twice. */
  readonly headers: readonly (readonly [string, string])[];
}

/** What the model API answers; pieces are what its socket delivers at a time. */
export interface UpstreamAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces: Iterable<string> | AsyncIterable<string>;
}

/** A scripted proxy. */
export interface FirstGenerationProxy {
  readonly calls: readonly UpstreamCall[];
  /** The connection it has now. */
  readonly socket: WebSocket;
  /** Connects again, as it does one second after a loss: without another preflight. */
  reconnect(): Promise<void>;
  /** Resolves when the router has read everything sent so far. */
  settle(): Promise<void>;
  /** Sends any text, as no real proxy would. */
  sendText(text: string): void;
  close(): Promise<void>;
}

/** What starts a scripted proxy. */
export interface ProxyScript {
  readonly routerUrl: string;
  readonly key: string;
  /** The JSON text of each model of its preflight. */
  readonly models: readonly string[];
  readonly upstream: (call: UpstreamCall) => UpstreamAnswer | Promise<UpstreamAnswer>;
}

/** The JSON text of a model with nothing special about it; `more` is further members, with their comma. */
export function plainModel(name: string, more = ""): string {
  const rest =
    '"provider_name":null,"capabilities":[],"input_modalities":[],"output_modalities":[],"context_length":null';
  const pricing = '"pricing":{"prompt":1.0,"completion":2.0,"image":null}';
  return `{${pricing},"name":${JSON.stringify(name)},"display_name":${JSON.stringify(name)},${rest}${more}}`;
}

/** Announces models; the answer is the router's. */
export async function sendPreflight(routerUrl: string, key: string, body: string): Promise<Response> {
  return fetch(`${routerUrl}/api/v1/providers/connect/preflight`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body,
  });
}

type Reply = (part: {
  status: number;
  contentType: string;
  payload: string;
  headers: Readonly<Record<string, string>>;
  isEvent: boolean;
  isLast: boolean;
}) => void;

/** Sends a stream event by event: only lines with `data: ` count, several of one event are joined. */
async function sendEvents(answer: UpstreamAnswer, reply: Reply): Promise<void> {
  const { status = 200, headers = {} } = answer;
  const contentType = headers["content-type"] ?? "text/event-stream";
  const send = (payload: string, isLast = false): void =>
    reply({ status, contentType, payload, headers, isEvent: true, isLast });
  let unread = "";
  let data: string[] = [];
  const emit = (): void => {
    if (data.length > 0) send(data.join("\n"));
    data = [];
  };
  reading: for await (const piece of answer.pieces) {
    unread += piece;
    for (let end = unread.indexOf("\n"); end !== -1; end = unread.indexOf("\n")) {
      const line = unread.slice(0, end).replace(/\r+$/, "");
      unread = unread.slice(end + 1);
      if (line.trim() === "") emit();
      else if (line === "data: [DONE]") {
        emit();
        send("[DONE]");
        break reading;
      } else if (line.startsWith("data: ")) data.push(line.slice("data: ".length));
    }
  }
  emit();
  send("", true);
}

async function sendWhole(answer: UpstreamAnswer, reply: Reply): Promise<void> {
  const { status = 200, headers = {} } = answer;
  let payload = "";
  for await (const piece of answer.pieces) payload += piece;
  const contentType = status === 400 ? "text/plain" : (headers["content-type"] ?? "text/plain");
  reply({ status, contentType, payload, headers, isEvent: false, isLast: true });
}

function modelOf(payload: string): unknown {
  return (JSON.parse(payload) as { model?: unknown }).model;
}

/** Makes its preflight, connects, and serves until it is closed; fails like the real one where either is refused. */
export async function startFirstGenerationProxy(script: ProxyScript): Promise<FirstGenerationProxy> {
  const { routerUrl, key, models, upstream } = script;
  const names = models.map((model) => (JSON.parse(model) as { name: string }).name);
  const calls: UpstreamCall[] = [];
  const announced = await sendPreflight(routerUrl, key, `{"models":[${models.join(",")}]}`);
  if (!announced.ok) throw new Error(`preflight refused with ${announced.status}: ${await announced.text()}`);

  const serve = async (message: RequestMessage, socket: WebSocket): Promise<void> => {
    const reply: Reply = ({ status, contentType, payload, headers, isEvent, isLast }) =>
      socket.send(
        JSON.stringify({
          request_id: message.request_id,
          status_code: status,
          content_type: contentType,
          payload,
          headers,
          is_stream_chunk: isEvent,
          stream_done: isLast,
        }),
      );
    const refuse = (status: number, payload: string): void =>
      reply({ status, contentType: "text/plain", payload, headers: {}, isEvent: false, isLast: true });
    const model = modelOf(message.payload);
    if (!names.some((name) => name === model)) {
      refuse(404, `Model '${String(model)}' not configured`);
      return;
    }
    const type = message.headers["content-type"] ?? message.headers["Content-Type"] ?? "application/json";
    const own = [["Authorization", "Bearer upstream-key"] as const, ["Content-Type", type] as const];
    const call = { message, payload: message.payload, headers: [...Object.entries(message.headers), ...own] };
    calls.push(call);
    try {
      const answer = await upstream(call);
      const isStream = (answer.headers?.["content-type"] ?? "").includes("text/event-stream");
      await (isStream && answer.status !== 400 ? sendEvents(answer, reply) : sendWhole(answer, reply));
    } catch (error) {
      refuse(500, `HTTP request failed: ${(error as Error).message} (http://10.0.0.7:8000/v1/chat/completions)`);
    }
  };
  const connect = async (): Promise<WebSocket> => {
    const url = `${routerUrl.replace(/^http/, "ws")}/api/v1/providers/subscribe`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` }, perMessageDeflate: false });
    socket.on("message", (data: Buffer) => void serve(JSON.parse(data.toString()) as RequestMessage, socket));
    await once(socket, "open"); // rejects where the upgrade is refused
    socket.on("error", () => undefined);
    return socket;
  };
  let socket = await connect();
  return {
    calls,
    get socket() {
      return socket;
    },
    async reconnect() {
      if (socket.readyState !== socket.CLOSED) await once(socket, "close");
      socket = await connect();
    },
    async settle() {
      socket.ping();
      await once(socket, "pong");
    },
    sendText: (text) => socket.send(text),
    async close() {
      if (socket.readyState === socket.CLOSED) return;
      const closed = once(socket, "close");
      socket.terminate();
      await closed;
    },
  };
}
