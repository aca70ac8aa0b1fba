// A conversation's surroundings: what a person types is a list, and Ctrl-C a function.
import type { TestContext } from "node:test";
import type { CommandContext } from "../context.ts";
import { createInterruption } from "../interruption.ts";
import { styleFor } from "../terminal/style.ts";
import type { TextRead } from "../terminal/terminal.ts";
import { openReadingBed } from "./reading-bed.ts";
import type { ReadingBed, ReadingBedOptions } from "./reading-bed.ts";

/** What is typed: a text, what comes instead of one, or what happens before the next. */
type Typed = string | TextRead | (() => void);

/** What a test wants otherwise. */
export interface ChatBedOptions extends ReadingBedOptions {
  /** A person sits there, and sees the answers; else they go into a pipe. */
  readonly isPerson?: boolean;
  /** What is typed, one text after the other; then the input ends. */
  readonly typed?: readonly Typed[];
  /** What is picked of each choice. */
  readonly picked?: string;
  /** Called when something of an answer was shown. */
  readonly onWrite?: () => void;
  /** What `run` reads from standard input. */
  readonly piped?: string;
}

/** The surroundings, and Ctrl-C. */
export interface ChatBed extends ReadingBed {
  interrupt(): void;
  /** Choices that were offered. */
  readonly offered: string[];
}

/** Opens it; the key that pays is `AIMO_API_KEY` unless the environment says otherwise. */
export function openChatBed(t: TestContext, wanted: ChatBedOptions = {}): ChatBed {
  const { isPerson = true, typed = [], picked, piped, onWrite } = wanted;
  const interruption = createInterruption(() => undefined);
  const bed = openReadingBed(t, {
    ...wanted,
    environment: { AIMO_API_KEY: "aimo-sk-u1-test", ...wanted.environment },
    interrupted: interruption.signal,
  });
  const offered: string[] = [];
  const left: Typed[] = [...typed];
  const context: CommandContext = {
    ...bed.context,
    takeInterruptions: (act) => interruption.takeOver(act),
    terminal: {
      ...bed.context.terminal,
      isInteractive: isPerson,
      isShown: isPerson,
      style: styleFor(isPerson, bed.context.environment),
      write: (text) => {
        bed.written.push(text);
        onWrite?.();
      },
      pick: (_question, choices) => {
        offered.push(...choices.map(({ label, hint }) => `${label}: ${hint ?? ""}`));
        return picked === undefined ? Promise.reject(new Error("Nobody picks.")) : Promise.resolve(picked);
      },
      readInput: () => Promise.resolve(piped),
      openTexts: () =>
        Promise.resolve({
          next: () => {
            let next = left.shift();
            for (; typeof next === "function"; next = left.shift()) next();
            next ??= { kind: "end" };
            return Promise.resolve(typeof next === "string" ? { kind: "text", text: next } : next);
          },
          close: () => undefined,
        }),
    },
  };
  return { ...bed, context, offered, interrupt: () => interruption.interrupt() };
}
