// One router over HTTP.
import { safeLine } from "@aimo-network/protocol/safe-line";
import { CommandFault } from "../fault.ts";
import { ROUTER_ANSWER_MS } from "../limits.ts";
import { VERSION } from "../version.ts";
import { startDeadline } from "./deadline.ts";
import type { Waiting } from "./deadline.ts";
import { unreachable } from "./failed-fetch.ts";
import type { AnswerHead } from "./http-exchange.ts";
import { exchange } from "./http-exchange.ts";
import { readBody, refusedBy } from "./router-answer.ts";

/** How a call is made. */
export interface CallOptions {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** An API key. */
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** What is tried, for the fault: "The withdrawal was refused." */
  readonly what?: string;
}

/** Calls the API of the router at one URL. */
export class RouterClient {
  /** Without a slash at its end. */
  readonly url: string;
  readonly #waiting: Waiting;

  constructor(url: string, waiting: Waiting) {
    this.url = url.replace(/\/+$/, "");
    this.#waiting = waiting;
  }

  /** An answer's JSON; amounts that are numbers come as the text they were written as. Throws `CommandFault`. */
  async call(path: string, options: CallOptions = {}): Promise<unknown> {
    const { response, body } = await this.callWhole(path, options);
    if (!response.ok) throw refusedBy(options.what ?? "The router refused.", response.status, body);
    return body;
  }

  /** The same with its head, whatever its status; throws where there is no answer. */
  async callWhole(path: string, options: CallOptions = {}): Promise<{ response: AnswerHead; body: unknown }> {
    const { signal, end } = startDeadline(this.#waiting, ROUTER_ANSWER_MS, options.signal);
    try {
      const response = await exchange(this.#urlOf(path, options), { ...questionOf(options), signal });
      this.#insistOnPlace(response);
      return { response, body: await readBody(response) };
    } catch (error) {
      throw this.#fault(signal.aborted ? signal.reason : error);
    } finally {
      end();
    }
  }

  /** The answer with its body unread, for streams; the caller's signal alone ends it. */
  async open(path: string, options: CallOptions): Promise<Response> {
    const { signal } = options;
    try {
      // fetch's own redirects would take the key along
      const question = { ...questionOf(options), redirect: "manual", ...(signal && { signal }) } as const;
      const response = await fetch(this.#urlOf(path, options), question);
      this.#insistOnPlace(response);
      return response;
    } catch (error) {
      throw this.#fault(error);
    }
  }

  #urlOf(path: string, { query }: CallOptions): URL {
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  /** Throws where an answer points elsewhere: a key must not follow. */
  #insistOnPlace({ status, headers }: AnswerHead): void {
    const elsewhere = headers.get("location");
    if (status > 299 && status < 400 && elsewhere !== null) throw redirected(this.url, elsewhere);
  }

  #fault(error: unknown): unknown {
    if (error instanceof CommandFault) return error;
    if (this.#waiting.interrupted.aborted) {
      return new CommandFault({ what: "Interrupted.", reason: "interrupted" }, { cause: error });
    }
    return unreachable(error, { who: "the router", url: this.url, option: "--router" });
  }
}

/** Method, head and body of a call. */
function questionOf({ method, bearer, headers, body }: CallOptions) {
  return {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      accept: "application/json",
      "user-agent": `aimo/${VERSION}`,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

function redirected(url: string, location: string): CommandFault {
  const place = URL.canParse(location, url) ? new URL(location, url).origin : location;
  return new CommandFault({
    what: `${url} sends its callers on to ${safeLine(place, 100)}.`,
    why: "a key does not follow to wherever an answer points.",
    next: "If that is the router that is meant, name it with --router.",
    reason: "unreachable",
    code: "redirected",
  });
}
