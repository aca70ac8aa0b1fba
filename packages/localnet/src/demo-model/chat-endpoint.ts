// POST /v1/chat/completions: from a body to the answer, or the fault, that its model name asks for.

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { type Clock, sleep } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";

import type { CallLog } from "./call-log.ts";
import { answerChat } from "./chat-answer.ts";
import { readChatRequest } from "./chat-request.ts";
import { type Conduct, HONEST } from "./conduct.ts";
import { BODY_BYTES_MAX } from "./limits.ts";
import { readModelName } from "./model-name.ts";
import { readBody } from "./read-body.ts";
import { createRecipient, type Recipient } from "./recipient.ts";
import { isAuthorized, refusalOf, sendRefusal, unknownModel, WRONG_KEY } from "./refusal.ts";
import { untilGone } from "./reply-writer.ts";
import { type Fields, invalidField, isFields, readText } from "./request-fields.ts";
import { sendJson, sendKeepAlives, sendStream } from "./send-answer.ts";

/** How a demo model treats all its calls. */
export interface ChatOptions {
  /** The bearer every call must carry; undefined: any or none. */
  readonly apiKey: string | undefined;
  /** Milliseconds between the events of streams. */
  readonly chunkDelayMs: number;
  /** Names answered as `demo` is, besides its own. */
  readonly models: ReadonlySet<string>;
}

function parseBody(bytes: Buffer): Fields {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    const found = `${bytes.length} bytes that are none`;
    throw new AimoError("invalid_request", { expected: "a body of JSON", found }, { cause });
  }
  if (!isFields(body))
    throw new AimoError("invalid_request", { expected: "a JSON object", found: "another JSON value" });
  return body;
}

/** Creates the endpoint. */
export function createChatEndpoint(
  clock: Clock,
  calls: CallLog,
  { apiKey, chunkDelayMs, models }: ChatOptions,
): (request: IncomingMessage, reply: ServerResponse) => Promise<void> {
  const sendAnswer = async (recipient: Recipient, bytes: Buffer, body: Fields, conduct: Conduct): Promise<void> => {
    const request = readChatRequest(body);
    const id = `chatcmpl-${createHash("sha256").update(bytes).digest("hex").slice(0, 24)}`;
    const identity = { id, created: Math.floor(clock.now() / 1000), model: readText(body, "model") };
    const answer = answerChat(request, conduct, identity);
    const { includeUsage } = request;
    if (request.stream && conduct.streams) {
      await sendStream(clock, recipient, answer, conduct, { includeUsage, chunkDelayMs });
    } else {
      await sendJson(clock, recipient, answer, conduct);
    }
  };

  const sendConduct = async (recipient: Recipient, bytes: Buffer, body: Fields, conduct: Conduct): Promise<void> => {
    const { firstByteDelayMs, hangsUp, keepAliveMs, refusal, literal } = conduct;
    if (firstByteDelayMs === Infinity) await untilGone(recipient.gone);
    else if (firstByteDelayMs > 0) await sleep(clock, firstByteDelayMs, recipient.gone);
    if (recipient.gone.aborted) return;
    if (hangsUp) {
      recipient.cut();
    } else if (keepAliveMs !== undefined) {
      await sendKeepAlives(clock, recipient, keepAliveMs, body["stream"] === true);
    } else if (refusal !== undefined) {
      sendRefusal(recipient, refusal);
    } else if (literal !== undefined) {
      const { status, contentType, body: text } = body["stream"] === true ? literal.stream : literal.plain;
      recipient.begin(status, contentType === undefined ? {} : { "content-type": contentType });
      recipient.reply.end(text);
    } else {
      await sendAnswer(recipient, bytes, body, conduct);
    }
  };

  const answerBody = async (recipient: Recipient, bytes: Buffer, authorization: string | undefined): Promise<void> => {
    const body = parseBody(bytes);
    const model = typeof body["model"] === "string" ? body["model"] : null;
    recipient.note({ model, stream: body["stream"] === true, body_bytes: bytes.length, body_keys: Object.keys(body) });
    if (!isAuthorized(authorization, apiKey)) return sendRefusal(recipient, WRONG_KEY);
    if (model === null) throw invalidField("model", "the name of a model", body["model"]);
    const conduct = models.has(model) ? HONEST : readModelName(model);
    if (conduct === undefined) return sendRefusal(recipient, unknownModel(model));
    await sendConduct(recipient, bytes, body, conduct);
  };

  return async (request, reply) => {
    const recipient = createRecipient(clock, calls, request, reply);
    const read = await readBody(request, BODY_BYTES_MAX);
    if (read === "left") return;
    try {
      if (read === "too-large") throw new AimoError("body_too_large", { limitBytes: BODY_BYTES_MAX });
      await answerBody(recipient, read.bytes, request.headers.authorization);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      sendRefusal(recipient, refusalOf(error));
    }
  };
}
