// House rule: docs/errors.md has a heading for every error code, with its status and whether a retry helps, and no other.
import { Visitor } from "oxc-parser";
import type { ObjectExpression } from "oxc-parser";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

const DOCUMENT = "docs/errors.md";
const TABLE = /^packages\/protocol\/src\/error[\w-]*\.ts$/;

interface ErrorFacts {
  /** The status, or undefined where it depends on the error's context. */
  readonly status: number | undefined;
  readonly retryable: boolean;
}

/** Reads an entry of the table: an object that has a `status`, an `errorType` and says whether it is `retryable`. */
function factsOf(entry: ObjectExpression): ErrorFacts | undefined {
  const facts = new Map<string, unknown>();
  for (const part of entry.properties) {
    if (part.type !== "Property" || part.key.type !== "Identifier") continue;
    facts.set(part.key.name, part.value.type === "Literal" ? part.value.value : undefined);
  }
  const status = facts.get("status");
  const retryable = facts.get("retryable");
  if (!facts.has("status") || !facts.has("errorType") || typeof retryable !== "boolean") return undefined;
  return { status: typeof status === "number" ? status : undefined, retryable };
}

function readTable(files: readonly ProjectFile[]): Map<string, ErrorFacts> {
  const table = new Map<string, ErrorFacts>();
  for (const file of files.filter(({ path }) => TABLE.test(path))) {
    new Visitor({
      Property({ key, value }) {
        if (key.type !== "Identifier" || value.type !== "ObjectExpression") return;
        const facts = factsOf(value);
        if (facts !== undefined) table.set(key.name, facts);
      },
    }).visit(file.syntax.program);
  }
  return table;
}

/** The line under a heading that repeats the table: checked here, so that it cannot go stale. */
function expectedLine({ status, retryable }: ErrorFacts): RegExp {
  const shown = status === undefined ? ".+" : `${status}`;
  return new RegExp(`^Status ${shown}, ${retryable ? "retryable" : "not retryable"}\\.$`);
}

function report(line: number, advice: string): Finding {
  return { path: DOCUMENT, line, advice };
}

/** Compares the table of `packages/protocol/src/errors.ts` with the headings of `docs/errors.md`, both ways. */
export const findErrorDocumentDrift: HouseRule = (files) => {
  const table = readTable(files);
  if (table.size === 0)
    return [report(1, "no error table was found to compare with: see tools/tidy/error-documents.ts")];
  const lines = (files.find((file) => file.path === DOCUMENT)?.text ?? "").split("\n");
  const documented = new Set<string>();
  const found: Finding[] = [];
  for (const [index, text] of lines.entries()) {
    const code = /^### `(.*)`$/.exec(text)?.[1];
    if (code === undefined) continue;
    const facts = table.get(code);
    if (documented.has(code)) found.push(report(index + 1, `${code} has two headings`));
    documented.add(code);
    if (facts === undefined) found.push(report(index + 1, `${code} is no error code`));
    else if (!expectedLine(facts).test(lines[index + 2] ?? "")) {
      found.push(report(index + 3, `${code}: expected ${expectedLine(facts).source}, found ${lines[index + 2]}`));
    }
  }
  const missing = [...table.keys()].filter((code) => !documented.has(code));
  return [...found, ...missing.map((code) => report(lines.length, `${code} has no heading`))];
};
