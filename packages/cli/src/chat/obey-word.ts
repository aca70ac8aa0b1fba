// Does what a person tells the conversation itself: another model, another system prompt, to forget.
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { RouterClient } from "../network/router-client.ts";
import { faultText } from "../terminal/fault-text.ts";
import type { ChatWord } from "./chat-words.ts";
import { chatHelp } from "./chat-words.ts";
import { pickModel } from "./choose-model.ts";
import type { Conversation } from "./conversation.ts";

async function changeModel(
  { terminal }: CommandContext,
  client: RouterClient,
  conversation: Conversation,
  named: string,
): Promise<string> {
  if (named === "" && !terminal.isInteractive) return `The model is ${safeLine(conversation.model, 120)}.`;
  try {
    conversation.model = named === "" ? await pickModel({ terminal }, client) : named;
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return error.words.reason === "declined" ? "The model stays." : faultText(error.words, terminal.noteStyle);
  }
  return `The next answer is from ${safeLine(conversation.model, 120)}.`;
}

function changeSystem(conversation: Conversation, text: string): string {
  if (text === "") {
    const { system } = conversation;
    return system === undefined ? "There is no system prompt." : `The system prompt is: ${safeLine(system)}`;
  }
  conversation.system = text === "-" ? undefined : text;
  return text === "-" ? "The system prompt is gone." : "The system prompt is set.";
}

/** Does it, and says so on standard error. */
export async function obeyWord(
  context: CommandContext,
  client: RouterClient,
  conversation: Conversation,
  said: Exclude<ChatWord, { word: "say" | "exit" }>,
): Promise<void> {
  const { terminal } = context;
  if (said.word === "unknown") {
    terminal.warn(
      `${safeLine(said.typed, 60)} is no word of this conversation: /help lists them. Two slashes send it to the model.`,
    );
    return;
  }
  if (said.word === "help") terminal.warn(chatHelp()); // it was asked for, so --quiet prints it too
  if (said.word === "model") terminal.note(await changeModel(context, client, conversation, said.rest));
  if (said.word === "system") terminal.note(changeSystem(conversation, said.rest));
  if (said.word === "clear") {
    conversation.clear();
    terminal.note("What was said is forgotten.");
  }
}
