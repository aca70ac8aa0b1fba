// The console's files, read once: what a path is answered with is settled before the router listens.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { PreparedAnswer } from "../models/prepared-answer.ts";
import { CONSOLE_BYTES_MAX, CONSOLE_FILES_MAX } from "./limits.ts";

/** One file of the console, ready to be sent in every form. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Whether it is worth compressing; fonts and pictures are so already. */
  readonly isText: boolean;
  readonly answer: PreparedAnswer;
}

/** The files by the path of their URL; `page` is what every view of the console is loaded as. */
export interface ConsoleFiles {
  readonly page: ConsoleFile;
  readonly byPath: ReadonlyMap<string, ConsoleFile>;
}

/** What is wrong with a console's folder, in the words of a fault of the settings. */
export interface ConsoleFault {
  readonly fault: string;
}

const PAGE = "index.html";
const ANYTHING = "application/octet-stream";
const TEXTS: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".wasm": "application/wasm",
};
const BYTES: Readonly<Record<string, string>> = {
  ".woff2": "font/woff2",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".ico": "image/x-icon",
};

function fileOf(name: string, bytes: Buffer): ConsoleFile {
  const extension = extname(name);
  const text = TEXTS[extension];
  const contentType = text ?? BYTES[extension] ?? ANYTHING;
  return { contentType, isText: text !== undefined, answer: new PreparedAnswer(bytes, { isCommon: true }) };
}

/** The names of a folder's files; what begins with a dot belongs to whatever made them. */
function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.split(sep).some((part) => part.startsWith(".")))
    .filter((name) => statSync(join(folder, name)).isFile());
}

function pageIn(folder: string): boolean {
  return statSync(join(folder, PAGE), { throwIfNoEntry: false })?.isFile() === true;
}

function readFolder(folder: string): ConsoleFiles | ConsoleFault {
  if (!pageIn(folder)) return { fault: `expected a folder with an ${PAGE}, found none in ${folder}` };
  const names = namesIn(folder);
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  if (names.length > CONSOLE_FILES_MAX || bytes > CONSOLE_BYTES_MAX) {
    const found = `${names.length} files with ${bytes} bytes in ${folder}`;
    return { fault: `expected at most ${CONSOLE_FILES_MAX} files with ${CONSOLE_BYTES_MAX} bytes, found ${found}` };
  }
  const byPath = new Map(
    names.map((name) => [`/${name.split(sep).join("/")}`, fileOf(name, readFileSync(join(folder, name)))]),
  );
  const page = byPath.get(`/${PAGE}`) ?? fileOf(PAGE, readFileSync(join(folder, PAGE)));
  return { page, byPath: byPath.set("/", page) };
}

/** Reads a console, or says why its folder holds none. */
export function readConsole(folder: string): ConsoleFiles | ConsoleFault {
  try {
    return readFolder(folder);
  } catch (error) {
    // A link that leads nowhere, a file of somebody else's, or one that an update has taken away meanwhile.
    const found = error instanceof Error ? error.message : String(error);
    return { fault: `expected a folder whose files this router may read, found ${found}` };
  }
}
