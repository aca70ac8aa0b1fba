// Where a request can name media: every place is searched, and only words and names are left alone.
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonMember } from "@aimo-network/protocol/json-members";
import { jsonElements, jsonMembers } from "@aimo-network/protocol/json-members";
import { MESSAGE_DEPTH_MAX } from "../limits.ts";
import type { JsonSkeleton } from "@aimo-network/protocol/json-skeleton";
import type { AllowedMedia, MediaFound } from "./media.ts";
import { checkMediaValue, isBareBase64, refusedMedia } from "./media.ts";

// Parameters of words, names and schemas: a `$schema` or a stop word may look like a URL, and nothing fetches it.
const WORD_PARAMETERS: ReadonlySet<string> = new Set([
  ...["model", "metadata", "user", "safety_identifier", "prompt_cache_key", "stop", "prediction"],
  ...["tools", "tool_choice", "functions", "function_call", "response_format", "json_schema", "grammar"],
  ...["guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs"],
]);

// Members of a message whose strings are words or names.
const WORD_MEMBERS: ReadonlySet<string> = new Set([
  ...["role", "name", "id", "tool_call_id", "refusal", "reasoning", "reasoning_content", "thinking"],
]);

// Members of a message that hold what a model once said, URLs of its sources among it, or the tools it may call.
const SPOKEN_MEMBERS: ReadonlySet<string> = new Set([
  ...["tool_calls", "function_call", "tools", "parsed", "annotations", "citations", "reasoning_details"],
]);

const TEXT_PARTS: ReadonlySet<string> = new Set([
  ...["text", "input_text", "output_text", "refusal", "thinking", "reasoning"],
]);
const MEDIA_PARTS: ReadonlySet<string> = new Set(["image_url", "input_audio", "audio_url", "video_url", "file"]);

// Members of a text part that hold its words.
const PART_WORDS: ReadonlySet<string> = new Set(["text", "refusal", "thinking", "reasoning"]);

// Members whose every string is a medium, a URL or a path: OpenAI's and those of vLLM, SGLang, llama.cpp and Ollama.
const MEDIA_MEMBER =
  /^(?:input_)?(?:image|video|audio|file)s?$|(?:^|image_|video_|audio_|file_|modal_)data$|(?:^|_)paths?$|ur[il]s?$/i;

// Members beside a medium that hold a plain name: a name cannot leave its directory.
const NAME_MEMBERS: ReadonlySet<string> = new Set([
  ...["type", "detail", "format", "filename", "file_id", "id", "uuid", "name", "ttl", "voice"],
]);
const PLAIN_NAME = /^(?![.~])[^/\\\p{Cc}]{0,256}$/u;

// Where OpenAI's API takes base64 without a data: URL around it.
const BASE64_PLACES: ReadonlySet<string> = new Set(["input_audio.data", "file.file_data"]);

// Strings that are looked at wherever they stand.
const SCHEME = /^\s*(?:data:|[a-z][a-z0-9+.-]*:\/\/)/i;

const TYPE_CHARS_SHOWN_MAX = 64;

interface Search {
  readonly text: string;
  /** The parameter of the request. */
  readonly param: string;
  readonly depth: number;
  /** The nearest member's name, and that of the object around it. */
  readonly key: string;
  readonly holder: string;
  /** Whether every string from here on has to be a medium or a plain name. */
  readonly isMedia: boolean;
  readonly shortened: Shortened;
  readonly found: MediaFound;
}

/** What is known of a string of the text, as it stands there, whose middle was left out. */
type Shortened = JsonSkeleton["shortened"];

interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * The hosts of the media URLs in a body's members, to be resolved; throws `forbidden_content` for what is refused by
 * its look alone. It reads the text and not the parsed value, so that a repeated member hides nothing.
 */
export function mediaHosts(
  text: string,
  members: readonly JsonMember[],
  allowed: AllowedMedia,
  shortened: Shortened = () => undefined,
): ReadonlySet<string> {
  const found: MediaFound = { allowed, hosts: new Set() };
  for (const member of members) {
    const { key } = member;
    if (WORD_PARAMETERS.has(key)) continue;
    const search = { text, param: key, depth: 0, key, holder: "", isMedia: MEDIA_MEMBER.test(key), shortened, found };
    if (key === "messages") searchMessages(extentOf(member), search);
    else searchValue(extentOf(member), search);
  }
  return found.hosts;
}

