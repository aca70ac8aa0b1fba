// A file that goes with a question: text as it is, an image as a part of its own.
import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { CommandFault } from "../fault.ts";
import { RUN_INPUT_BYTES_MAX } from "../limits.ts";

/** What a file adds to a question. */
export type FilePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "image"; readonly content: object };

// How each kind of image begins, in hexadecimal.
const IMAGES: readonly (readonly [type: string, pattern: RegExp])[] = [
  ["image/png", /^89504e470d0a1a0a/],
  ["image/jpeg", /^ffd8ff/],
  ["image/gif", /^47494638(?:37|39)61/],
  ["image/webp", /^52494646.{8}57454250/],
];
const HEAD_BYTES = 12;

function fileFault(file: string, why: string): CommandFault {
  return new CommandFault({
    what: `Cannot take the file ${file}.`,
    why,
    next: "Name another with --file.",
    reason: "usage",
  });
}

function readBytes(path: string, file: string): Buffer {
  try {
    if (statSync(path).size > RUN_INPUT_BYTES_MAX)
      throw fileFault(file, `it is larger than ${RUN_INPUT_BYTES_MAX} bytes.`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof CommandFault) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw fileFault(file, code === "ENOENT" ? "it is not there." : `the system says ${code}.`);
  }
}

/** Reads it, from `folder` where its path is relative; throws `CommandFault`. */
export function filePart(folder: string, file: string): FilePart {
  const bytes = readBytes(resolve(folder, file), file);
  const head = bytes.toString("hex", 0, HEAD_BYTES);
  const image = IMAGES.find(([, pattern]) => pattern.test(head));
  if (image !== undefined) {
    const url = `data:${image[0]};base64,${bytes.toString("base64")}`;
    return { kind: "image", content: { type: "image_url", image_url: { url } } };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { kind: "text", text: `${basename(file)}:\n\n${text.trim()}` };
  } catch {
    throw fileFault(file, "it is neither UTF-8 text nor a PNG, JPEG, WebP or GIF image.");
  }
}
