// What was said so far, which the model is told again with every question; it is in memory only.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { CONVERSATION_CHARS_MAX } from "../limits.ts";
import type { Answer } from "./answer.ts";
import type { Message } from "./stream-answer.ts";

/** A conversation and what it has cost. */
export class Conversation {
  model: string;
  system: string | undefined;
  #said: { readonly question: string; readonly answer: string }[] = [];
  #chars = 0;
  #spent: NanoUsdc = nanoUsdc(0n);
  #turns = 0;
  #lastId: string | undefined;

  constructor(model: string, system: string | undefined) {
    this.model = model;
    this.system = system;
  }

  /** What was charged for all answers, also for those that are forgotten. */
  get spent(): NanoUsdc {
    return this.#spent;
  }

  /** Answers that came, whole or until the person stopped them. */
  get turns(): number {
    return this.#turns;
  }

  /** The router's id of the last answer. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** Whether a further question may be asked: a conversation has an end. */
  hasRoomFor(question: string): boolean {
    return this.#chars + question.length + (this.system?.length ?? 0) <= CONVERSATION_CHARS_MAX;
  }

  /** What the model is told when this is asked. */
  messages(question: string): Message[] {
    const { system } = this;
    return [
      ...(system === undefined ? [] : [{ role: "system", content: system } as const]),
      ...this.#said.flatMap((turn): Message[] => [
        { role: "user", content: turn.question },
        { role: "assistant", content: turn.answer },
      ]),
      { role: "user", content: question },
    ];
  }

  /** Keeps what was answered, also what the person stopped; a question that failed is as if it was never asked. */
  keep(question: string, { text, cost, end, generationId }: Answer): void {
    this.#lastId = generationId ?? this.#lastId;
    if (cost !== undefined) this.#spent = nanoUsdc(this.#spent + cost);
    if (text === "" || end === "broken") return;
    this.#turns += 1;
    this.#said.push({ question, answer: text });
    this.#chars += question.length + text.length;
  }

  /** Forgets what was said. */
  clear(): void {
    this.#said = [];
    this.#chars = 0;
  }
}
