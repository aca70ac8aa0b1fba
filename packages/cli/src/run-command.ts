// One command line from its words to its exit code.
import type { Clock } from "@aimo-network/protocol/clock";
import { errorTrace } from "@aimo-network/protocol/error-trace";
import type { Random } from "@aimo-network/protocol/random";
import { COMMANDS } from "./command-table.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import type { FaultWords } from "./fault.ts";
import type { Interruption } from "./interruption.ts";
import { parseCommandLine } from "./program.ts";
import type { Typed } from "./program.ts";
import { readGeneralOptions } from "./settings/general-options.ts";
import type { Environment } from "./settings/environment.ts";
import { variable } from "./settings/environment.ts";
import { faultJson, faultText, faultWords } from "./terminal/fault-text.ts";
import { jsonLine, jsonText } from "./terminal/json-text.ts";
import { openTerminal } from "./terminal/process-terminal.ts";
import type { Streams } from "./terminal/process-terminal.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { VERSION } from "./version.ts";

/** What the process gives a command line. */
export interface Surroundings {
  readonly streams: Streams;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  readonly folder: string;
  readonly interruption: Interruption;
}

function tellFault(terminal: Terminal, words: FaultWords, code: number, isJson: boolean): number {
  terminal.warn(isJson ? jsonLine(faultJson(words, code)) : faultText(words, terminal.noteStyle));
  return code;
}

/** With what to type next where the fault itself does not know: how the command is typed. */
function withNext(words: FaultWords, command: string): FaultWords {
  return words.reason === "usage" && words.next === undefined ? { ...words, next: `aimo ${command} --help` } : words;
}

/** What is told of anything thrown; a call that Ctrl-C cut off has not found anybody unreachable. */
function wordsOf(error: unknown, isInterrupted: boolean): FaultWords {
  const words = faultWords(error);
  const isCutOff = words.reason === "unreachable" || words.reason === "failed";
  return isInterrupted && isCutOff ? { what: "Stopped by Ctrl-C.", reason: "interrupted" } : words;
}

async function runTyped({ spec, ...input }: Typed, surroundings: Surroundings): Promise<number> {
  const { streams, interruption, ...rest } = surroundings;
  const options = readGeneralOptions(input.options);
  const terminal = openTerminal(streams, options, rest);
  const { signal: interrupted, takeOver: takeInterruptions } = interruption;
  try {
    const run = await spec.load();
    const outcome = await run({ terminal, options, interrupted, takeInterruptions, ...rest }, input);
    if (outcome === undefined) return EXIT_CODES.done;
    if (outcome.exitCode !== undefined) return outcome.exitCode;
    if (options.isJson) terminal.write(`${jsonText(outcome.data)}\n`);
    else if (outcome.text !== "") terminal.write(`${outcome.text}\n`);
    return EXIT_CODES[outcome.reason ?? "done"];
  } catch (error) {
    if (variable(rest.environment, "AIMO_TRACE") !== undefined) terminal.warn(jsonText(errorTrace(error)));
    const words = withNext(wordsOf(error, interrupted.aborted), spec.words);
    // Whoever stops waiting for a transaction has to know that it was sent.
    const code = EXIT_CODES[interrupted.aborted && words.reason !== "unsettled" ? "interrupted" : words.reason];
    return tellFault(terminal, words, code, options.isJson);
  }
}

/** Runs the command that `words` name, and resolves with the exit code. */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const parsed = await parseCommandLine(COMMANDS, VERSION, words);
  if ("typed" in parsed) return await runTyped(parsed.typed, surroundings);
  if ("fault" in parsed) {
    const isJson = words.includes("--json");
    const terminal = openTerminal(surroundings.streams, { isJson, isQuiet: false }, surroundings);
    return tellFault(terminal, parsed.fault, EXIT_CODES.usage, isJson);
  }
  surroundings.streams.output.write(parsed.text);
  return EXIT_CODES.done;
}
