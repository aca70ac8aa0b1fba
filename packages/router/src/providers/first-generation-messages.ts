// The text messages of the first-generation dialect: what the router sends for a request, and what comes back (wire.md).
import { AimoError } from "@aimo-network/protocol/errors";
import { exceededJsonBound } from "@aimo-network/protocol/json-bounds";
import { jsonMembers, replaceMembers } from "@aimo-network/protocol/json-members";
import type { ResponseHead } from "@aimo-network/protocol/wire/messages";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { EVENT_LINES_MAX, FIRST_GENERATION_MESSAGE_VALUES_MAX } from "../limits.ts";
import type { AttemptRequest } from "./provider-link.ts";

const MessageShape = Compile(
  Type.Object({
    request_id: Type.String(),
    status_code: Type.Number(),
    content_type: Type.String(),
    payload: Type.String(),
    headers: Type.Record(Type.String(), Type.String()),
    is_stream_chunk: Type.Boolean(),
    stream_done: Type.Boolean(),
  }),
);

/** A message of a proxy: a whole answer, an event of a stream, or a stream's end. */
export interface ProxyMessage {
  readonly requestId: string;
  readonly status: number;
  /** The headers that pass. */
  readonly headers: ResponseHead["headers"];
  /** The answer's body, or what an event's `data:` lines said. */
  readonly payload: string;
  readonly isEvent: boolean;
  /** Nothing more comes for this request. */
  readonly isLast: boolean;
  /** Words of the proxy itself, who got no answer to pass on: it gives its own errors no headers, and text. */
  readonly isProxysOwn: boolean;
}

const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,4096}$/; // what RFC 9110 lets a header hold

function violation(detail: string): AimoError {
  return new AimoError("protocol_violation", { detail });
}

function passedHeaders(contentType: string, all: Readonly<Record<string, string>>): ResponseHead["headers"] {
  const retryAfter = Object.entries(all).find(([name]) => name.toLowerCase() === "retry-after")?.[1];
  return {
    ...(FIELD_VALUE.test(contentType) && { "content-type": contentType }),
    ...(retryAfter !== undefined && FIELD_VALUE.test(retryAfter) && { "retry-after": retryAfter }),
  };
}

/** A message is an object whose headers are one: more levels, or many values, would only stop the process while they are parsed. */
const BOUNDS = { levelsMax: 2, valuesMax: FIRST_GENERATION_MESSAGE_VALUES_MAX };

function parse(text: string): unknown {
  if (exceededJsonBound(text, BOUNDS) !== undefined) {
    throw violation(`a message has at most ${BOUNDS.levelsMax} levels and ${BOUNDS.valuesMax} values`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // The parser's own words quote the text, which may be an answer.
    throw new AimoError("protocol_violation", { detail: "expected a JSON message, found other text" }, { cause });
  }
}

/** Reads a text message; throws `protocol_violation` for anything that no proxy sends. */
export function readProxyMessage(text: string): ProxyMessage {
  const value = parse(text);
  if (!MessageShape.Check(value)) {
    throw violation("expected request_id, status_code, content_type, payload, headers, is_stream_chunk, stream_done");
  }
  const { headers, is_stream_chunk: isEvent, content_type: contentType } = value;
  return {
    requestId: value.request_id,
    status: value.status_code,
    headers: passedHeaders(isEvent ? "text/event-stream" : contentType, headers),
    payload: value.payload,
    isEvent,
    isLast: value.stream_done,
    isProxysOwn: !isEvent && contentType === "text/plain" && Object.keys(headers).length === 0,
  };
}

const LINE_END = /\r\n|\r|\n/g;

/** Whether an event has more lines than any model sends; looks no further than that. */
export function hasTooManyLines({ payload, isEvent }: ProxyMessage): boolean {
  if (!isEvent) return false;
  LINE_END.lastIndex = 0;
  for (let lines = 1; lines <= EVENT_LINES_MAX; lines += 1) if (!LINE_END.test(payload)) return false;
  return true;
}

/** The message's part of the answer's body, as a server would have sent it. */
export function answerBytes({ payload, isEvent, status }: ProxyMessage): Uint8Array {
  const isSuccess = status >= 200 && status <= 299; // an error is read whole, and not event by event
  if (!isEvent || !isSuccess || payload === "") return Buffer.from(payload);
  return Buffer.from(`data: ${payload.replaceAll(LINE_END, "\ndata: ")}\n\n`);
}

/** Headers that the proxy sets itself: it would send both, its own and the router's. */
const NEVER_SENT: ReadonlySet<string> = new Set(["authorization", "content-type", "content-length", "host"]);

/** The body with the proxy's own name of the model, which it looks for there and passes on; streams ask for usage. */
function payloadFor(request: AttemptRequest, modelName: string): string {
  const body = Buffer.concat(request.body).toString();
  const changes = new Map([["model", JSON.stringify(modelName)]]);
  if (request.stream) {
    const member = jsonMembers(body).find(({ key }) => key === "stream_options");
    const options = member === undefined ? "" : body.slice(member.valueStart, member.valueEnd);
    const asked = replaceMembers(options.startsWith("{") ? options : "{}", new Map([["include_usage", "true"]]));
    changes.set("stream_options", asked);
  }
  return replaceMembers(body, changes);
}

/** Writes a request for the proxy that knows the model as `modelName`; `wallet` is the provider's. */
export function requestMessage(request: AttemptRequest, wallet: string, modelName: string): Uint8Array {
  const headers = Object.entries(request.headers).filter(([name]) => !NEVER_SENT.has(name.toLowerCase()));
  const message = {
    sender_id: request.payer,
    request_id: request.attemptId,
    service_id: wallet,
    endpoint: request.endpoint,
    request_type: "completion_model",
    method: "POST",
    payload: payloadFor(request, modelName),
    headers: Object.fromEntries(headers),
    payload_encrypted: false,
    signature: null,
  };
  return Buffer.from(JSON.stringify(message));
}
