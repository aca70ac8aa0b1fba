// What a client saw of one chat request: a plain HTTP client that leaves nothing out and mends nothing.
import assert from "node:assert/strict";

/** The error object a client reads, in a reply or in a stream. */
export interface SeenError {
  readonly message: string;
  readonly code: number;
  readonly metadata: { readonly error_code: string; readonly provider_name?: string };
}

/** The usage a client reads; `cost` as it was written. */
export interface SeenUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

/** One request as its client saw it. */
export interface ClientView {
  readonly status: number;
  readonly headers: Headers;
  /** All content, joined. */
  readonly text: string;
  /** Events with content; 1 for an answer in one piece. */
  readonly contentEvents: number;
  readonly finishReasons: readonly string[];
  readonly usage: SeenUsage | undefined;
  /** The digits of `usage.cost`. */
  readonly cost: string | undefined;
  readonly dones: number;
  readonly keepAlives: number;
  readonly error: SeenError | undefined;
}

/** Who asks for what. */
export interface Asked {
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly stream: boolean;
  readonly prompt: string;
  /** The name by which the models' call logs know this request. */
  readonly userAgent: string;
  /** The provider to be asked first, where that is not left to the market. */
  readonly first?: string;
  readonly signal?: AbortSignal;
  /** Told after each piece of a stream how much content there is so far. */
  readonly onContent?: (contentEvents: number) => void;
}

interface Choice {
  readonly index: number;
  readonly delta?: { readonly role?: string; readonly content?: string | null };
  readonly message?: { readonly content: string | null };
  readonly finish_reason: string | null;
}

interface Body {
  readonly id: string;
  readonly object: string;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage?: SeenUsage;
  readonly error?: SeenError;
}

const KEEP_ALIVE = ": AIMO PROCESSING";
const DONE = "data: [DONE]";

const costIn = (text: string): string | undefined => /"cost":([0-9.]+)\}/.exec(text)?.[1];
const finishReasonsIn = (body: Body): string[] => body.choices.flatMap(({ finish_reason: reason }) => reason ?? []);
/** The blocks of a stream; what a broken connection left of one counts too, and is then not readable. */
const blocksIn = (text: string): string[] => text.split("\n\n").filter((block) => block !== "");
const contentIn = (body: Body): string[] =>
  body.choices.flatMap(({ delta }) => (delta?.content === "" ? [] : (delta?.content ?? [])));

function assertEnvelope({ id, model }: Body, headers: Headers, asked: Asked): void {
  assert.equal(id, headers.get("x-generation-id"));
  assert.equal(model, asked.model);
}

function readWhole(text: string, response: Response, asked: Asked): ClientView {
  const { status, headers } = response;
  assert.match(headers.get("content-type") ?? "", /^application\/json/);
  const body = JSON.parse(text) as Body;
  const { error } = body;
  const nothing = { text: "", contentEvents: 0, finishReasons: [], usage: undefined, cost: undefined };
  if (error !== undefined) {
    assert.equal(error.code, status);
    return { status, headers, ...nothing, dones: 0, keepAlives: 0, error };
  }
  assertEnvelope(body, headers, asked);
  assert.equal(body.object, "chat.completion");
  assert.equal(body.choices.length, 1);
  return {
    status,
    headers,
    text: body.choices[0]?.message?.content ?? "",
    contentEvents: 1,
    finishReasons: finishReasonsIn(body),
    usage: body.usage,
    cost: costIn(text),
    dones: 0,
    keepAlives: 0,
    error: undefined,
  };
}

function readEvents(text: string, response: Response, asked: Asked): ClientView {
  const { status, headers } = response;
  const blocks = blocksIn(text);
  const keepAlives = blocks.filter((block) => block === KEEP_ALIVE).length;
  const dones = blocks.filter((block) => block === DONE).length;
  const data = blocks.filter((block) => block !== KEEP_ALIVE && block !== DONE);
  const events = data.map((block) => {
    assert.match(block, /^data: \{[^\n]*\}$/, "each event is one line of JSON");
    return JSON.parse(block.slice("data: ".length)) as Body;
  });
  for (const event of events) {
    assertEnvelope(event, headers, asked);
    assert.equal(event.object, "chat.completion.chunk");
  }
  if (dones > 0) assert.equal(blocks.at(-1), DONE, "nothing follows [DONE]");
  const usages = events.filter(({ usage }) => usage !== undefined);
  assert.ok(usages.length <= 1, "usage comes once");
  if (usages.length === 1) assert.deepEqual(events.at(-1)?.choices, [], "usage comes last, in an event of its own");
  const content = events.flatMap(contentIn);
  if (content.length > 0) assert.equal(events[0]?.choices[0]?.delta?.role, "assistant");
  const errors = events.flatMap(({ error }) => error ?? []);
  if (errors.length > 0) assert.equal(events.at(-1)?.error, errors[0], "an error is the last event");
  return {
    status,
    headers,
    text: content.join(""),
    contentEvents: content.length,
    finishReasons: events.flatMap(finishReasonsIn),
    usage: usages[0]?.usage,
    cost: costIn(text),
    dones,
    keepAlives,
    error: errors[0],
  };
}

async function readText(response: Response, { onContent }: Asked): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    onContent?.(text.split(/"content":"[^"]/).length - 1);
  }
  return text;
}

/** The body of a request. */
export function bodyOf({ model, stream, prompt, first }: Asked): string {
  const provider = first === undefined ? {} : { provider: { order: [first] } };
  return JSON.stringify({ model, stream, messages: [{ role: "user", content: prompt }], ...provider });
}

/** Asks, and reads the reply to its end. */
export async function viewOf(asked: Asked): Promise<ClientView> {
  const { url, key, stream, userAgent, signal } = asked;
  const response = await fetch(`${url}/api/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": userAgent },
    body: bodyOf(asked),
    signal: signal ?? null,
  });
  const text = await readText(response, asked);
  assert.match(response.headers.get("x-request-id") ?? "", /^req-/);
  assert.match(response.headers.get("x-generation-id") ?? "", /^gen-/);
  if (!stream || response.status !== 200) return readWhole(text, response, asked);
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  return readEvents(text, response, asked);
}
