// `aimo chat`: a conversation with a model, at a terminal or line by line from a pipe.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc, formatNanoUsdc } from "@aimo-network/protocol/money";
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { Outcome, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CHAT_KEY_MS } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import { findRouter } from "../network/find-router.ts";
import type { TextInput } from "../terminal/terminal.ts";
import { readAsking } from "./asking.ts";
import { readChatWord } from "./chat-words.ts";
import { chooseModel } from "./choose-model.ts";
import { Conversation } from "./conversation.ts";
import { openSpendingKey, readLimit } from "./spending-key.ts";
import type { SpendingKey } from "./spending-key.ts";
import { obeyWord } from "./obey-word.ts";
import type { Turns } from "./turns.ts";
import { createTurns } from "./turns.ts";

function greeting(
  { terminal }: CommandContext,
  { facts, client }: Router,
  { model, payer, limit }: { model: string; payer: string; limit: MicroUsdc | undefined },
): string {
  const atMost = limit === undefined ? "" : `, at most ${formatMicroUsdc(limit)} USDC`;
  const { strong, faint } = terminal.noteStyle;
  return [
    `${strong(safeLine(model, 120))} at ${safeLine(facts.name, 60)} (${client.url}); ${payer} pays${atMost}.`,
    faint("/help lists what you can type; Ctrl-C stops an answer, twice at an empty prompt it leaves."),
  ].join("\n");
}

/** Texts until the person leaves or the pipe ends. */
async function* textsOf({ terminal }: CommandContext, texts: TextInput): AsyncGenerator<string> {
  let wasInterrupted = false;
  for (;;) {
    const read = await texts.next(terminal.noteStyle.strong("> "));
    if (read.kind === "end") return;
    if (read.kind === "text") {
      wasInterrupted = false;
      yield read.text;
      continue;
    }
    if (read.wasEmpty && wasInterrupted) return;
    wasInterrupted = read.wasEmpty;
    if (read.wasEmpty) terminal.note(terminal.noteStyle.faint("Ctrl-C again leaves, as Ctrl-D does."));
  }
}

async function converse(
  context: CommandContext,
  { client }: Router,
  conversation: Conversation,
  turns: Turns,
): Promise<void> {
  const texts = await context.terminal.openTexts();
  const close = (): void => texts.close();
  context.interrupted.addEventListener("abort", close, { once: true });
  try {
    for await (const typed of textsOf(context, texts)) {
      const said = readChatWord(typed);
      if (said.word === "exit") return;
      if (said.word !== "say") await obeyWord(context, client, conversation, said);
      else if (said.text !== "") await turns.take(said.text);
      if (context.interrupted.aborted) return;
    }
  } finally {
    context.interrupted.removeEventListener("abort", close);
    close();
  }
}

function outcomeOf(context: CommandContext, router: Router, conversation: Conversation, turns: Turns): Outcome {
  const spent = formatNanoUsdc(conversation.spent);
  const { terminal, interrupted } = context;
  if (terminal.isInteractive) {
    const count = conversation.turns === 1 ? "1 answer" : `${conversation.turns} answers`;
    terminal.note(terminal.noteStyle.faint(`${count}, ${spent} USDC.`));
  }
  const hasFailed = !terminal.isInteractive && turns.failures > 0; // a person has seen it, a script has to be told
  return {
    data: { router: router.id, model: conversation.model, cost: spent, answers: turns.answers },
    text: "",
    ...(hasFailed && { reason: "failed" }),
    ...(interrupted.aborted && { reason: "interrupted" }),
  };
}

/** Talks until the person leaves. */
export const chat: RunCommand = async (context, input) => {
  const { system, ...asking } = readAsking(input);
  const limit = readLimit(input.options["limit"]);
  const router = await findRouter(context);
  const key: SpendingKey = await openSpendingKey(context, router, { limit, validForMs: CHAT_KEY_MS });
  const model = await chooseModel(context, router.client, input.arguments[0]);
  const conversation = new Conversation(model, system);
  const turns = createTurns(context, router.client, { conversation, key, limit, asking });
  if (context.terminal.isInteractive) {
    context.terminal.note(greeting(context, router, { model, payer: key.payer, limit }));
  }
  await converse(context, router, conversation, turns);
  return outcomeOf(context, router, conversation, turns);
};
