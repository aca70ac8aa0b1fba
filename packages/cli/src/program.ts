// The parser and the help, made from the table of commands.
import { Argument, Command, CommanderError, Option } from "commander";
import type { ArgumentSpec, CommandGroup, CommandSpec } from "./command-spec.ts";
import type { OptionSpec } from "./settings/option-spec.ts";
import type { FaultWords } from "./fault.ts";
import { EVERYWHERE, OPTION_GROUPS } from "./settings/general-options.ts";
import { VARIABLES } from "./settings/environment.ts";

/** What was typed, for the command that is meant. */
export interface Typed {
  readonly spec: CommandSpec;
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** What parsing came to: a command to run, help or the version to print, or what is wrong with the words. */
export type Parsed = { readonly typed: Typed } | { readonly text: string } | { readonly fault: FaultWords };

/** Every option a command takes, its own first. */
export function optionsOf({ options = [], takes = [] }: CommandSpec): readonly OptionSpec[] {
  return [...options, ...takes.flatMap((group) => OPTION_GROUPS[group]), ...EVERYWHERE];
}

function optionFrom({ flags, meaning, fallback, choices }: OptionSpec): Option {
  const option = new Option(flags, meaning);
  if (fallback !== undefined) option.default(fallback);
  if (choices !== undefined) option.choices([...choices]);
  return option;
}

function argumentFrom({ name, meaning, isOptional, isList, choices }: ArgumentSpec): Argument {
  const inside = `${name}${isList === true ? "..." : ""}`;
  const argument = new Argument(isOptional === true ? `[${inside}]` : `<${inside}>`, meaning);
  return choices === undefined ? argument : argument.choices([...choices]);
}

function addCommand(parent: Command, spec: CommandSpec, found: (typed: Typed) => void): Command {
  const word = spec.words.split(" ").at(-1) ?? spec.words;
  const command = parent.command(word).description(spec.summary);
  for (const argument of spec.arguments ?? []) command.addArgument(argumentFrom(argument));
  for (const option of optionsOf(spec)) command.addOption(optionFrom(option));
  if (spec.more !== undefined) command.addHelpText("after", `\n${spec.more}`);
  command.addHelpText("after", `\nExample:\n  ${spec.example.replaceAll("\n", "\n  ")}`);
  command.action((...given: readonly unknown[]) => {
    const values = given.slice(0, spec.arguments?.length ?? 0);
    found({
      spec,
      arguments: values.flatMap((value) => (value === undefined ? [] : (value as string | string[]))),
      options: command.opts(),
    });
  });
  return command;
}

/** The command that these words lead to; nouns that are not there yet are made. */
function nounAt(program: Command, nouns: readonly string[], group: CommandGroup): Command {
  let parent = program;
  for (const [place, word] of nouns.entries()) {
    const known = parent.commands.find((command) => command.name() === word);
    const path = nouns.slice(0, place + 1).join(" ");
    parent =
      known ??
      parent
        .command(word)
        .description(group.within?.[path] ?? group.summary)
        .helpCommand(false);
  }
  return parent;
}

function variablesText(): string {
  const width = Object.keys(VARIABLES).reduce((widest, name) => Math.max(widest, name.length), 0);
  const lines = Object.entries(VARIABLES).map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`);
  return `\nEnvironment:\n${lines.join("\n")}`;
}

const SHOWN_EXAMPLE = "\nExample:\n  aimo chat --router https://router.example\n";

/** A command as lists show it: that it has options goes without saying. */
function termOf(command: Command): string {
  const places = command.registeredArguments.map((argument) => {
    const inside = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? ` <${inside}>` : ` [${inside}]`;
  });
  return command.name() + places.join("");
}

/** The whole program. */
function buildProgram(groups: readonly CommandGroup[], version: string, found: (typed: Typed) => void): Command {
  const program = new Command("aimo")
    .description("AiMo Network in a terminal: keys, money, models, selling, running a router.")
    .version(version, "-V, --version")
    .configureHelp({ subcommandTerm: termOf })
    .helpCommand(false) // it knows the first word only: parseCommandLine reads `help` itself
    .addHelpText("after", variablesText())
    .addHelpText("after", `${SHOWN_EXAMPLE}\nEvery command has --help with an example, and --json for programs.`);
  for (const group of groups) {
    for (const spec of group.commands) {
      addCommand(nounAt(program, spec.words.split(" ").slice(0, -1), group), spec, found);
    }
  }
  return program;
}

/** The words of the command whose help says more about what is wrong. */
function helpOf(program: Command, words: readonly string[]): string {
  let command = program;
  const path = ["aimo"];
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word);
    if (child === undefined) break;
    path.push(word);
    command = child;
  }
  return `${path.join(" ")} --help`;
}

/** What the parser complains about, in the words of every other fault. */
function faultFrom(text: string, help: string): FaultWords {
  const [first = "", ...more] = text.trim().split("\n");
  // What is too much may be a private key, typed where none belongs: nobody wants to see it again, or in a log.
  const what = first.replace(/^error: /, "").replace(/ but got (\d+): .*$/, " but got $1");
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.?$/, ".")}`;
  if (help === "aimo --help" && what.startsWith("unknown option")) {
    const next = "Options stand behind the command's words: aimo models --json. Else: aimo --help";
    return { what: sentence, next, reason: "usage" };
  }
  const near = /^\(Did you mean (.*)\?\)$/.exec(more.join(" "))?.[1]?.replace(/^one of /, "");
  return {
    what: sentence,
    next: near === undefined ? help : `Did you mean ${near}? Else: ${help}`,
    reason: "usage",
  };
}

/** Reads a command line; nothing is run and nothing printed. */
export async function parseCommandLine(
  groups: readonly CommandGroup[],
  version: string,
  words: readonly string[],
): Promise<Parsed> {
  let typed: Typed | undefined;
  let text = "";
  const program = buildProgram(groups, version, (found) => (typed = found));
  const configure = (command: Command): void => {
    command.exitOverride().configureOutput({
      writeOut: (piece) => (text += piece),
      writeErr: (piece) => (text += piece),
    });
    for (const child of command.commands) configure(child);
  };
  configure(program);
  const meant = words[0] === "help" ? [...words.slice(1), "--help"] : [...words];
  try {
    await program.parseAsync(meant, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for, and that of a noun that stands alone, is no fault.
    if (error.exitCode === 0 || error.code === "commander.help") return { text };
    return { fault: faultFrom(text, helpOf(program, words)) };
  }
  return typed === undefined ? { text: program.helpInformation() } : { typed };
}
