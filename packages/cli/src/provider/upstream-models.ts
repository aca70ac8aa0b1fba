// The models that an OpenAI-compatible API says it has.
import { countIn, listIn, textIn } from "@aimo-network/protocol/told-members";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { UPSTREAM_LIST_BYTES_MAX, UPSTREAM_LIST_MS } from "../limits.ts";
import { startDeadline } from "../network/deadline.ts";
import { unreachable } from "../network/failed-fetch.ts";

/** An API that answers with models. */
export interface Upstream {
  /** The part before `/models`, which is not always what was typed. */
  readonly url: string;
  readonly key: string | undefined;
}

/** A model as its API lists it. */
export interface UpstreamModel {
  readonly id: string;
  readonly contextLength: number | undefined;
}

/** The API and what it lists. */
export interface ListedUpstream extends Upstream {
  readonly models: readonly UpstreamModel[];
}

// What vLLM, OpenRouter, Groq, LM Studio and Mistral call it.
const CONTEXT_NAMES = [
  "max_model_len",
  "context_length",
  "context_window",
  "loaded_context_length",
  "max_context_length",
];
const MODEL_ID = /^[^\p{Cc}]{1,200}$/u; // what a config takes as the upstream's own name

function modelFrom(value: unknown): readonly UpstreamModel[] {
  const id = textIn(value, "id");
  if (id === undefined || !MODEL_ID.test(id)) return [];
  const lengths = CONTEXT_NAMES.map((name) => countIn(value, name));
  return [{ id, contextLength: lengths.find((length) => length !== undefined && length > 0) }];
}

function readList(text: string): readonly UpstreamModel[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : listIn(value, "data"))?.flatMap(modelFrom);
  } catch {
    return undefined; // a web page of something else
  }
}

async function readBounded(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > UPSTREAM_LIST_BYTES_MAX) return "";
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

interface Listing {
  readonly status: number;
  readonly models: readonly UpstreamModel[] | undefined;
}

async function askForList(context: CommandContext, { url, key }: Upstream): Promise<Listing> {
  const deadline = startDeadline(context, UPSTREAM_LIST_MS);
  try {
    const response = await fetch(`${url}/models`, {
      headers: { accept: "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      redirect: "manual", // a key must not follow to wherever an answer points
      signal: deadline.signal,
    });
    const text = await readBounded(response);
    return { status: response.status, models: response.ok ? readList(text) : undefined };
  } catch (error) {
    throw unreachable(error, { who: "the upstream", url, option: "--upstream" });
  } finally {
    deadline.end();
  }
}

function noList({ url, key }: Upstream, status: number): CommandFault {
  const what = `The upstream at ${url} lists no models.`;
  if (status === 401 || status === 403) {
    return new CommandFault({
      what,
      why: key === undefined ? `it wants an API key (${status}).` : `it does not take the API key (${status}).`,
      next: "Put the key into a variable and name that with --upstream-key-env.",
      reason: "refused",
      code: "upstream_key",
    });
  }
  return new CommandFault({
    what,
    why: status < 300 ? `${url}/models is no list of models.` : `${url}/models answers with status ${status}.`,
    next: "Check --upstream: the address of an OpenAI-compatible API without /chat/completions, such as http://127.0.0.1:8000/v1.",
    reason: "unreachable",
    code: "no_upstream",
  });
}

/** Asks an upstream for its models, also below `/v1` where the address has no path. Throws `CommandFault`. */
export async function listUpstream(context: CommandContext, upstream: Upstream): Promise<ListedUpstream> {
  const first = await askForList(context, upstream);
  if (first.models !== undefined) return { ...upstream, models: first.models };
  const isBare = new URL(upstream.url).pathname === "/" && first.status !== 401 && first.status !== 403;
  if (isBare) {
    const below = { ...upstream, url: `${upstream.url}/v1` };
    const second = await askForList(context, below);
    if (second.models !== undefined) return { ...below, models: second.models };
    if (second.status === 401 || second.status === 403) throw noList(below, second.status);
  }
  throw noList(upstream, first.status);
}
