// A command's surroundings for tests of what it reads: a home of its own, and everything it says in lists.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { FaultWords } from "../fault.ts";
import type { GeneralOptions } from "../settings/general-options.ts";
import type { Environment } from "../settings/environment.ts";
import { styleFor } from "../terminal/style.ts";

/** What a test wants otherwise. */
export interface ReadingBedOptions {
  readonly options?: Partial<GeneralOptions>;
  readonly environment?: Environment;
  readonly clock?: Clock;
  readonly width?: number;
  readonly interrupted?: AbortSignal;
}

/** The surroundings, and what was said. */
export interface ReadingBed {
  readonly context: CommandContext;
  readonly home: string;
  /** Of standard output. */
  readonly written: string[];
  /** Of standard error. */
  readonly said: string[];
  /** The same surroundings with other options. */
  with(options: Partial<GeneralOptions>): CommandContext;
}

function nobody(): never {
  throw new Error("Nobody is asked here.");
}

/** Opens surroundings whose home goes with the test. */
export function openReadingBed(t: TestContext, wanted: ReadingBedOptions = {}): ReadingBed {
  const home = mkdtempSync(join(tmpdir(), "aimo-reading-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const written: string[] = [];
  const said: string[] = [];
  const options = { isConfirmed: false, isJson: false, isQuiet: false, ...wanted.options };
  const style = styleFor(false, {});
  const context: CommandContext = {
    terminal: {
      isInteractive: false,
      isShown: wanted.width !== undefined,
      width: wanted.width ?? Number.MAX_SAFE_INTEGER,
      style,
      noteStyle: style,
      write: (text) => void written.push(text),
      note: (line) => void said.push(line),
      warn: (line) => void said.push(line),
      progress: () => ({ at: () => undefined, done: (line) => void (line !== undefined && said.push(line)) }),
      confirm: async () => false,
      ask: nobody,
      choose: nobody,
      pick: nobody,
      readInput: nobody,
      openTexts: nobody,
    },
    environment: { HOME: home, ...wanted.environment },
    options,
    clock: wanted.clock ?? systemClock,
    random: systemRandom,
    folder: home,
    interrupted: wanted.interrupted ?? new AbortController().signal,
    takeInterruptions: () => () => undefined,
  };
  return { context, home, written, said, with: (more) => ({ ...context, options: { ...options, ...more } }) };
}

/** The words of the fault that ends something. */
export async function faultOf(work: Promise<unknown>): Promise<FaultWords> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CommandFault) return error.words;
    throw error;
  }
  throw new Error("Nothing was wrong.");
}
