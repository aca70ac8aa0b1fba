// Every error a client can get, in the one body that OpenAI's and OpenRouter's readers both understand.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { HEADER_BYTES_MAX, REQUEST_TIMEOUT_MS } from "../limits.ts";
import type { RequestObserver, WatchedEndpoint } from "./request-watch.ts";

/** Where a request came in: `code` is the HTTP status on `/api/v1`, our string on `/v1`. */
export type CodeStyle = "status" | "string";

/** The style of the surface a request came in on. */
export function codeStyle(url: string): CodeStyle {
  return url.startsWith("/v1/") ? "string" : "status";
}

/** What clients see of an error's context, and under which name (http-api.md, "Errors"). */
const CONTEXT_SHOWN = [
  ["provider", "provider_name"],
  ["phase", "phase"],
  ["fault", "fault"],
  ["raw", "raw"],
  ["reasons", "reasons"],
  ["flaggedInput", "flagged_input"],
  ["modelSlug", "model_slug"],
  ["near", "near"],
  ["required", "required"],
  ["available", "available"],
  ["locked", "locked"],
  ["remaining", "remaining"],
  ["resetsAt", "resets_at"],
  ["generationId", "generation_id"],
  ["withdrawalId", "withdrawal_id"],
  ["cost", "cost"],
  ["excluded", "excluded"],
  ["offers", "offers"],
] as const;

function metadataOf(error: AimoError): object {
  const context: Readonly<Record<string, unknown>> = { ...error.context };
  const shown: Record<string, unknown> = {};
  for (const [name, shownAs] of CONTEXT_SHOWN) if (context[name] !== undefined) shown[shownAs] = context[name];
  return { error_code: error.code, error_type: error.errorType, retryable: error.retryable, ...shown };
}

interface ErrorObject {
  readonly message: string;
  readonly type: string;
  readonly code: number | ErrorCode;
  readonly param: string | null;
  readonly metadata: object;
}

/** The `error` object of a reply or of a stream's last event. */
export function errorObject(error: AimoError, style: CodeStyle): ErrorObject {
  const context: Readonly<Record<string, unknown>> = { ...error.context };
  return {
    message: error.message,
    type: error.type,
    code: style === "status" ? error.status : (error.code satisfies ErrorCode),
    param: typeof context["param"] === "string" ? context["param"] : null,
    metadata: metadataOf(error),
  };
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("FST_");
}

const FRAMEWORK_WORDS_MAX = 300; // its messages quote the URL, which may be as long as all headers

/** Any thrown value as the error its client gets; `internal` for what should never have been thrown. */
function toAimoError(error: unknown, bodyBytesMax: number): AimoError {
  if (isAimoError(error)) return error;
  if (error instanceof Error && "validation" in error) {
    return new AimoError("invalid_request", { expected: "what this endpoint's schema says", found: error.message });
  }
  if (isFastifyError(error)) {
    if (error.statusCode === 413) return new AimoError("body_too_large", { limitBytes: bodyBytesMax });
    if (error.statusCode !== undefined && error.statusCode < 500) {
      const found = error.message.slice(0, FRAMEWORK_WORDS_MAX);
      return new AimoError("invalid_request", { expected: "a request this endpoint can read", found });
    }
  }
  // Node's word for a client that closes its connection in the middle of a body.
  if (error instanceof Error && "code" in error && error.code === "ECONNRESET") return new AimoError("client_left", {});
  return new AimoError("internal", {}, { cause: error });
}

/** What is wrong with bytes that are no whole HTTP request, by the code Node gives for it. */
export function brokenRequest(code: string | undefined): AimoError {
  if (code === "HPE_HEADER_OVERFLOW") return new AimoError("headers_too_large", { limitBytes: HEADER_BYTES_MAX });
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const expected = `a whole request within ${REQUEST_TIMEOUT_MS} ms, its headers first`;
    return new AimoError("invalid_request", { expected, found: "less" });
  }
  return new AimoError("invalid_request", {
    expected: "an HTTP/1.1 request",
    found: `something else (${code ?? "no code"})`,
  });
}

/** Sends an error as its status, headers and body. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: AimoError): FastifyReply {
  const { context } = error;
  if ("retryAfter" in context && typeof context.retryAfter === "string")
    reply.header("retry-after", context.retryAfter);
  else if (error.status === 503 || error.status === 429) reply.header("retry-after", "1");
  if (error.status === 409) reply.header("x-should-retry", "false"); // OpenAI's clients would ask again by themselves
  return reply.code(error.status).send({ error: errorObject(error, codeStyle(request.url)) });
}

function endpointOf(request: FastifyRequest): WatchedEndpoint {
  return request.routeOptions.url?.endsWith("/chat/completions") === true ? "chat_completions" : "other";
}

/** Answers a request whose URL cannot even be matched with a route; no hook has run for it. */
export function refuseUrl(
  observer: RequestObserver,
): (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply) => void {
  return (thrown, request, reply) => {
    const error = toAimoError(thrown, 0);
    observer.refused(request.id, "other", error);
    void reply.header("x-request-id", request.id);
    void sendError(request, reply, error);
  };
}

/** Makes every failure of the server a well-formed error reply. */
export function installErrorReplies(server: FastifyInstance, observer: RequestObserver): void {
  server.setErrorHandler((thrown, request, reply) => {
    const error = toAimoError(thrown, request.routeOptions.bodyLimit ?? 0);
    observer.refused(request.id, endpointOf(request), error);
    return sendError(request, reply, error);
  });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const error = new AimoError("not_found", { method: request.method, path: path.slice(0, 200) });
    observer.refused(request.id, "other", error);
    return sendError(request, reply, error);
  });
}
