// Images, audio and files in a message: what they are and how large, without ever fetching one.

import { colourOf } from "./picture-colour.ts";
import { type Fields, invalidField, readFields, readText } from "./request-fields.ts";

/** One medium that came with a message: its bytes when it was inside the request, its address when it was linked. */
export interface Attachment {
  readonly kind: "image" | "audio" | "file";
  /** Such as `image/png`; undefined for a linked one. */
  readonly mediaType: string | undefined;
  readonly bytes: number | undefined;
  readonly url: string | undefined;
  /** Of a small picture that has only one which has a name. */
  readonly colour?: string | undefined;
}

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*)(;base64)?,/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function decodedBytes(data: string, param: string): number {
  if (!BASE64.test(data) || data.length % 4 === 1) throw invalidField(param, "base64 data", data);
  return Buffer.byteLength(data, "base64");
}

function readMediaUrl(kind: "image" | "file", url: string, param: string): Attachment {
  if (/^https?:\/\/[^\s/]/i.test(url)) return { kind, mediaType: undefined, bytes: undefined, url };
  const head = DATA_URL.exec(url);
  if (head === null) throw invalidField(param, "a data: URL or an https: URL", url);
  const data = url.slice(head[0].length);
  const bytes = head[3] === undefined ? Buffer.byteLength(decodeText(data, param)) : decodedBytes(data, param);
  const mediaType = head[1]?.toLowerCase() ?? "text/plain";
  const colour = mediaType === "image/png" && head[3] !== undefined ? colourOf(data) : undefined;
  return { kind, mediaType, bytes, url: undefined, ...(colour !== undefined && { colour }) };
}

function decodeText(data: string, param: string): string {
  try {
    return decodeURIComponent(data);
  } catch (cause) {
    throw invalidField(param, "percent-encoded data", data, { cause });
  }
}

function requireFields(part: Fields, name: string, param: string): Fields {
  const fields = readFields(part, name, `${param}.${name}`);
  if (fields === undefined) throw invalidField(`${param}.${name}`, "an object", undefined);
  return fields;
}

/** Reads a content part of the type `image_url`, `input_audio` or `file`; undefined for any other type. */
export function readAttachment(part: Fields, param: string): Attachment | undefined {
  switch (part["type"]) {
    case "image_url": {
      const image = requireFields(part, "image_url", param);
      return readMediaUrl("image", readText(image, "url", `${param}.image_url.url`), `${param}.image_url.url`);
    }
    case "input_audio": {
      const audio = requireFields(part, "input_audio", param);
      const data = readText(audio, "data", `${param}.input_audio.data`);
      const format = readText(audio, "format", `${param}.input_audio.format`);
      const bytes = decodedBytes(data, `${param}.input_audio.data`);
      return { kind: "audio", mediaType: `audio/${format}`, bytes, url: undefined };
    }
    case "file": {
      const file = requireFields(part, "file", param);
      return readMediaUrl("file", readText(file, "file_data", `${param}.file.file_data`), `${param}.file.file_data`);
    }
    default:
      return undefined;
  }
}

function describeOne({ mediaType, bytes, url, colour }: Attachment): string {
  if (url !== undefined) return `${url} (not fetched)`;
  return `${mediaType} of ${bytes} bytes${colour === undefined ? "" : `, all ${colour}`}`;
}

/** One sentence that counts the attachments and names each one's type and decoded size, or its address. */
export function describeAttachments(attachments: readonly Attachment[]): string {
  const sentences = (["image", "audio", "file"] as const).map((kind) => {
    const found = attachments.filter((attachment) => attachment.kind === kind);
    if (found.length === 0) return "";
    const noun = kind === "audio" ? "audio clip" : kind;
    return `I see ${found.length} ${noun}${found.length === 1 ? "" : "s"}: ${found.map(describeOne).join(", ")}.`;
  });
  return sentences.filter((sentence) => sentence !== "").join(" ");
}
