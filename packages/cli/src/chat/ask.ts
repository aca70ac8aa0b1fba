// Asks, shows the answer while it comes, and learns what it cost; Ctrl-C ends the answer and not the command.
import type { CommandContext } from "../context.ts";
import type { RouterClient } from "../network/router-client.ts";
import type { Answer } from "./answer.ts";
import { createAnswerWriter } from "./answer-writer.ts";
import { learnCharge } from "./charge.ts";
import type { Question } from "./stream-answer.ts";
import { streamAnswer } from "./stream-answer.ts";

/** What is asked, and what is known of the key that pays for it. */
export interface PaidQuestion extends Omit<Question, "signal" | "onPiece"> {
  readonly isOwnKey: boolean;
  /** The id of the answer that this key paid for last. */
  readonly before: string | undefined;
}

/** Resolves when the answer has ended, however it did, and its cost is known as far as it can be. */
export async function ask(
  context: CommandContext,
  client: RouterClient,
  { isOwnKey, before, ...question }: PaidQuestion,
): Promise<Answer> {
  const { terminal, clock, options } = context;
  const writer = createAnswerWriter(terminal, { withReasoning: !options.isQuiet });
  const waiting = terminal.progress("Waiting for the model");
  let step = new AbortController(); // Ctrl-C ends the answer, and then the question what it cost
  const release = context.takeInterruptions(() => step.abort());
  try {
    const answer = await streamAnswer(clock, client, {
      ...question,
      signal: step.signal,
      onPiece(piece) {
        waiting.done();
        if (!options.isJson) writer.piece(piece);
      },
    });
    waiting.done();
    writer.end();
    step = new AbortController();
    await learnCharge(clock, client, answer, { bearer: question.bearer, isOwnKey, before, signal: step.signal });
    return answer;
  } finally {
    waiting.done();
    release();
  }
}
