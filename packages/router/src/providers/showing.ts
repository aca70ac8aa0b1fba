// What of one provider's answer the client is shown, and when.
import type { AimoError } from "@aimo-network/protocol/errors";
import { HELD_EVENTS_CHARS_MAX } from "../limits.ts";
import type { AnswerEvent } from "./answer-event.ts";
import { BROKEN_OFF } from "./incoming-answer.ts";
import type { Candidate, RelayClient, RelayRequest } from "./relay.ts";

/** Asks whether a try may show its output: true at once, or later nothing or the error with which it ends instead. */
export type Turn = () => true | Promise<AimoError | undefined>;

/** Goes on with an answer that was held up, or ends it. */
export type Resume = (refusal?: AimoError) => void;

/** What a client is shown of one provider's stream: nothing before its first output, nothing out of turn, and nothing once it has left. */
export class Showing<Offer> {
  readonly #request: RelayRequest<Offer>;
  readonly #client: RelayClient<Offer>;
  readonly #candidate: Candidate<Offer>;
  readonly #turn: Turn;
  readonly #held: AnswerEvent[] = [];
  #heldChars = 0;
  #hasOutput = false;
  #committed = false;
  #wasHeldUp = false;
  /** Whether it is its turn, where that takes time to find out. */
  #waiting: Promise<AimoError | undefined> | undefined;

  constructor(request: RelayRequest<Offer>, client: RelayClient<Offer>, candidate: Candidate<Offer>, turn: Turn) {
    this.#request = request;
    this.#client = client;
    this.#candidate = candidate;
    this.#turn = turn;
  }

  get committed(): boolean {
    return this.#committed;
  }

  /** Whether the client did not take what came at times. */
  get wasHeldUp(): boolean {
    return this.#wasHeldUp;
  }

  get hasOutput(): boolean {
    return this.#hasOutput;
  }

  /** Whether there is output that waits for its turn. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined && !this.#committed;
  }

  event(event: AnswerEvent): void {
    if (this.#committed) {
      this.#show(event);
      return;
    }
    this.#held.push(event);
    this.#heldChars += event.text.length;
    // The end of an answer is output too: an answer may be empty on purpose.
    const { hasOutput, finishReason } = event;
    const isEnd = finishReason !== undefined && finishReason !== BROKEN_OFF;
    if (hasOutput || isEnd || this.#heldChars > HELD_EVENTS_CHARS_MAX) this.#hasOutput = true;
  }

  /** Shows the events of a piece; false, with `resume` called later, when the client does not keep up or it is not their turn. */
  flush(resume: Resume): boolean {
    // Only now: where one piece brings output and then a failure, the client has seen nothing of either.
    const isShown = !this.#hasOutput || this.#committed || this.#takeTurn(resume);
    const keepsUp = isShown && (!this.#committed || this.#client.presence.hasLeft() || this.#client.flush(resume));
    this.#wasHeldUp ||= !keepsUp;
    return keepsUp;
  }

  /** Shows the rest of an answer that is whole; of one that failed nothing is shown any more. The promise is of a turn that has yet to come. */
  end(isWhole: boolean): Promise<AimoError | undefined> | undefined {
    if (isWhole && this.#request.stream && !this.#committed && !this.#takeTurn(() => undefined)) return this.#waiting;
    this.#hasOutput = false;
    return undefined;
  }

  #takeTurn(resume: Resume): boolean {
    if (this.#waiting !== undefined) {
      this.#hasOutput = true;
      return false;
    }
    const turn = this.#turn();
    if (turn === true) {
      this.#commit();
      return true;
    }
    this.#hasOutput = true;
    this.#waiting = turn.then((refusal) => {
      if (refusal !== undefined) resume(refusal);
      if (refusal !== undefined || !this.#hasOutput) return refusal; // or it has failed meanwhile
      this.#commit();
      if (this.#client.presence.hasLeft() || this.#client.flush(resume)) resume();
      return undefined;
    });
    return false;
  }

  #commit(): void {
    this.#committed = true;
    this.#request.watch.firstOutput();
    for (const event of this.#held) this.#show(event);
    this.#held.length = 0;
  }

  #show(event: AnswerEvent): void {
    if (this.#client.presence.hasLeft()) return;
    this.#request.delivered.bytes += event.outputBytes;
    this.#client.event(event, this.#candidate);
  }
}
