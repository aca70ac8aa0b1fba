// Asks a model and reads its answer as it comes; whatever happens, what has come by then is not lost.
import type { Clock } from "@aimo-network/protocol/clock";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { createSseParser } from "@aimo-network/protocol/sse";
import { CommandFault } from "../fault.ts";
import { ANSWER_CHARS_MAX, STREAM_SILENCE_MS } from "../limits.ts";
import { parseExactJson } from "../network/exact-json.ts";
import { unreachable } from "../network/failed-fetch.ts";
import { readBody, refusedBy } from "../network/router-answer.ts";
import type { RouterClient } from "../network/router-client.ts";
import type { Answer, AnswerPiece } from "./answer.ts";
import { emptyAnswer, readEvent } from "./answer.ts";

/** A message of a conversation; images are parts of its content. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly object[];
}

/** What is asked. */
export interface Question {
  readonly bearer: string;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly maxTokens?: number;
  readonly temperature?: number;
  /** Ends the answer, for the router and its provider too. */
  readonly signal: AbortSignal;
  readonly onPiece: (piece: AnswerPiece) => void;
}

const REFUSED = "No answer came.";
const BROKEN = "The answer broke off.";

function broken(why: string): CommandFault {
  return new CommandFault({ what: BROKEN, why, next: "Ask again.", reason: "unreachable", code: "answer_broken" });
}

/** Reads one event's data; throws what it says went wrong. True when the stream says that it has ended. */
function takeEvent(answer: Answer, data: string, onPiece: (piece: AnswerPiece) => void): boolean {
  if (data === "[DONE]") return true;
  let event: unknown;
  try {
    event = parseExactJson(data);
  } catch (error) {
    throw new CommandFault({ ...broken("the router sent what is no JSON.").words }, { cause: error });
  }
  for (const piece of readEvent(answer, event)) onPiece(piece);
  if (answer.text.length + answer.reasoning.length > ANSWER_CHARS_MAX) {
    throw broken(`it is longer than ${ANSWER_CHARS_MAX} characters.`);
  }
  if (isJsonObject(event) && isJsonObject(event["error"])) throw refusedBy(BROKEN, 200, event);
  return false;
}

/** Reads the stream to its end; throws where it does not end as it should. */
async function readStream(
  answer: Answer,
  response: Response,
  onPiece: (piece: AnswerPiece) => void,
  onBytes: () => void,
): Promise<void> {
  let isDone = false;
  let fault: Error | undefined;
  const parser = createSseParser({
    event(data) {
      if (fault !== undefined || isDone) return;
      try {
        isDone = takeEvent(answer, data, onPiece);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        fault = error; // the parser goes on to the end of its piece, and nobody listens
      }
    },
  });
  for await (const bytes of bytesOf(response)) {
    onBytes();
    parser.push(bytes);
    if (fault !== undefined) throw fault;
    if (isDone) return;
  }
  throw broken("the router ended it in the middle.");
}

/** The body as it comes; a connection that breaks is told as what it means for the answer. */
async function* bytesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (error) {
    throw new CommandFault({ ...broken("the connection to the router was lost.").words }, { cause: error });
  }
}

/** Opens the stream; throws `CommandFault` where the router refuses. */
async function openStream(client: RouterClient, question: Question, signal: AbortSignal): Promise<Response> {
  const { bearer, model, messages, maxTokens, temperature } = question;
  const response = await client.open("/api/v1/chat/completions", {
    bearer,
    headers: { accept: "text/event-stream" },
    body: {
      model,
      messages,
      stream: true,
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...(temperature !== undefined && { temperature }),
    },
    signal,
  });
  if (!response.ok) throw refusedBy(REFUSED, response.status, await readBody(response));
  if (response.headers.get("content-type")?.startsWith("text/event-stream") === true) return response;
  await response.body?.cancel();
  throw new CommandFault({ what: REFUSED, why: "what it sent is no stream of events.", reason: "unreachable" });
}

/** Asks, and resolves when the answer has ended, however it did; nothing is thrown but faults of this program. */
export async function streamAnswer(clock: Clock, client: RouterClient, question: Question): Promise<Answer> {
  const answer = emptyAnswer();
  const silence = new AbortController();
  const timer = clock.timer(STREAM_SILENCE_MS, () => silence.abort(new DOMException("silence", "TimeoutError")));
  try {
    const response = await openStream(client, question, AbortSignal.any([question.signal, silence.signal]));
    answer.generationId = response.headers.get("x-generation-id") ?? undefined;
    await readStream(answer, response, question.onPiece, () => timer.refresh());
    answer.end = "whole";
    if (answer.finishReason === undefined) throw broken("the model never said that it had ended.");
  } catch (error) {
    answer.end = question.signal.aborted ? "stopped" : "broken";
    if (answer.end === "broken") answer.fault = faultOf(error, client, silence.signal.aborted);
  } finally {
    timer.cancel();
  }
  return answer;
}

function faultOf(error: unknown, client: RouterClient, isSilent: boolean): CommandFault {
  if (isSilent) return broken(`nothing came for ${STREAM_SILENCE_MS / 1_000} seconds.`);
  if (error instanceof CommandFault) return error;
  return unreachable(error, { who: "the router", url: client.url, option: "--router" });
}
