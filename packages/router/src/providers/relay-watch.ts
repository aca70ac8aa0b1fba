// Who watches a relay: told of every attempt, of the first output, and of how each attempt came out.
import type { AimoError } from "@aimo-network/protocol/errors";

/** An attempt as it begins. */
export interface BegunAttempt {
  readonly attemptId: string;
  readonly linkId: string;
  /** The provider's. */
  readonly wallet: string;
  readonly requestBytes: number;
}

/** Watches one attempt. */
export interface AttemptWatch {
  /** The trace context that the provider is sent; undefined where the client's own passes unchanged. */
  readonly traceparent: string | undefined;
  /** Told once: the error that the attempt ended with, undefined for a whole answer. */
  ended(error: AimoError | undefined, answerBytes: number): void;
}

/** Watches one request while it is relayed. */
export interface RelayWatch {
  attempt(begun: BegunAttempt): AttemptWatch;
  /** The answer of a stream begins to be shown; told at most once. */
  firstOutput(): void;
}

/** The same watch, where somebody else is told of the first output before it. */
export function alsoTellingFirstOutput(watch: RelayWatch, told: () => void): RelayWatch {
  return {
    attempt: (begun) => watch.attempt(begun),
    firstOutput() {
      told();
      watch.firstOutput();
    },
  };
}
