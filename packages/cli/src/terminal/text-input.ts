// Texts of a conversation: edited and pasted at a prompt by a person, or one line after the other from a pipe.
import { createInterface } from "node:readline";
import type { Interface } from "node:readline";
import { LINES_KEPT_MAX } from "../limits.ts";
import type { TextInput, TextRead } from "./terminal.ts";

const PASTE_MARKS_ON = "\u001B[?2004h"; // the terminal says where a paste begins and ends
const PASTE_MARKS_OFF = "\u001B[?2004l";
const GOES_ON = "… ";

/** Lines from a pipe: each is a text. */
export function pipedTexts(input: NodeJS.ReadableStream): TextInput {
  const lines = createInterface({ input, crlfDelay: Infinity });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done === true ? { kind: "end" } : { kind: "text", text: value };
    },
    close: () => lines.close(),
  };
}

interface Key {
  readonly name?: string;
}

/** Gathers the lines of one text, until an Enter that no paste holds. */
function gather(lines: Interface, input: NodeJS.ReadableStream, found: (read: TextRead) => void): () => void {
  const gathered: string[] = [];
  let isPasting = false;
  const onKey = (_text: unknown, { name }: Key = {}): void => {
    if (name === "paste-start") isPasting = true;
    if (name === "paste-end") isPasting = false;
  };
  const onLine = (line: string): void => {
    gathered.push(line);
    // What comes in one piece was pasted, also where a terminal does not say so: its other lines are here by then.
    if (!isPasting) queueMicrotask(look);
  };
  const look = (): void => {
    if (isPasting || lines.line !== "") return;
    const last = gathered.at(-1);
    if (last?.endsWith("\\") === true) {
      gathered[gathered.length - 1] = last.slice(0, -1);
      lines.setPrompt(GOES_ON);
      lines.prompt();
      return;
    }
    found({ kind: "text", text: gathered.join("\n") });
  };
  input.on("keypress", onKey);
  lines.on("line", onLine);
  lines.on("SIGINT", () => found({ kind: "interrupt", wasEmpty: gathered.length === 0 && lines.line === "" }));
  lines.on("close", () => found({ kind: "end" }));
  return () => input.off("keypress", onKey);
}

/** Texts that a person types; between two of them the terminal is as it was, so that Ctrl-C reaches the process. */
export function typedTexts(input: NodeJS.ReadStream, output: NodeJS.WriteStream): TextInput {
  let history: string[] = [];
  let open: Interface | undefined;
  return {
    async next(prompt) {
      const lines = createInterface({
        input,
        output,
        terminal: true,
        prompt,
        history,
        historySize: LINES_KEPT_MAX,
        removeHistoryDuplicates: true,
      });
      open = lines;
      lines.on("history", (kept) => (history = [...kept]));
      output.write(PASTE_MARKS_ON);
      const { promise, resolve } = Promise.withResolvers<TextRead>();
      const forget = gather(lines, input, resolve);
      lines.prompt();
      const read = await promise;
      open = undefined;
      forget();
      output.write(read.kind === "text" ? PASTE_MARKS_OFF : `${PASTE_MARKS_OFF}\n`);
      lines.close();
      return read;
    },
    close: () => open?.close(),
  };
}
