// How much this process takes on at once, over all routers: requests, requests per model, and bytes of their bodies.
import { AimoError } from "@aimo-network/protocol/errors";
import { REQUEST_BODY_BYTES_MAX, REQUEST_BYTES_HELD_MAX } from "../limits.ts";
import type { ServedModel } from "./settings.ts";

/** Counts what is running. Every `enter` that returns is followed by one `leave`. */
export class Admission {
  readonly #runningByModel = new Map<string, number>();
  #running = 0;
  #bodyBytes = 0;

  /** Requests that are running now. */
  get running(): number {
    return this.#running;
  }

  /** Takes one request on; throws `too_many_concurrent`, `body_too_large` or `overloaded` when it does not fit. */
  enter(model: ServedModel, bodyBytes: number, concurrencyMax: number): void {
    const runningHere = this.#runningByModel.get(model.name) ?? 0;
    if (this.#running >= concurrencyMax || runningHere >= model.concurrencyMax) {
      throw new AimoError("too_many_concurrent", { model: model.name });
    }
    if (bodyBytes > REQUEST_BODY_BYTES_MAX)
      throw new AimoError("body_too_large", { limitBytes: REQUEST_BODY_BYTES_MAX });
    if (this.#bodyBytes + bodyBytes > REQUEST_BYTES_HELD_MAX) {
      throw new AimoError("overloaded", { what: "the provider holds as many request bytes as it can" });
    }
    this.#running += 1;
    this.#runningByModel.set(model.name, runningHere + 1);
    this.#bodyBytes += bodyBytes;
  }

  leave(model: ServedModel, bodyBytes: number): void {
    this.#running -= 1;
    this.#bodyBytes -= bodyBytes;
    const runningHere = (this.#runningByModel.get(model.name) ?? 1) - 1;
    if (runningHere === 0) this.#runningByModel.delete(model.name);
    else this.#runningByModel.set(model.name, runningHere);
  }
}
