// What happens to a request body on its way to the upstream: few members change, all other bytes stay (wire.md).
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { exceededJsonBound } from "@aimo-network/protocol/json-bounds";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { JsonMember } from "@aimo-network/protocol/json-members";
import { jsonMembers, replaceMembers } from "@aimo-network/protocol/json-members";
import type { JsonSkeleton } from "@aimo-network/protocol/json-skeleton";
import { checkMemberNames, foldedName } from "@aimo-network/protocol/member-names";
import { REQUEST_DEPTH_MAX, REQUEST_VALUES_MAX } from "../limits.ts";
import type { AllowedMedia } from "./media.ts";
import { mediaHosts } from "./media-hosts.ts";

/** What a provider's file says about bodies. */
export interface BodyRules {
  /** Members that are refused: the built-in ones and the provider's own. */
  readonly denied: ReadonlySet<string>;
  /** The greatest `n` and `best_of`; a request for more gets this many. */
  readonly nMax: number;
  readonly media: AllowedMedia;
}

/** A body ready to be sent, when the hosts of its media are public. */
export interface UpstreamBody {
  /** Its bytes, in pieces where it is large. */
  readonly bytes: readonly Uint8Array[];
  readonly isStream: boolean;
  readonly mediaHosts: ReadonlySet<string>;
}

// Members of vLLM, SGLang, llama.cpp, Ollama and their kin that steer a server rather than an answer.
const STEERING: readonly string[] = [
  ...["chat_template", "chat_template_kwargs", "template"], // templates run code
  ...["mm_processor_kwargs", "media_io_kwargs"], // processors load files
  ...["lora", "lora_request", "lora_path", "adapter_id"], // adapters are loaded from files
  ...["logits_processors", "custom_logit_processor", "custom_params", "vllm_xargs"], // code, and what it is given
  ...["kv_transfer_params", "bootstrap_host", "bootstrap_port", "bootstrap_room"], // connects to a host of their choice
  ...["data_parallel_rank", "priority", "id_slot", "session_params"], // the order and place of other people's requests
  ...["options", "keep_alive"], // loads a model anew, and for how long
];

// The router's own members (OpenRouter's extensions): it has read them; strict upstreams refuse them.
const ROUTER_MEMBERS = ["provider", "models", "route", "plugins", "transforms", "usage"];

const ANSWER_COUNTS = ["n", "best_of"]; // how many answers the upstream writes, and is paid for

// Members that are read or replaced here: in another case they would pass, and a parser that ignores case obey them.
const OWN_MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "stream",
  "stream_options",
  ...ANSWER_COUNTS,
  ...ROUTER_MEMBERS,
]);

/** The rules of a provider's file together with the built-in ones. */
export function bodyRules(denied: readonly string[], nMax: number, media: AllowedMedia): BodyRules {
  return { denied: new Set([...STEERING, ...denied].map(foldedName)), nMax, media };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Rewrites a body for the upstream whose own name of the model is `modelJson` (a JSON string). Throws
 * `invalid_request` for what is no JSON object, `forbidden_content` for members and media the rules refuse.
 */
export function upstreamBody(body: Uint8Array | ArrivingJson, modelJson: string, rules: BodyRules): UpstreamBody {
  const { json, value } = parseBody(body);
  const { text } = json;
  const members = jsonMembers(text);
  checkMembers(members, rules);
  const changes = new Map<string, string | undefined>([["model", modelJson]]);
  for (const name of ROUTER_MEMBERS) changes.set(name, undefined);
  const isStream = readStream(value["stream"]);
  if (isStream) changes.set("stream_options", streamOptions(text, members));
  for (const name of ANSWER_COUNTS) {
    if (readCount(name, value[name]) > rules.nMax) changes.set(name, String(rules.nMax));
  }
  const sent = members.filter(({ key }) => !changes.has(key));
  return {
    isStream,
    mediaHosts: mediaHosts(text, sent, rules.media, json.shortened),
    bytes: json.pieces(replaceMembers(text, changes, members)),
  };
}

interface ParsedBody {
  readonly json: JsonSkeleton;
  readonly value: Readonly<Record<string, unknown>>;
}

const BOUNDS = { levelsMax: REQUEST_DEPTH_MAX, valuesMax: REQUEST_VALUES_MAX };

function parseBody(body: Uint8Array | ArrivingJson): ParsedBody {
  const { json, value } = readJson(body);
  if (isJsonObject(value)) return { json, value };
  throw new AimoError("invalid_request", { expected: "a JSON object", found: "another JSON value" });
}

/** A text without anything left out. */
function wholeText(text: string): JsonSkeleton {
  return { text, pieces: (changed) => [Buffer.from(changed)], shortened: () => undefined };
}

function readJson(body: Uint8Array | ArrivingJson): { json: JsonSkeleton; value: unknown } {
  try {
    const json = body instanceof ArrivingJson ? body.skeleton() : wholeText(decoder.decode(body));
    const exceeded = exceededJsonBound(json.text, BOUNDS);
    if (exceeded === undefined) return { json, value: JSON.parse(json.text) as unknown };
    const most = exceeded === "levels" ? REQUEST_DEPTH_MAX : REQUEST_VALUES_MAX;
    throw new AimoError("invalid_request", { expected: `JSON with at most ${most} ${exceeded}`, found: "more" });
  } catch (cause) {
    if (isAimoError(cause)) throw cause;
    throw new AimoError("invalid_request", { expected: "a JSON object in UTF-8", found: "something else" }, { cause });
  }
}

function checkMembers(members: readonly JsonMember[], rules: BodyRules): void {
  for (const { key } of members) {
    if (!rules.denied.has(foldedName(key))) continue;
    throw new AimoError("forbidden_content", {
      what: `the parameter \`${key.slice(0, 64)}\``,
      advice: "Leave it out: it steers the server and not the answer, or this provider has ruled it out.",
    });
  }
  // What is checked here must be what the upstream reads.
  checkMemberNames(members, { own: OWN_MEMBERS, others: "once" });
}

function readStream(stream: unknown = null): boolean {
  if (stream === null || typeof stream === "boolean") return stream ?? false;
  throw new AimoError("invalid_request", { param: "stream", expected: "true or false", found: `a ${typeof stream}` });
}

function readCount(param: string, count: unknown): number {
  if (count === undefined || count === null) return 1;
  if (typeof count === "number" && Number.isInteger(count) && count >= 1) return count;
  const found = typeof count === "number" ? String(count) : `a ${typeof count}`;
  throw new AimoError("invalid_request", { param, expected: "a whole number from 1", found });
}

function streamOptions(text: string, members: readonly JsonMember[]): string {
  const member = members.find(({ key }) => key === "stream_options");
  const options = member === undefined ? "" : text.slice(member.valueStart, member.valueEnd);
  return replaceMembers(options.startsWith("{") ? options : "{}", new Map([["include_usage", "true"]]));
}
