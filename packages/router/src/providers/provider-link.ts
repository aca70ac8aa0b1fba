// What the rest of the router knows of a connected provider, whichever dialect its link speaks.
import type { AimoError } from "@aimo-network/protocol/errors";
import type { End, ResponseHead } from "@aimo-network/protocol/wire/messages";

/** One try of a request at one provider. */
export interface AttemptRequest {
  readonly attemptId: string;
  readonly endpoint: string;
  /** The offer's name, which is the model's name on this link. */
  readonly offerName: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body in pieces: a large one is never copied together. */
  readonly body: readonly Uint8Array[];
  readonly deadlineMs: number;
  readonly stream: boolean;
  /** The payer's pseudonym at this provider. */
  readonly payer: string;
}

/** What an attempt reports; `end` or `lost` comes exactly once and last. */
export interface AttemptEvents {
  head(head: ResponseHead): void;
  body(bytes: Uint8Array): void;
  end(end: End): void;
  lost(error: AimoError): void;
}

/** A running attempt. */
export interface LinkAttempt {
  /** Says that so many body bytes were consumed: the provider may send as many more. */
  grant(bytes: number): void;
  cancel(reason: string): void;
  /** Tells the provider that the End, which has come, is recorded; once, however much later. */
  acknowledge(charged: boolean): void;
}

/** A live connection to a provider. */
export interface ProviderLink {
  readonly id: string;
  readonly wallet: string;
  /** The key that opened the connection. */
  readonly keyId: string;
  readonly connectedAtMs: number;
  /** Requests it can take now for this offer; 0 while it drains. */
  freeSlots(offerName: string): number;
  open(request: AttemptRequest, events: AttemptEvents): LinkAttempt;
  /** Takes no new requests; closes when the running ones have ended or the deadline has passed. */
  drain(reason: string, deadlineMs: number): void;
  /** Tells the provider something it should know, about one of its offers or about the connection; first-generation proxies cannot be told. */
  notice(code: string, message: string, offer?: string): void;
  /** The key that opened the connection has ended: its offers go at once, the link within five seconds. */
  endKey(reason: "expired" | "revoked"): void;
  /** Drops the connection at once, for this router ends; running attempts are lost as `draining`. */
  terminate(): void;
}
