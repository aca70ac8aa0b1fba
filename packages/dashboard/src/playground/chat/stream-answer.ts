// Asks a model and folds its answer while it comes; whatever happens ends as an answer that says so.
import type { Clock } from "@aimo-network/protocol/clock";
import { createSseParser } from "@aimo-network/protocol/sse";
import { ConsoleFault } from "../../api/fault-words.ts";
import { STREAM_SILENCE_MS } from "../limits.ts";
import type { Answer } from "./answer.ts";
import { askedAnswer, breakAnswer, endAnswer, foldEvent, isRunning } from "./answer.ts";
import type { ChatBody } from "./chat-body.ts";

/** What a router answered before the first event. */
interface Posted {
  readonly generationId: string | undefined;
  /** Its header, in seconds. */
  readonly retryAfter: string | undefined;
  /** What it refused, instead of a stream. */
  readonly fault: unknown;
  readonly stream: ReadableStream<Uint8Array> | undefined;
}

/** Sends a chat completion. Throws where the router cannot be reached or `signal` aborts. */
export type PostChat = (body: ChatBody, signal: AbortSignal) => Promise<Posted>;

/** One question. */
export interface AskedQuestion {
  readonly body: ChatBody;
  /** Aborts when the person stops the answer. */
  readonly signal: AbortSignal;
  /** Called with the answer as far as it came, after each arrival. */
  readonly onAnswer: (answer: Answer) => void;
}

const SECONDS = /^\d{1,6}$/;

function retryMoment(clock: Clock, retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && SECONDS.test(retryAfter) ? clock.now() + Number(retryAfter) * 1_000 : undefined;
}

const SILENT = new ConsoleFault(
  `Nothing came from the router for ${STREAM_SILENCE_MS / 60_000} minutes.`,
  "Look at your connection, and ask again.",
);

/** Reads `stream` to its end into `answer`; `onAnswer` sees each step. Throws what the stream throws. */
async function readStream(
  clock: Clock,
  stream: ReadableStream<Uint8Array>,
  begun: Answer,
  { signal, onAnswer }: Pick<AskedQuestion, "signal" | "onAnswer">,
): Promise<Answer> {
  let answer = begun;
  const parser = createSseParser({
    event(data) {
      answer = foldEvent(answer, data, clock.monotonic());
    },
  });
  const reader = stream.getReader();
  const silence = clock.timer(STREAM_SILENCE_MS, () => {
    answer = breakAnswer(answer, SILENT, clock.monotonic());
    void reader.cancel().catch(() => undefined);
  });
  const leave = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", leave, { once: true });
  try {
    while (isRunning(answer) && !answer.isDone && !signal.aborted) {
      const { done, value } = await reader.read();
      if (done) break;
      silence.refresh();
      parser.push(value);
      if (isRunning(answer)) onAnswer(answer);
    }
    return answer;
  } catch (error) {
    // What came before it is kept: it was said, and may have been charged.
    return signal.aborted ? answer : breakAnswer(answer, cutFault(error), clock.monotonic());
  } finally {
    silence.cancel();
    signal.removeEventListener("abort", leave);
    leave();
  }
}

function cutFault(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  return new ConsoleFault(
    "The connection was lost in the middle of the answer.",
    "Look at your connection, and ask again.",
  );
}

/** Asks, and resolves when the answer has ended, however it did. Never rejects. */
export async function streamAnswer(clock: Clock, post: PostChat, question: AskedQuestion): Promise<Answer> {
  const { body, signal, onAnswer } = question;
  let answer = askedAnswer(clock.monotonic());
  onAnswer(answer);
  try {
    const posted = await post(body, signal);
    answer = { ...answer, generationId: posted.generationId, retryAt: retryMoment(clock, posted.retryAfter) };
    if (posted.fault !== undefined) answer = breakAnswer(answer, posted.fault, clock.monotonic());
    else if (posted.stream !== undefined) answer = await readStream(clock, posted.stream, answer, question);
  } catch (error) {
    if (!signal.aborted) answer = breakAnswer(answer, error, clock.monotonic());
  }
  const endedAt = clock.monotonic();
  if (signal.aborted && isRunning(answer) && !answer.isDone) return { ...answer, phase: "stopped", endedAt };
  return endAnswer(answer, endedAt);
}
