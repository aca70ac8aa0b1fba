// Reads the instructions of a Dockerfile that this project's Dockerfiles use, and refuses all others.

/** One instruction. */
export type Instruction =
  | { readonly kind: "RUN"; readonly script: string }
  | {
      readonly kind: "COPY";
      /** The stage it is copied from; the build's context where there is none. */
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly kind: "ENV"; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "USER" | "WORKDIR" | "EXPOSE"; readonly value: string }
  | { readonly kind: "VOLUME" | "HEALTHCHECK" | "ENTRYPOINT" | "CMD"; readonly words: readonly string[] };

/** What one FROM begins. */
export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile that cannot be read: which line, and what is wrong. */
export class DockerfileFault extends Error {
  override readonly name = "DockerfileFault";

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
  }
}

interface Line {
  readonly number: number;
  readonly keyword: string;
  readonly rest: string;
}

/** Instructions as they stand, each on one line: a backslash continues one, comments between are left out. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let open: { number: number; text: string } | undefined;
  for (const [index, written] of text.split("\n").entries()) {
    if (/^\s*(?:#|$)/.test(written)) continue;
    const continues = written.trimEnd().endsWith("\\");
    const part = written.trim().replace(/\s*\\$/, "");
    const line = { number: open?.number ?? index + 1, text: open === undefined ? part : `${open.text} ${part}` };
    open = continues ? line : undefined;
    if (continues) continue;
    const [, keyword = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line.text) ?? [];
    lines.push({ number: line.number, keyword, rest });
  }
  if (open !== undefined) throw new DockerfileFault(open.number, "the last line continues");
  return lines;
}

/** A command as a list of words: the other form runs in a shell, which passes no signals on. */
function wordsOf({ number, keyword, rest }: Line, text = rest): readonly string[] {
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string")) return words;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DockerfileFault(number, `${keyword}: expected a list of words such as ["node", "main.js"]`);
}

function copyOf({ number, rest }: Line): Instruction {
  const [, from, places = ""] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(rest) ?? [];
  const words = places.split(/\s+/);
  const target = words.pop();
  if (target === undefined || words.length === 0 || words.some((word) => word.startsWith("--"))) {
    throw new DockerfileFault(number, "COPY: expected [--from=stage] source… target");
  }
  return { kind: "COPY", from, sources: words, target };
}

function valuesOf({ number, rest }: Line): Instruction {
  const values: Record<string, string> = {};
  const left = rest.replaceAll(
    /([A-Z_]+)=(?:"([^"]*)"|(\S*))/g,
    (_all, name: string, quoted?: string, plain?: string) => {
      values[name] = quoted ?? plain ?? "";
      return "";
    },
  );
  if (left.trim() !== "") throw new DockerfileFault(number, `ENV: expected NAME=value…, found ${left.trim()}`);
  return { kind: "ENV", values };
}

function healthOf(line: Line): Instruction {
  const [, command] = /^(?:--(?:interval|timeout|start-period|retries)=\w+\s+)*CMD\s+(.*)$/.exec(line.rest) ?? [];
  if (command === undefined) throw new DockerfileFault(line.number, 'HEALTHCHECK: expected [options] CMD ["…"]');
  return { kind: "HEALTHCHECK", words: wordsOf(line, command) };
}

function instructionOf(line: Line): Instruction {
  const { number, keyword, rest } = line;
  switch (keyword) {
    case "RUN":
      return { kind: keyword, script: rest };
    case "COPY":
      return copyOf(line);
    case "ENV":
      return valuesOf(line);
    case "USER":
    case "WORKDIR":
    case "EXPOSE":
      return { kind: keyword, value: rest };
    case "VOLUME":
    case "ENTRYPOINT":
    case "CMD":
      return { kind: keyword, words: wordsOf(line) };
    case "HEALTHCHECK":
      return healthOf(line);
    default:
      throw new DockerfileFault(number, `${keyword === "" ? "no instruction" : keyword}: not one that is read here`);
  }
}

/** Reads a Dockerfile's stages. Throws `DockerfileFault`. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of linesOf(text)) {
    if (line.keyword === "FROM") {
      const [, image, name] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(line.rest) ?? [];
      if (image === undefined) throw new DockerfileFault(line.number, "FROM: expected image [AS name]");
      stages.push({ image, name, instructions: [] });
      continue;
    }
    const instruction = instructionOf(line);
    const stage = stages.at(-1);
    if (stage === undefined) throw new DockerfileFault(line.number, "nothing stands before FROM");
    stage.instructions.push(instruction);
  }
  if (stages.length === 0) throw new DockerfileFault(1, "no FROM");
  return stages;
}
