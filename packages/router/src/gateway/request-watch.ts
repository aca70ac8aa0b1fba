// Who watches the requests of clients: told which are relayed, which are refused before, and how they came out.
import type { AimoError } from "@aimo-network/protocol/errors";
import type { LiveOffer } from "../market/offer-book.ts";
import type { RelayOutcome } from "../providers/relay.ts";
import type { RelayWatch } from "../providers/relay-watch.ts";

/** A request that goes to providers. */
export interface AdmittedRequest {
  readonly requestId: string;
  readonly generationId: string;
  /** The payer's. */
  readonly wallet: string;
  readonly keyId: string;
  readonly stream: boolean;
  /** As the client wrote it; an offer of that name exists. */
  readonly model: string;
  readonly maxTokens: number | undefined;
  /** The client's trace context, if it sent any. */
  readonly traceparent: unknown;
  readonly tracestate: unknown;
}

/** Watches one request that goes to providers. */
export interface RequestWatch extends RelayWatch {
  /** Told once, when no attempt runs any more. */
  ended(outcome: RelayOutcome<LiveOffer>): void;
  /** Told instead of `ended` when this router itself failed. */
  broke(): void;
}

/** The endpoints that are told apart. */
export type WatchedEndpoint = "chat_completions" | "other";

/** Watches all requests of a router. */
export interface RequestObserver {
  admitted(request: AdmittedRequest): RequestWatch;
  /** A request was answered with `error` before any provider was asked. */
  refused(requestId: string, endpoint: WatchedEndpoint, error: AimoError): void;
  /** A request of another endpoint than chat completions was answered with what it asked for. */
  answered(): void;
}
