// The JSON payloads of `aimo.v2` frames: one schema each gives the type and the check.
import type { Static } from "typebox";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { assert } from "../assert.ts";
import { AimoError } from "../errors.ts";
import { OFFERS_PER_PAGE_MAX } from "../limits.ts";
import { encodeTextFrame } from "./frame.ts";
import { OfferSchema } from "./offer.ts";

const Text = Type.String({ maxLength: 2_000 });
const Milliseconds = Type.Integer({ minimum: 0, maximum: 86_400_000 });
const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const AttemptId = Type.String({ pattern: "^[0-9a-f]{32}$" });
const Headers = Type.Record(
  Type.String({ pattern: "^[a-z0-9-]{1,64}$" }),
  Type.String({ maxLength: 4_096, pattern: "^[\\t\\x20-\\x7e\\x80-\\xff]*$" }), // what RFC 9110 lets a field value hold
  { additionalProperties: false },
);

/** What a proxy is and how much it takes at once. */
export const HelloSchema = Type.Object({
  software: Text,
  version: Text,
  max_concurrency: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
});
export type Hello = Static<typeof HelloSchema>;

/** Who the router is, and the limits it keeps on this link. */
export const WelcomeSchema = Type.Object({
  router_id: Text,
  link_id: Text,
  heartbeat_ms: Milliseconds,
  limits: Type.Object({ streams_max: Type.Integer({ minimum: 1 }), offers_max: Type.Integer({ minimum: 1 }) }),
  message: Type.Optional(Text),
});
export type Welcome = Static<typeof WelcomeSchema>;

/** One page of offers; the last page replaces all offers of its link. */
export const OffersSchema = Type.Object({
  offers: Type.Array(OfferSchema, { maxItems: OFFERS_PER_PAGE_MAX }),
  more: Type.Boolean(),
});
export type Offers = Static<typeof OffersSchema>;

/** No new requests; running ones end within the deadline. */
export const DrainSchema = Type.Object({ reason: Text, deadline_ms: Milliseconds });
export type Drain = Static<typeof DrainSchema>;

/** Something a provider should know. */
export const NoticeSchema = Type.Object({ code: Text, message: Text, offer: Type.Optional(Text) });
export type Notice = Static<typeof NoticeSchema>;

/** The start of an attempt; `deadline_ms` is a duration from receipt, `payer` a pseudonym stable at this provider. */
export const RequestHeadSchema = Type.Object({
  attempt_id: AttemptId,
  endpoint: Text,
  model: Text,
  headers: Headers,
  content_length: Bytes,
  deadline_ms: Milliseconds,
  stream: Type.Boolean(),
  payer: Text,
});
export type RequestHead = Static<typeof RequestHeadSchema>;

/** Why the router wants no more of an answer. */
export const CancelSchema = Type.Object({ reason: Text });
export type Cancel = Static<typeof CancelSchema>;

/** The upstream's final status and the few headers that pass. */
export const ResponseHeadSchema = Type.Object({
  status: Type.Integer({ minimum: 200, maximum: 599 }),
  headers: Headers,
});
export type ResponseHead = Static<typeof ResponseHeadSchema>;

/** Why an attempt failed at the proxy: an error code of `errors.ts` where one fits. */
export const EndErrorSchema = Type.Object({
  code: Text,
  message: Text,
  phase: Type.Optional(
    Type.Union([Type.Literal("connect"), Type.Literal("first_byte"), Type.Literal("idle"), Type.Literal("total")]),
  ),
  limit_ms: Type.Optional(Milliseconds),
});
export type EndError = Static<typeof EndErrorSchema>;

const Tokens = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** How an attempt ended, as the proxy saw it; the router compares it with what it saw itself. */
export const EndSchema = Type.Object({
  attempt_id: AttemptId,
  usage: Type.Union([
    Type.Null(),
    Type.Object({
      prompt_tokens: Tokens,
      completion_tokens: Tokens,
      cached_tokens: Tokens,
      reasoning_tokens: Tokens,
    }),
  ]),
  finish_reason: Type.Union([Type.Null(), Text]),
  body_bytes: Bytes,
  body_sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  upstream_ms: Milliseconds,
  first_byte_ms: Type.Union([Type.Null(), Milliseconds]),
  cancelled: Type.Boolean(),
  error: Type.Optional(EndErrorSchema),
});
export type End = Static<typeof EndSchema>;

/** The router has recorded this End: the proxy may forget it. */
export const EndAckSchema = Type.Object({ attempt_id: AttemptId, charged: Type.Boolean() });
export type EndAck = Static<typeof EndAckSchema>;

/** The payload type of each frame that carries JSON. */
export interface Messages {
  hello: Hello;
  welcome: Welcome;
  offers: Offers;
  drain: Drain;
  notice: Notice;
  "request-head": RequestHead;
  cancel: Cancel;
  "response-head": ResponseHead;
  "response-end": End;
  "end-ack": EndAck;
  "end-replay": End;
}
/** The name of a frame whose payload is JSON. */
export type MessageName = keyof Messages;

const checks = {
  hello: Compile(HelloSchema),
  welcome: Compile(WelcomeSchema),
  offers: Compile(OffersSchema),
  drain: Compile(DrainSchema),
  notice: Compile(NoticeSchema),
  "request-head": Compile(RequestHeadSchema),
  cancel: Compile(CancelSchema),
  "response-head": Compile(ResponseHeadSchema),
  "response-end": Compile(EndSchema),
  "end-ack": Compile(EndAckSchema),
  "end-replay": Compile(EndSchema),
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

const PLACE_CHARS_MAX = 100; // a place names members, and a peer may give one any name of any length

/** Where and how `value` first misses the schema of `name`; undefined when it fits. */
function firstFault(name: MessageName, value: unknown): string | undefined {
  const check = checks[name];
  if (check.Check(value)) return undefined;
  const [fault] = check.Errors(value);
  const place =
    fault === undefined || fault.instancePath === "" ? "the payload" : fault.instancePath.slice(0, PLACE_CHARS_MAX);
  return `${place} ${fault?.message ?? "does not fit"}`;
}

function messageText<Name extends MessageName>(name: Name, message: Messages[Name]): string {
  const fault = firstFault(name, message);
  assert(fault === undefined, `${name} fits its schema: ${fault}`);
  return JSON.stringify(message);
}

/** Writes a message as the UTF-8 JSON payload of its frame; asserts that the peer will accept it. */
export function encodeMessage<Name extends MessageName>(name: Name, message: Messages[Name]): Uint8Array {
  return encoder.encode(messageText(name, message));
}

/** Writes a message as a whole frame; asserts that the peer will accept it. */
export function encodeMessageFrame<Name extends MessageName>(
  name: Name,
  streamId: number,
  message: Messages[Name],
): Uint8Array {
  return encodeTextFrame(name, streamId, messageText(name, message));
}

function parseJson(name: MessageName, payload: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(payload)) as unknown;
  } catch (cause) {
    throw new AimoError("protocol_violation", { detail: `the payload of ${name} is not UTF-8 JSON` }, { cause });
  }
}

/** Reads the payload of a frame; throws `protocol_violation` with the first fault and where it is. */
export function decodeMessage<Name extends MessageName>(name: Name, payload: Uint8Array): Messages[Name] {
  const value = parseJson(name, payload);
  const fault = firstFault(name, value);
  if (fault !== undefined) throw new AimoError("protocol_violation", { detail: `${name}: ${fault}` });
  return value as Messages[Name];
}
