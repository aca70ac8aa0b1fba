// An answer that is an error with an HTTP status, in the shape OpenAI's clients read.

import type { AimoError } from "@aimo-network/protocol/errors";

import { NAME_CHARS_KEPT } from "./limits.ts";
import type { Recipient } from "./recipient.ts";

/** An HTTP error answer: OpenAI's `error` object, its status and its extra headers. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

const INVALID = "invalid_request_error";

function typeOfStatus(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : INVALID;
}

/** The refusal a model name asks for: `status` with a message that says it was ordered. */
export function orderedRefusal(status: number, headers: Readonly<Record<string, string>> = {}): Refusal {
  const message = `The name of the model asks the demo model to answer with status ${status}.`;
  return { status, headers, error: { message, type: typeOfStatus(status), param: null, code: null } };
}

/** Whether a call may come in: it carries `apiKey`, or none is asked for. */
export function isAuthorized(authorization: string | undefined, apiKey: string | undefined): boolean {
  return apiKey === undefined || authorization === `Bearer ${apiKey}`;
}

/** The wrong or missing bearer, as OpenAI refuses it; the key itself is never repeated. */
export const WRONG_KEY: Refusal = {
  status: 401,
  headers: {},
  error: {
    message: "Incorrect API key provided: the demo model expects the key it was started with (`--api-key`).",
    type: INVALID,
    param: null,
    code: "invalid_api_key",
  },
};

/** A model name the demo model does not know. */
export function unknownModel(name: string): Refusal {
  const message = `The model \`${name.slice(0, NAME_CHARS_KEPT)}\` does not exist: GET /v1/models lists the names, docs/demo-model.md explains them.`;
  return { status: 404, headers: {}, error: { message, type: INVALID, param: "model", code: "model_not_found" } };
}

/** A path or method the demo model does not have. */
export function unknownUrl(method: string, path: string): Refusal {
  const message = `Unknown request URL: ${method} ${path}. The demo model has POST /v1/chat/completions, GET /v1/models and GET /demo/calls.`;
  return { status: 404, headers: {}, error: { message, type: INVALID, param: null, code: "unknown_url" } };
}

/** The call log asked for by a name that is not this machine's own. */
export const WRONG_HOST: Refusal = {
  status: 403,
  headers: {},
  error: {
    message: "The call log is shown only to callers that reach the demo model as 127.0.0.1 or localhost.",
    type: "permission_error",
    param: null,
    code: null,
  },
};

/** An operating error found while reading a request. */
export function refusalOf(error: AimoError): Refusal {
  const param = "param" in error.context && typeof error.context.param === "string" ? error.context.param : null;
  // What is left of a body that is too large stays unread, so the connection cannot be used again.
  const headers = error.code === "body_too_large" ? { connection: "close" } : {};
  return { status: error.status, headers, error: { message: error.message, type: error.type, param, code: null } };
}

/** Sends `refusal` as the whole answer. */
export function sendRefusal(recipient: Pick<Recipient, "reply" | "begin">, { status, headers, error }: Refusal): void {
  const body = JSON.stringify({ error });
  recipient.begin(status, {
    ...headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  recipient.reply.end(body);
}
