// One question after the other: each is answered, paid and told, or what kept it from being so is told.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { CommandContext } from "../context.ts";
import type { FaultWords } from "../fault.ts";
import { CONVERSATION_CHARS_MAX } from "../limits.ts";
import type { RouterClient } from "../network/router-client.ts";
import { faultText } from "../terminal/fault-text.ts";
import { ask } from "./ask.ts";
import type { Asking } from "./asking.ts";
import type { Conversation } from "./conversation.ts";
import { answerJson, costLine } from "./cost-text.ts";
import type { SpendingKey } from "./spending-key.ts";

/** What a conversation is held with. */
export interface TurnsDeps {
  readonly conversation: Conversation;
  readonly key: SpendingKey;
  readonly limit: MicroUsdc | undefined;
  readonly asking: Asking;
}

/** The turns of a conversation. */
export interface Turns {
  /** Asks, and tells what comes of it; Ctrl-C ends the answer alone. */
  take(question: string): Promise<void>;
  readonly failures: number;
  /** With --json, what came of each; else nothing. */
  readonly answers: readonly object[];
}

const PER_MICRO = 1_000n;

/** Why this is not asked at all; undefined where it is. */
function obstacle({ conversation, limit }: TurnsDeps, question: string): FaultWords | undefined {
  if (limit !== undefined && conversation.spent >= limit * PER_MICRO) {
    return {
      what: `The limit of ${formatMicroUsdc(limit)} USDC is spent.`,
      next: "/exit, and begin again with a higher --limit.",
      reason: "funds",
    };
  }
  if (conversation.hasRoomFor(question)) return undefined;
  return {
    what: "The conversation is too long to go on.",
    why: `it has more than ${CONVERSATION_CHARS_MAX} characters.`,
    next: "/clear forgets what was said.",
    reason: "usage",
  };
}

/** Creates them. */
export function createTurns(context: CommandContext, client: RouterClient, deps: TurnsDeps): Turns {
  const { terminal, options } = context;
  const { conversation, key, asking } = deps;
  const answers: object[] = [];
  let failures = 0;
  const tell = (words: FaultWords): void => {
    failures += 1;
    terminal.warn(faultText(words, terminal.noteStyle));
  };

  const take = async (question: string): Promise<void> => {
    const bearer = await key.bearer(conversation.spent);
    const messages = conversation.messages(question);
    const { model, lastId: before } = conversation;
    const paid = { bearer, isOwnKey: key.isOwn, before };
    const answer = await ask(context, client, { ...paid, model, messages, ...asking });
    conversation.keep(question, answer);
    if (answer.end === "stopped") terminal.note(terminal.noteStyle.doubtful("Stopped."));
    if (answer.fault !== undefined) tell(answer.fault.words);
    if (answer.finishReason === "length") terminal.note("It was cut off: it had as many tokens as it may have.");
    if (answer.generationId !== undefined || answer.end === "stopped") {
      terminal.note(terminal.noteStyle.faint(costLine(answer, conversation.spent)));
    }
    if (options.isJson) answers.push(answerJson(answer));
  };

  return {
    async take(question) {
      const kept = obstacle(deps, question);
      if (kept === undefined) await take(question);
      else tell(kept);
    },
    get failures() {
      return failures;
    },
    answers,
  };
}
