// The parts of a request's messages that are no text: how many there are, and how much of the body their base64 is.
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonMember } from "@aimo-network/protocol/json-members";
import { jsonElements, jsonMembers } from "@aimo-network/protocol/json-members";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { JsonSkeleton } from "@aimo-network/protocol/json-skeleton";
import type { Medium } from "@aimo-network/protocol/wire/offer";
import { MEDIA } from "@aimo-network/protocol/wire/offer";
import type { MediaCounts } from "../../billing/ceiling.ts";
import { MEDIA_PARTS_MAX } from "../../limits.ts";
import { describe } from "../describe-json.ts";

interface PartKind {
  readonly medium: Medium;
  /** The member that holds the medium, as a string or in the member `data` of an object. */
  readonly holder: string;
  readonly data: string;
  /** Whether the string may be bare base64, without a `data:` URL around it. */
  readonly isBare: boolean;
}

const PART_KINDS: ReadonlyMap<unknown, PartKind> = new Map([
  ["image_url", { medium: "image", holder: "image_url", data: "url", isBare: false }],
  ["video_url", { medium: "video", holder: "video_url", data: "url", isBare: false }],
  ["audio_url", { medium: "audio", holder: "audio_url", data: "url", isBare: false }],
  ["input_audio", { medium: "audio", holder: "input_audio", data: "data", isBare: true }],
  ["file", { medium: "file", holder: "file", data: "file_data", isBare: true }],
]);

/**
 * The types of parts, and the members, by which some server takes a part for a medium. Servers do not agree on them: to
 * some a part without a type, or one of text with an id, is an image if only it has the member.
 */
const MEDIUM_NAMES: ReadonlyMap<unknown, Medium> = new Map<unknown, Medium>([
  ...["image_url", "input_image", "image"].map((name) => [name, "image"] as const),
  ...["input_audio", "audio_url", "audio"].map((name) => [name, "audio"] as const),
  ...["video_url", "input_video", "video"].map((name) => [name, "video"] as const),
  ...["file", "input_file", "document_url", "document"].map((name) => [name, "file"] as const),
]);

/** The media that one part may be; an honest one is at most one. */
function mediaIn(part: JsonObject): ReadonlySet<Medium> {
  const media = new Set<Medium>();
  const add = (name: unknown): void => {
    const medium = MEDIUM_NAMES.get(name);
    if (medium !== undefined) media.add(medium);
  };
  add(part["type"]);
  for (const [name, value] of Object.entries(part)) if (value !== null && value !== "") add(name);
  return media;
}

/** Counts the parts of each kind; throws `invalid_request` for what is no message, and for more parts than a request may have. */
export function countMedia(messages: readonly unknown[]): MediaCounts {
  const counts = { image: 0, audio: 0, video: 0, file: 0 };
  let parts = 0;
  for (const [index, message] of messages.entries()) {
    if (!isJsonObject(message) || typeof message["role"] !== "string") {
      const expected = "an object with a `role`";
      throw new AimoError("invalid_request", { expected, found: describe(message), param: `messages[${index}]` });
    }
    const { content } = message;
    if (!Array.isArray(content)) continue;
    for (const part of content as readonly unknown[]) {
      if (!isJsonObject(part)) continue;
      for (const medium of mediaIn(part)) {
        counts[medium] += 1;
        parts += 1;
      }
    }
    if (parts > MEDIA_PARTS_MAX) {
      const expected = `at most ${MEDIA_PARTS_MAX} images, recordings and files`;
      throw new AimoError("invalid_request", { expected, found: "more", param: "messages" });
    }
  }
  return counts;
}

/** The kinds that occur. */
export function mediaOf(counts: MediaCounts): ReadonlySet<Medium> {
  return new Set(MEDIA.filter((medium) => counts[medium] > 0));
}

type Shortened = JsonSkeleton["shortened"];

/**
 * Bytes of the text that are base64 of the media that `countMedia` counts: what they cost is bounded by their number.
 * Base64 that stands anywhere else may be read as words, and is left in. The text must be valid JSON; `at` is where its
 * messages begin.
 */
export function mediaDataBytes(text: string, at: number, shortened: Shortened): number {
  let bytes = 0;
  for (const message of jsonElements(text, at)) {
    const content = lastMember(text, message.start, "content");
    if (content === undefined || text[content.valueStart] !== "[") continue;
    for (const part of jsonElements(text, content.valueStart)) {
      if (text[part.start] === "{") bytes += partDataBytes(text, part.start, shortened);
    }
  }
  return bytes;
}

/** The member as JSON.parse reads it, which takes the last of those with one name. */
function lastMember(text: string, at: number, name: string): JsonMember | undefined {
  return jsonMembers(text, at).findLast(({ key }) => key === name);
}

function partDataBytes(text: string, at: number, shortened: Shortened): number {
  const type = lastMember(text, at, "type");
  if (type === undefined || text[type.valueStart] !== '"') return 0;
  const kind = PART_KINDS.get(JSON.parse(text.slice(type.valueStart, type.valueEnd)));
  if (kind === undefined) return 0;
  let held = lastMember(text, at, kind.holder);
  if (held !== undefined && text[held.valueStart] === "{") held = lastMember(text, held.valueStart, kind.data);
  if (held === undefined || text[held.valueStart] !== '"') return 0;
  return base64Bytes(text.slice(held.valueStart, held.valueEnd), kind.isBare, shortened);
}

const DATA_URL = /^"\s*data:[^",]{0,256};base64,/i; // media types are short; what stands before the comma is counted

function base64Bytes(json: string, isBare: boolean, shortened: Shortened): number {
  const chars = shortened(json)?.chars ?? json.length - 2;
  const head = DATA_URL.exec(json)?.[0];
  if (head !== undefined) return chars - (head.length - 1);
  return isBare ? chars : 0;
}
