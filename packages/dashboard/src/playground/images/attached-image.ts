// Images that go along with a question: which are taken, and why others are not.
import { CONVERSATION_IMAGE_BYTES_MAX, IMAGE_BYTES_MAX, IMAGES_MAX } from "../limits.ts";

/** An image that goes along, as a `data:` URL. */
export interface AttachedImage {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly url: string;
}

/** A file that was chosen, dropped or pasted. */
interface OfferedFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** The kinds of images that models look at. */
export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;

const KIB = 1024;
const MIB = 1024 * KIB;

/** A size in words: `84 KB`, `2.3 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < MIB ? `${Math.round(bytes / KIB)} KB` : `${(bytes / MIB).toFixed(1)} MB`;
}

/** Why a file is not taken, in one sentence with its name; undefined where it is. */
function refusalOf(file: OfferedFile, count: number, bytes: number): string | undefined {
  const name = file.name === "" ? "The image" : `“${file.name}”`;
  if (!IMAGE_TYPES.some((type) => type === file.type)) {
    const found = file.type === "" ? "a file of an unknown kind" : file.type;
    return `${name} is not taken: expected PNG, JPEG, WebP or GIF, found ${found}.`;
  }
  if (file.size === 0) return `${name} is not taken: it is empty.`;
  if (count >= IMAGES_MAX) return `${name} is not taken: a question has ${IMAGES_MAX} images at most.`;
  if (file.size > IMAGE_BYTES_MAX) {
    return `${name} is not taken: it has ${sizeText(file.size)}, at most ${sizeText(IMAGE_BYTES_MAX)} can be sent. Make it smaller.`;
  }
  if (bytes + file.size > CONVERSATION_IMAGE_BYTES_MAX) {
    return `${name} is not taken: all images of a conversation together have ${sizeText(CONVERSATION_IMAGE_BYTES_MAX)} at most. Clear the conversation, or make it smaller.`;
  }
  return undefined;
}

/** Which of the offered files are taken beside `count` images of the question and `bytes` of the conversation, and why others are not. */
export function sortFiles<File extends OfferedFile>(
  files: readonly File[],
  { count, bytes }: { readonly count: number; readonly bytes: number },
): { readonly taken: readonly File[]; readonly refusals: readonly string[] } {
  const taken: File[] = [];
  const refusals: string[] = [];
  let sum = bytes;
  for (const file of files) {
    const refusal = refusalOf(file, count + taken.length, sum);
    if (refusal === undefined) {
      taken.push(file);
      sum += file.size;
    } else refusals.push(refusal);
  }
  return { taken, refusals };
}
