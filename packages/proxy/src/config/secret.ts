// A key or a header value that must reach the network and nothing else.

const REDACTED = "[redacted]";

/** Text that prints as `[redacted]` wherever it is logged, joined, inspected or turned into JSON. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself: only for the line of code that sends it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  /** What `console.log` and `util.inspect` of Node show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}
