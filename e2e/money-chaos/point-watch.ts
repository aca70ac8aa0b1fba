// Who waits for a router to be at a named point: relays and nodes ask here whether somebody does.
import type { Point, Side, Step } from "./points.ts";

/** A router that was stopped at a point. */
export interface Caught {
  /** The number of the instance. */
  readonly instance: number;
  /** Lets what was stopped go on: also when its router is dead by then, as a packet under way would. */
  release(): void;
  /** Lets it be lost. */
  drop(): void;
}

interface Trap {
  readonly point: Pick<Point, "step" | "side">;
  readonly caught: (caught: Caught) => void;
}

/** The traps of one network: one at a time. */
export class PointWatch {
  /** Signatures of batches that were sent. */
  readonly signatures = new Set<string>();
  /** Accounts whose reading is a step. */
  readonly accounts = new Set<string>();
  #trap: Trap | undefined;
  /** Steps that are held up for a while, so that others come first. */
  readonly #brakes = new Map<Step, PromiseWithResolvers<void>>();

  /** Stops whoever is at the point next. */
  arm(point: Pick<Point, "step" | "side">): Promise<Caught> {
    return new Promise((caught) => {
      this.#trap = { point, caught };
    });
  }

  disarm(): void {
    this.#trap = undefined;
  }

  /** Whether somebody waits for this step on this side. */
  isAwaited(step: Step | undefined, side: Side): boolean {
    const point = this.#trap?.point;
    return step !== undefined && point?.step === step && point.side === side;
  }

  /** Tells whoever waits. */
  spring(caught: Caught): void {
    const trap = this.#trap;
    this.#trap = undefined;
    trap?.caught(caught);
  }

  brake(step: Step): void {
    this.#brakes.set(step, Promise.withResolvers<void>());
  }

  unbrake(step: Step): void {
    this.#brakes.get(step)?.resolve();
    this.#brakes.delete(step);
  }

  isBraked(step: Step | undefined): boolean {
    return step !== undefined && this.#brakes.has(step);
  }

  /** Resolves when nothing holds the step up any more. */
  async unbraked(step: Step | undefined): Promise<void> {
    if (step !== undefined) await this.#brakes.get(step)?.promise;
  }
}
