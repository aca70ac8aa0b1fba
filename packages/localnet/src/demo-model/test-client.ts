// What the tests of the demo model call it with: one that runs, its answers taken apart, a clock that tells when it is set.

import type { TestContext } from "node:test";

import { manualClock, type ManualClock } from "@aimo-network/protocol/clock";

import { createDemoModel, type DemoModel, type DemoModelOptions } from "./demo-model.ts";

/** The usage an answer reports. */
export interface ReportedUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** A tool call of a message, or the part of one in a delta. */
export interface ReportedCall {
  readonly index: number;
  readonly id: string;
  readonly type: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A message or a delta; of a delta only some fields are there. */
export interface ReportedMessage {
  readonly role: string;
  readonly content: string | null;
  readonly reasoning_content: string;
  readonly tool_calls: readonly ReportedCall[];
}

/** Any body or event: of each only the fields its test reads. */
export interface Reported {
  readonly id: string;
  readonly object: string;
  readonly model: string;
  readonly created: number;
  readonly choices: readonly {
    readonly index: number;
    readonly message: ReportedMessage;
    readonly delta: Partial<ReportedMessage>;
    readonly finish_reason: string | null;
  }[];
  readonly usage: ReportedUsage;
  readonly x_groq: { readonly usage: ReportedUsage };
  readonly error: { readonly message: string; readonly type: string; readonly param: string; readonly code: string };
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body read as JSON; throws when it is none. */
  readonly json: () => Reported;
  /** The data of a stream's events, `[DONE]` included. */
  readonly data: () => readonly string[];
  /** The events of a stream read as JSON, without `[DONE]`. */
  readonly events: () => readonly Reported[];
}

/** A running demo model and ways to call it. */
export interface Running {
  readonly url: string;
  readonly demoModel: DemoModel;
  /** Calls and gives the reply as soon as its headers are there. */
  readonly open: (body: object | string, init?: RequestInit) => Promise<Response>;
  /** Calls and reads the whole answer. */
  readonly ask: (body: object | string, init?: RequestInit) => Promise<Answer>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
}

function dataOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith("data: "));
  return lines.map((line) => line.slice("data: ".length));
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as Reported,
    data: () => dataOf(text),
    events: () =>
      dataOf(text)
        .filter((data) => data !== "[DONE]")
        .map((data) => JSON.parse(data) as Reported),
  };
}

/** Starts a demo model that ends with the test. */
export async function startDemoModel(context: TestContext, options: DemoModelOptions = {}): Promise<Running> {
  const demoModel = createDemoModel(options);
  const port = await demoModel.listen(0);
  context.after(() => demoModel.close());
  const url = `http://127.0.0.1:${port}`;
  const open: Running["open"] = (body, init = {}) =>
    fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json" },
      ...init,
    });
  return {
    url,
    demoModel,
    open,
    ask: async (body, init) => readAnswer(await open(body, init)),
    get: async (path, headers = {}) => readAnswer(await fetch(`${url}${path}`, { headers })),
  };
}

/** A body that asks `model` with one user message, and `more` besides. */
export function chatBody(model: string, text: string, more: object = {}): object {
  return { model, messages: [{ role: "user", content: text }], ...more };
}

/** A manual clock whose timers can be waited for. */
export interface WatchedClock extends ManualClock {
  /** Resolves with the delay of the next timer that is set. */
  nextTimer(): Promise<number>;
  /** Resolves when the next timer is cancelled. */
  nextCancel(): Promise<void>;
}

/** Creates one. */
export function watchedClock(): WatchedClock {
  const clock = manualClock();
  const delays: number[] = [];
  const readers: ((delayMs: number) => void)[] = [];
  const cancelReaders: (() => void)[] = [];
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    advance: (durationMs) => clock.advance(durationMs),
    get waiting() {
      return clock.waiting;
    },
    timer(delayMs, fire) {
      const timer = clock.timer(delayMs, fire);
      const reader = readers.shift();
      if (reader === undefined) delays.push(delayMs);
      else reader(delayMs);
      const cancel = (): void => {
        timer.cancel();
        cancelReaders.shift()?.();
      };
      return { refresh: timer.refresh, cancel };
    },
    nextCancel: () =>
      new Promise((resolve) => {
        cancelReaders.push(resolve);
      }),
    nextTimer() {
      const delayMs = delays.shift();
      if (delayMs !== undefined) return Promise.resolve(delayMs);
      return new Promise((resolve) => {
        readers.push(resolve);
      });
    },
  };
}
