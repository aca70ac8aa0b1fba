// House rule: docs/limits.md lists every limit with its value, and no other.
import type { Finding } from "./project-file.ts";

const DOCUMENT = "docs/limits.md";

/** The exports of each limits file, by the file's path. */
export type Limits = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const UNITS: readonly (readonly [suffix: RegExp, unit: string, size: number])[] = [
  [/BYTES/, "GiB", 1024 ** 3],
  [/BYTES|CHARS/, "MiB", 1024 ** 2],
  [/BYTES|CHARS/, "KiB", 1024],
  [/_MS(_|$)/, "d", 24 * 60 * 60 * 1000],
  [/_MS(_|$)/, "h", 60 * 60 * 1000],
  [/_MS(_|$)/, "min", 60 * 1000],
  [/_MS(_|$)/, "s", 1000],
  [/_MS(_|$)/, "ms", 1],
];

/** The ways in which a document may write a limit's value; empty where a value has no plain spelling. */
function spellingsOf(name: string, value: unknown): string[] {
  if (typeof value !== "number" && typeof value !== "bigint") return [];
  const amount = Number(value);
  const withUnit = UNITS.filter(([suffix, , size]) => suffix.test(name) && Number.isInteger(amount / size));
  return [
    value.toLocaleString("en-US"),
    ...withUnit.map(([, unit, size]) => `${(amount / size).toLocaleString("en-US")} ${unit}`),
  ];
}

interface Row {
  readonly file: string;
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** The rows of the tables, each under a heading that names its file. */
function rowsOf(markdown: string): Row[] {
  let file = "";
  return markdown.split("\n").flatMap((text, index) => {
    file = /^## .*`(.*)`$/.exec(text)?.[1] ?? file;
    const [, name, value = ""] = /^\|\s*`(.*?)`\s*\|\s*(.*?)\s*\|/.exec(text) ?? [];
    return name === undefined ? [] : [{ file, name, value, line: index + 1 }];
  });
}

function report(line: number, advice: string): Finding {
  return { path: DOCUMENT, line, advice };
}

/** Compares the exports of the limits files with the tables of `docs/limits.md`, both ways, values included. */
export function findLimitDocumentDrift(limits: Limits, markdown: string): Finding[] {
  const rows = rowsOf(markdown);
  const wrong = rows.flatMap(({ file, name, value, line }) => {
    const exported = limits.get(file);
    if (exported === undefined || !Object.hasOwn(exported, name))
      return [report(line, `${name} is no limit of ${file}`)];
    const spellings = spellingsOf(name, exported[name]);
    if (spellings.length === 0 || spellings.includes(value)) return [];
    return [report(line, `${name} is ${spellings.join(" or ")}, not ${value}`)];
  });
  const documented = new Set(rows.map(({ file, name }) => `${file} ${name}`));
  const missing = [...limits].flatMap(([file, exported]) =>
    Object.keys(exported)
      .filter((name) => !documented.has(`${file} ${name}`))
      .map((name) => report(markdown.split("\n").length, `${name} of ${file} is not listed`)),
  );
  return [...wrong, ...missing];
}
