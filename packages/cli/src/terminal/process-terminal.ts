// The terminal of this process.
import type * as Prompts from "@clack/prompts";
import type { Clock } from "@aimo-network/protocol/clock";
import { CommandFault } from "../fault.ts";
import type { GeneralOptions } from "../settings/general-options.ts";
import type { Environment } from "../settings/environment.ts";
import { readPiped } from "./piped-input.ts";
import { styleFor } from "./style.ts";
import type { Choice, Progress, Terminal } from "./terminal.ts";
import { cut } from "./text-width.ts";

const WIDTH_WITHOUT_TERMINAL = Number.MAX_SAFE_INTEGER; // a program that reads a table wants all of it
const PICK_ROWS = 10; // of many choices as many are shown as fit below a question
const PROGRESS_AFTER_MS = 1_000; // what takes less needs no words

/** The streams a terminal is made of. */
export interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errors: NodeJS.WriteStream;
}

/** Whether a stream is a terminal: of a pipe nothing is known, whatever Node's types say. */
function isTerminal({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true;
}

function nobodyToAsk(question: string): CommandFault {
  return new CommandFault({
    what: `${question} Nobody can be asked here: this is no terminal.`,
    next: "Give the answer as an option: see --help.",
    reason: "declined",
  });
}

type Questions = Pick<Terminal, "confirm" | "ask" | "choose" | "pick">;

/** The questions; they are loaded when the first is asked. */
function questions({ input, errors }: Streams, isInteractive: boolean): Questions {
  const places = { input, output: errors };
  const ask = async <Answer>(
    question: string,
    put: (prompts: typeof Prompts) => Promise<Answer>,
  ): Promise<Exclude<Answer, symbol>> => {
    if (!isInteractive) throw nobodyToAsk(question);
    const answer = await put(await import("@clack/prompts"));
    if (typeof answer === "symbol") throw new CommandFault({ what: "Nothing was done.", reason: "declined" });
    return answer as Exclude<Answer, symbol>;
  };
  return {
    confirm: async (question) =>
      isInteractive &&
      (await ask(question, (prompts) => prompts.confirm({ ...places, message: question, initialValue: false }))),
    ask: (question, { fallback, isSecret } = {}) =>
      ask(question, (prompts) =>
        isSecret === true
          ? prompts.password({ ...places, message: question })
          : prompts.text({
              ...places,
              message: question,
              ...(fallback !== undefined && { defaultValue: fallback, placeholder: fallback }),
            }),
      ),
    choose: (question, choices, picked = []) =>
      ask(question, (prompts) =>
        prompts.multiselect({
          ...places,
          message: question,
          options: choices.map(optionOf),
          initialValues: [...picked],
        }),
      ),
    pick: (question, choices) =>
      ask(question, (prompts) =>
        prompts.autocomplete({
          ...places,
          message: question,
          options: choices.map(optionOf),
          maxItems: PICK_ROWS,
        }),
      ),
  };
}

/** The width of a stream; terminals that do not know theirs say 0. */
function columnsOf(stream: NodeJS.WriteStream): number {
  return isTerminal(stream) && stream.columns > 0 ? stream.columns : WIDTH_WITHOUT_TERMINAL;
}

/** Opens the terminal. */
export function openTerminal(
  streams: Streams,
  { isQuiet, isJson }: Pick<GeneralOptions, "isQuiet" | "isJson">,
  { environment, clock }: { readonly environment: Environment; readonly clock: Clock },
): Terminal {
  const { input, output, errors } = streams;
  const isInteractive = isTerminal(input) && isTerminal(errors);
  return {
    isInteractive,
    isShown: isTerminal(output),
    width: columnsOf(output),
    style: styleFor(isTerminal(output) && !isJson, environment),
    noteStyle: styleFor(isTerminal(errors) && !isJson, environment),
    write: (text) => void output.write(text),
    note: (line) => void (isQuiet || errors.write(`${line}\n`)),
    warn: (line) => void errors.write(`${line}\n`),
    progress: (what) => (isQuiet ? SILENT : shownProgress(errors, clock, what)),
    ...questions(streams, isInteractive),
    readInput: async (bytesMax, signal) => (isTerminal(input) ? undefined : await readPiped(input, bytesMax, signal)),
    async openTexts() {
      const { pipedTexts, typedTexts } = await import("./text-input.ts"); // only a conversation needs it
      return isInteractive ? typedTexts(input, errors) : pipedTexts(input);
    },
  };
}

function optionOf({ value, label, hint }: Choice): { value: string; label: string; hint?: string } {
  return { value, label, ...(hint !== undefined && { hint }) };
}

const SILENT: Progress = { at: () => undefined, done: () => undefined };

/** Lines on standard error; on a terminal the one that goes on is written over. */
function shownProgress(errors: NodeJS.WriteStream, clock: Clock, first: string): Progress {
  const isWrittenOver = isTerminal(errors);
  let words = first;
  let isShown = false;
  let isEnded = false;
  const show = (): void => {
    isShown = true;
    errors.write(isWrittenOver ? `\r\u001B[K${cut(`${words}…`, columnsOf(errors))}` : `${words}…\n`);
  };
  const timer = clock.timer(PROGRESS_AFTER_MS, show);
  return {
    at(what) {
      words = what;
      if (isShown && !isEnded) show();
    },
    done(line) {
      if (isEnded) return; // what is on the line by now is something else
      isEnded = true;
      timer.cancel();
      if (isShown && isWrittenOver) errors.write("\r\u001B[K");
      if (line !== undefined) errors.write(`${line}\n`);
    },
  };
}