function searchMessages(messages: Extent, search: Search): void {
  if (search.text[messages.start] !== "[") {
    searchValue(messages, search);
    return;
  }
  for (const message of jsonElements(search.text, messages.start)) {
    if (search.text[message.start] === "{") searchMessage(message, deeper(deeper(search)));
    else searchValue(message, deeper(search));
  }
}

function searchMessage(message: Extent, search: Search): void {
  for (const member of jsonMembers(search.text, message.start)) {
    const { key, valueStart } = member;
    if (SPOKEN_MEMBERS.has(key)) continue;
    if (key === "content") searchContent(extentOf(member), search);
    else if (!WORD_MEMBERS.has(key) || search.text[valueStart] !== '"') searchMember(member, search);
  }
}

function searchContent(content: Extent, search: Search): void {
  const first = search.text[content.start];
  if (first === "{") searchPart(content, deeper(search));
  else if (first === "[") {
    const within = deeper(search);
    for (const part of jsonElements(search.text, content.start)) searchContent(part, within);
  }
}

function searchPart(part: Extent, search: Search): void {
  const members = jsonMembers(search.text, part.start);
  const types = members.filter(({ key }) => key === "type").map((type) => partType(type, search));
  const isMedia = types.some((type) => MEDIA_PARTS.has(type));
  for (const member of members) {
    if (member.key === "type") continue;
    if (!isMedia && PART_WORDS.has(member.key)) searchContent(extentOf(member), search);
    else searchMember(member, { ...search, isMedia });
  }
}

function partType(type: JsonMember, { text }: Search): string {
  const json = text.slice(type.valueStart, type.valueEnd);
  const value = json.startsWith('"') ? plainText(json) : "";
  if (TEXT_PARTS.has(value) || MEDIA_PARTS.has(value)) return value;
  const what = `content parts of the type ${json.slice(0, TYPE_CHARS_SHOWN_MAX)}`;
  throw refusedMedia(what, `Send parts of the types text, ${[...MEDIA_PARTS].join(", ")}.`);
}

function searchMember(member: JsonMember, search: Search): void {
  const { key } = member;
  searchValue(extentOf(member), {
    ...search,
    key,
    holder: search.key,
    isMedia: search.isMedia || MEDIA_MEMBER.test(key),
  });
}

function searchValue({ start, end }: Extent, search: Search): void {
  const { text } = search;
  const first = text[start];
  if (first === '"') checkString(text.slice(start, end), search);
  else if (first === "[") {
    const within = deeper(search);
    for (const element of jsonElements(text, start)) searchValue(element, within);
  } else if (first === "{") {
    const within = deeper(search);
    for (const member of jsonMembers(text, start)) searchMember(member, within);
  }
}

function checkString(json: string, { key, holder, isMedia, shortened, found }: Search): void {
  const value = plainText(json);
  if (isMedia && NAME_MEMBERS.has(key) && PLAIN_NAME.test(value)) return;
  if (BASE64_PLACES.has(`${holder}.${key}`) && isBase64Value(value, shortened(json))) return;
  if (isMedia || SCHEME.test(value)) checkMediaValue(value, found);
}

function isBase64Value(value: string, shortened: ReturnType<Shortened>): boolean {
  if (shortened === undefined) return isBareBase64(value);
  return shortened.isBase64 && isBareBase64(shortened.kept, shortened.chars);
}

function deeper(search: Search): Search {
  if (search.depth < MESSAGE_DEPTH_MAX) return { ...search, depth: search.depth + 1 };
  const expected = `at most ${MESSAGE_DEPTH_MAX} levels of nesting`;
  throw new AimoError("invalid_request", { param: search.param, expected, found: "more" });
}

function extentOf({ valueStart, valueEnd }: JsonMember): Extent {
  return { start: valueStart, end: valueEnd };
}

function plainText(json: string): string {
  return json.includes("\\") ? (JSON.parse(json) as string) : json.slice(1, -1);
}
