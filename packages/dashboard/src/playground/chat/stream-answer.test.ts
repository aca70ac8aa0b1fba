import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { ApiFault } from "../../api/api-fault.ts";
import { STREAM_SILENCE_MS } from "../limits.ts";
import type { Answer } from "./answer.ts";
import type { PostChat } from "./stream-answer.ts";
import { streamAnswer } from "./stream-answer.ts";

const BODY = { model: "acme/one", messages: [] };
const event = (content: string, more = ""): string =>
  `data: {"id":"gen-1","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}${more}}]}\n\n`;
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.00012}}\n\n';
const END = `${event("", ',"finish_reason":"stop"')}${USAGE}`;
const WHOLE = `: AIMO PROCESSING\n\n${event("Grüße 🙂 ")}${event("aus\r\nWien")}${END}data: [DONE]\n\n`;

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

interface Scripted {
  readonly post: PostChat;
  readonly send: (text: string) => void;
  readonly close: () => void;
  readonly fail: (error: unknown) => void;
  readonly wasCancelled: () => boolean;
}

/** A router whose stream the test writes. */
function scripted(): Scripted {
  let writer: ReadableStreamDefaultController<Uint8Array>;
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      writer = controller;
    },
    cancel() {
      isCancelled = true;
    },
  });
  return {
    post: () => Promise.resolve({ generationId: "gen-0", retryAfter: undefined, fault: undefined, stream }),
    send: (text) => writer.enqueue(bytesOf(text)),
    close: () => writer.close(),
    fail: (error) => writer.error(error),
    wasCancelled: () => isCancelled,
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function ask(post: PostChat, signal = new AbortController().signal, clock = manualClock()) {
  const seen: Answer[] = [];
  return {
    seen,
    clock,
    answer: streamAnswer(clock, post, { body: BODY, signal, onAnswer: (answer) => seen.push(answer) }),
  };
}

test("an answer is the same wherever the network splits it", async () => {
  const bytes = bytesOf(WHOLE);
  for (let at = 1; at < bytes.length; at += 1) {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, at));
        controller.enqueue(bytes.slice(at));
        controller.close();
      },
    });
    const posted = { generationId: "gen-0", retryAfter: undefined, fault: undefined, stream };
    const answer = await ask(() => Promise.resolve(posted)).answer;
    assert.deepEqual(
      [answer.phase, answer.text, answer.cost],
      ["whole", "Grüße 🙂 aus\r\nWien", "0.00012"],
      `split at ${at}`,
    );
  }
});

test("each arrival is told, and the end of [DONE] does not wait for the connection's", async () => {
  const router = scripted();
  const { seen, answer } = ask(router.post);
  await settle();
  router.send(event("a"));
  await settle();
  assert.equal(seen.at(-1)?.text, "a");
  assert.equal(seen.at(-1)?.phase, "answering");
  router.send(`${END}data: [DONE]\n\n`);
  assert.equal((await answer).phase, "whole");
  assert.equal(router.wasCancelled(), true);
});

test("a stopped answer keeps what came, and the connection is closed", async () => {
  const router = scripted();
  const stop = new AbortController();
  const { answer } = ask(router.post, stop.signal);
  await settle();
  router.send(event("half"));
  await settle();
  stop.abort();
  const ended = await answer;
  assert.deepEqual([ended.phase, ended.text, ended.generationId, ended.fault], ["stopped", "half", "gen-1", undefined]);
  assert.equal(router.wasCancelled(), true);
});

test("an answer stopped before anything came is stopped and not broken", async () => {
  const stop = new AbortController();
  const never: PostChat = (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  const { answer } = ask(never, stop.signal);
  stop.abort();
  assert.equal((await answer).phase, "stopped");
});

test("what the router refuses is told with the moment from which it may be asked again", async () => {
  const fault = new ApiFault(429, { error: { message: "Too many.", metadata: { error_code: "rate_limited" } } });
  const clock = manualClock(1_000_000);
  const refuse: PostChat = () =>
    Promise.resolve({ generationId: undefined, retryAfter: "12", fault, stream: undefined });
  const ended = await ask(refuse, undefined, clock).answer;
  assert.deepEqual([ended.phase, ended.fault, ended.retryAt], ["broken", fault, 1_012_000]);
  const odd: PostChat = () =>
    Promise.resolve({ generationId: undefined, retryAfter: "soon", fault, stream: undefined });
  assert.equal((await ask(odd).answer).retryAt, undefined);
});

test("a router that cannot be reached breaks the answer", async () => {
  const lost = new TypeError("Failed to fetch");
  const ended = await ask(() => Promise.reject(lost)).answer;
  assert.deepEqual([ended.phase, ended.fault], ["broken", lost]);
});

test("a connection that is lost, or ends too early, breaks the answer and keeps what came", async () => {
  for (const end of ["fail", "close"] as const) {
    const router = scripted();
    const { answer } = ask(router.post);
    await settle();
    router.send(event("half"));
    await settle();
    if (end === "fail") router.fail(new TypeError("network error"));
    else router.close();
    const ended = await answer;
    assert.deepEqual([ended.phase, ended.text], ["broken", "half"], end);
    assert.match((ended.fault as Error).message, /in the middle of the answer/);
  }
});

test("a connection on which nothing comes any more is given up, and comments are a sign of life", async () => {
  const router = scripted();
  const { answer, clock } = ask(router.post);
  await settle();
  clock.advance(STREAM_SILENCE_MS - 1);
  router.send(": AIMO PROCESSING\n\n");
  await settle();
  clock.advance(STREAM_SILENCE_MS - 1);
  await settle();
  router.send(event("half"));
  await settle();
  clock.advance(STREAM_SILENCE_MS);
  const ended = await answer;
  assert.deepEqual([ended.phase, ended.text], ["broken", "half"]);
  assert.match((ended.fault as Error).message, /Nothing came from the router for 2 minutes/);
  assert.equal(clock.waiting, 0);
});

test("a success without a stream is a broken answer", async () => {
  const posted = { generationId: undefined, retryAfter: undefined, fault: undefined, stream: undefined };
  assert.equal((await ask(() => Promise.resolve(posted)).answer).phase, "broken");
});
