// Asks one model and keeps what was said with it: in memory, and nowhere else.
import type { Clock } from "@aimo-network/protocol/clock";
import type { ModelFacts } from "../models/model-facts.ts";
import type { ReadSettings } from "../settings/read-settings.ts";
import { askedAnswer, isRunning } from "./answer.ts";
import type { ListGenerations } from "./charge.ts";
import { isChargeUnknown, learnCharge } from "./charge.ts";
import type { ChatBody, Question } from "./chat-body.ts";
import { chatBody } from "./chat-body.ts";
import { promptSize } from "./estimate.ts";
import type { LaneState, Turn } from "./lane-state.ts";
import { saidTurns } from "./lane-state.ts";
import type { PostChat } from "./stream-answer.ts";
import { streamAnswer } from "./stream-answer.ts";

/** What a lane works with. */
export interface LaneMeans {
  readonly clock: Clock;
  readonly post: PostChat;
  readonly list: ListGenerations;
  /** Called after each change; `isUrgent` where it is not one of many while an answer comes. */
  readonly changed: (isUrgent: boolean) => void;
}

let lastTurn = 0;

/** A lane, empty at first. */
export class Lane {
  readonly #means: LaneMeans;
  #state: LaneState = { model: undefined, facts: undefined, turns: [], costs: new Map() };
  #running: AbortController | undefined;
  #epoch = new AbortController(); // ends with the transcript: then nobody asks for charges any more

  constructor(means: LaneMeans) {
    this.#means = means;
  }

  /** As it is now; another object after each change. */
  get state(): LaneState {
    return this.#state;
  }

  /** Asks another model from now on; what was said stays. */
  chooseModel(model: string, facts: ModelFacts | undefined): void {
    this.#change({ model, facts });
  }

  /** Asks; ignored without a model or while an answer runs. Resolves when the answer has ended and its charge is known. */
  async ask(question: Question, settings: ReadSettings): Promise<void> {
    await this.#run(question, settings, this.#state.turns);
  }

  /** Asks the last question again, in place of its answer. */
  async askAgain(settings: ReadSettings): Promise<void> {
    const last = this.#state.turns.at(-1);
    if (last === undefined || isRunning(last.answer)) return;
    await this.#run(last.question, settings, this.#state.turns.slice(0, -1));
  }

  /** Stops the answer that runs. */
  stop(): void {
    this.#running?.abort();
  }

  /** Takes the last question back with its answer; undefined where there is none, or it is being answered. */
  takeBack(): Question | undefined {
    const last = this.#state.turns.at(-1);
    if (last === undefined || isRunning(last.answer)) return undefined;
    this.#change({ turns: this.#state.turns.slice(0, -1) });
    return last.question;
  }

  /** Forgets the transcript; an answer that runs is stopped. */
  clear(): void {
    this.stop();
    this.#running = undefined;
    this.#epoch.abort();
    this.#epoch = new AbortController();
    this.#change({ turns: [], costs: new Map() });
  }

  /** The body that a question would be sent with; without one that of the last question, undefined where there is none. */
  body(question: Question | undefined, settings: ReadSettings): ChatBody | undefined {
    const { model, facts, turns } = this.#state;
    const last = turns.at(-1);
    if (model === undefined) return undefined;
    if (question !== undefined) return chatBody(model, facts, settings, { turns: saidTurns(turns), question });
    if (last === undefined) return undefined;
    return chatBody(model, facts, settings, { turns: saidTurns(turns.slice(0, -1)), question: last.question });
  }

  #change(next: Partial<LaneState>, isUrgent = true): void {
    this.#state = { ...this.#state, ...next };
    this.#means.changed(isUrgent);
  }

  #changeTurn(id: number, next: Partial<Turn>, isUrgent = true): void {
    const cost = next.answer?.cost;
    const costs = cost === undefined ? this.#state.costs : new Map(this.#state.costs).set(id, cost);
    const turns = this.#state.turns.map((turn) => (turn.id === id ? { ...turn, ...next } : turn));
    this.#change({ turns, costs }, isUrgent);
  }

  async #run(question: Question, settings: ReadSettings, before: readonly Turn[]): Promise<void> {
    const { model, facts } = this.#state;
    const { clock, post } = this.#means;
    if (model === undefined || this.#running !== undefined) return;
    const stopping = new AbortController();
    const { signal: epoch } = this.#epoch;
    this.#running = stopping;
    lastTurn += 1;
    const id = lastTurn;
    const body = chatBody(model, facts, settings, { turns: saidTurns(before), question });
    const asked = { id, question, model, facts, prompt: promptSize(body.messages), isChargeSought: false };
    const askedAt = clock.now();
    this.#change({ turns: [...before, { ...asked, answer: askedAnswer(clock.monotonic()) }] });
    const answer = await streamAnswer(clock, post, {
      body,
      signal: stopping.signal,
      onAnswer: (sofar) => this.#changeTurn(id, { answer: sofar }, false),
    });
    if (epoch.aborted) return; // it was cleared meanwhile
    this.#running = undefined;
    const ended: Turn = { ...asked, answer };
    this.#changeTurn(id, ended);
    if (isChargeUnknown(answer)) await this.#seekCharge(ended, askedAt, epoch);
  }

  async #seekCharge(turn: Turn, askedAt: number, epoch: AbortSignal): Promise<void> {
    const { clock, list } = this.#means;
    this.#changeTurn(turn.id, { isChargeSought: true });
    const others = new Set(this.#state.turns.flatMap(({ answer }) => answer.generationId ?? []));
    const found = await learnCharge(clock, list, { ...turn, askedAt, others }, epoch);
    if (epoch.aborted) return;
    const known = found === undefined ? {} : { generationId: found.id, cost: found.cost };
    this.#changeTurn(turn.id, { isChargeSought: false, answer: { ...turn.answer, ...known } });
  }
}
