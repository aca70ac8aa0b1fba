// `aimo run`: one question, its answer alone on standard output.
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { OWN_KEY_MS, RUN_INPUT_BYTES_MAX } from "../limits.ts";
import { findRouter } from "../network/find-router.ts";
import { ask } from "./ask.ts";
import { readAsking } from "./asking.ts";
import { chooseModel } from "./choose-model.ts";
import { answerJson, costLine } from "./cost-text.ts";
import { filePart } from "./file-part.ts";
import { openSpendingKey, readLimit } from "./spending-key.ts";
import type { Message } from "./stream-answer.ts";

/** The question: what was typed, what is piped in, and the file. */
async function readQuestion(
  { terminal, folder, interrupted }: CommandContext,
  typed: string | undefined,
  file: unknown,
): Promise<Message["content"]> {
  const waiting = terminal.progress("Reading standard input");
  const piped = await terminal.readInput(RUN_INPUT_BYTES_MAX, interrupted).finally(() => waiting.done());
  const part = typeof file === "string" ? filePart(folder, file) : undefined;
  const texts = [typed, piped?.trim(), part?.kind === "text" ? part.text : undefined];
  const text = texts.filter((each) => each !== undefined && each !== "").join("\n\n");
  if (text === "") {
    throw new CommandFault({
      what: "There is no question.",
      why: "no prompt is given, and nothing is piped in.",
      next: 'aimo run "Why is the sky blue?" --model author/slug',
      reason: "usage",
    });
  }
  return part?.kind === "image" ? [{ type: "text", text }, part.content] : text;
}

/** Asks a model once, and prints its answer. */
export const run: RunCommand = async (context, input) => {
  const { terminal } = context;
  const { system, ...asking } = readAsking(input);
  const limit = readLimit(input.options["limit"]);
  const question = await readQuestion(context, input.arguments[0], input.options["file"]);
  const router = await findRouter(context);
  const named = input.options["model"];
  const model = await chooseModel(context, router.client, typeof named === "string" ? named : undefined);
  const key = await openSpendingKey(context, router, { limit, validForMs: OWN_KEY_MS });
  const paid = { bearer: await key.bearer(nanoUsdc(0n)), isOwnKey: key.isOwn, before: undefined };
  const messages: Message[] = [{ role: "user", content: question }];
  if (system !== undefined) messages.unshift({ role: "system", content: system });
  const answer = await ask(context, router.client, { ...paid, model, messages, ...asking });
  if (answer.generationId !== undefined || answer.end === "stopped") {
    terminal.note(terminal.noteStyle.faint(costLine(answer)));
  }
  if (answer.fault !== undefined) throw answer.fault;
  if (answer.finishReason === "length") terminal.note("The answer was cut off: it had as many tokens as it may have.");
  return { data: answerJson(answer), text: "", ...(answer.end === "stopped" && { reason: "interrupted" }) };
};
