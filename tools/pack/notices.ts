// The licences of the libraries whose code is inside a package: most of them ask that their text goes with it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LICENCE_FILE = /^licen[cs]e(?:\.\w+)?$/i;

function noticeOf(root: string, library: string): string {
  const folder = join(root, library);
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  const file = readdirSync(folder).find((found) => LICENCE_FILE.test(found));
  const title = `${name} ${version} (${license})\n\n`;
  if (file !== undefined) return `${title}${readFileSync(join(folder, file), "utf8").trim()}\n`;
  if (license === "Apache-2.0") return `${title}The text of this licence is in LICENSE.\n`; // ours is the same
  throw new Error(`${name} is bundled, and its package has no text of its licence.`);
}

/** The text of `dist/THIRD-PARTY-NOTICES.txt`. */
export function noticesText(root: string, libraries: readonly string[]): string {
  const first = "Code of these libraries is inside the files of this folder.\n";
  return [first, ...libraries.map((library) => noticeOf(root, library))].join(`\n${"-".repeat(80)}\n\n`);
}
