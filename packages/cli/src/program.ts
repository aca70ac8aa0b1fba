// The parser and the help, made from the table of commands.
import { Argument, Command, CommanderError, Help, Option } from "commander";
import type { ArgumentSpec, CommandGroup, CommandSpec } from "./command-spec.ts";
import type { OptionSpec } from "./settings/option-spec.ts";
import type { FaultWords } from "./fault.ts";
import { EVERYWHERE, OPTION_GROUPS } from "./settings/general-options.ts";
import { VARIABLES } from "./settings/environment.ts";

const WIDTH_UNKNOWN = 80; // as commander takes it for what is no terminal
const WRAP_MIN = 20; // narrower columns cannot be read

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

/** The columns that help is printed in. */
function widthOf(command: Command): number {
  return command.configureOutput().getOutHelpWidth?.() ?? WIDTH_UNKNOWN;
}

/** A text in lines of at most `width`, those after the first of each paragraph behind `indent` spaces. */
function wrapped(text: string, width: number, indent = 0): string {
  return new Help().boxWrap(text, Math.max(width - indent, WRAP_MIN)).replaceAll("\n", `\n${" ".repeat(indent)}`);
}

function exampleText({ example }: CommandSpec): string {
  return `\nExample:\n  ${example.replaceAll("\n", "\n  ")}`;
}

function addCommand(parent: Command, spec: CommandSpec, found: (typed: Typed) => void): Command {
  const word = spec.words.split(" ").at(-1) ?? spec.words;
  const command = parent.command(word).description(spec.summary);
  for (const argument of spec.arguments ?? []) command.addArgument(argumentFrom(argument));
  for (const option of optionsOf(spec)) command.addOption(optionFrom(option));
  const { more } = spec;
  if (more !== undefined) command.addHelpText("after", () => `\n${wrapped(more, widthOf(command))}`);
  command.addHelpText("after", exampleText(spec));
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

/** The command that a command's nouns lead to; those that are not there yet are made, with that command's example. */
function nounAt(program: Command, spec: CommandSpec, group: CommandGroup): Command {
  const nouns = spec.words.split(" ").slice(0, -1);
  let parent = program;
  for (const [place, word] of nouns.entries()) {
    const known = parent.commands.find((command) => command.name() === word);
    const path = nouns.slice(0, place + 1).join(" ");
    parent =
      known ??
      parent
        .command(word)
        .description(group.within?.[path] ?? group.summary)
        .helpCommand(false)
        .addHelpText("after", exampleText(spec));
  }
  return parent;
}

function variablesText(width: number): string {
  const names = Object.keys(VARIABLES).reduce((widest, name) => Math.max(widest, name.length), 0);
  const indent = names + 4;
  const lines = Object.entries(VARIABLES).map(
    ([name, meaning]) => `  ${name.padEnd(names)}  ${wrapped(meaning, width, indent)}`,
  );
  return `\nEnvironment:\n${lines.join("\n")}`;
}

const FIRST_STEPS = `
Example:
  aimo models --router https://router.example   # what is on sale
  aimo wallet new                               # send it USDC, and SOL for fees
  aimo topup 5                                  # the router is remembered
  aimo chat                                     # or: aimo run "Hello!"
  aimo provider init                            # sell what you have

Every command has --help with an example, and --json for programs.
Where something is wrong: aimo doctor`;

/** A command as lists show it: that it has options goes without saying. */
function termOf(command: Command): string {
  const places = command.registeredArguments.map((argument) => {
    const inside = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? ` <${inside}>` : ` [${inside}]`;
  });
  return command.name() + places.join("");
}

/** Lists of the whole program have headings. */
function headed(command: Command | undefined, { heading }: CommandGroup): void {
  if (heading !== undefined) command?.helpGroup(`${heading}:`);
}

function nounOf(program: Command, { words }: CommandSpec): Command | undefined {
  const [noun] = words.split(" ");
  return program.commands.find((command) => command.name() === noun);
}

/** The whole program. */
function buildProgram(groups: readonly CommandGroup[], version: string, found: (typed: Typed) => void): Command {
  const program = new Command("aimo")
    .description(
      "AiMo Network is a marketplace of models that are paid per request, in USDC. Use them, sell yours, run a router.",
    )
    .version(version, "-V, --version")
    .configureHelp({ subcommandTerm: termOf })
    .helpCommand(false) // it knows the first word only: parseCommandLine reads `help` itself
    .addHelpText("after", ({ command }) => variablesText(widthOf(command)))
    .addHelpText("after", FIRST_STEPS);
  for (const group of groups) {
    for (const spec of group.commands) {
      const parent = nounAt(program, spec, group);
      const command = addCommand(parent, spec, found);
      headed(parent === program ? command : nounOf(program, spec), group);
    }
  }
  return program;
}

/** The words of the command that was meant as far as they are known. */
function pathOf(program: Command, words: readonly string[]): string {
  let command = program;
  const path: string[] = [];
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word);
    if (child === undefined) break;
    path.push(word);
    command = child;
  }
  return path.join(" ");
}

const LONG_WORD = /'[^']{45,}'/g; // addresses have up to 44 characters, keys more

/** What the parser complains about, in the words of every other fault. */
function faultFrom(text: string, path: string, spec: CommandSpec | undefined): FaultWords {
  const help = ["aimo", path, "--help"].filter((word) => word !== "").join(" ");
  const [first = "", ...more] = text.trim().split("\n");
  // What is too much may be a private key, typed where none belongs: nobody wants to see it again, or in a log.
  const what = first
    .replace(/^error: /, "")
    .replace(/ but got (\d+): .*$/, " but got $1")
    .replaceAll(LONG_WORD, (word) => `of ${word.length - 2} characters`);
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.?$/, ".")}`;
  if (help === "aimo --help" && what.startsWith("unknown option")) {
    const next = "Options stand behind the command's words: aimo models --json. Else: aimo --help";
    return { what: sentence, next, reason: "usage" };
  }
  if (spec !== undefined && what.startsWith("missing required argument")) {
    return { what: sentence, next: `Such as: ${spec.example.split("\n")[0]}\n  Else: ${help}`, reason: "usage" };
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
  if (words.length === 1 && words[0] === "version") meant[0] = "--version"; // as people try it
  try {
    await program.parseAsync(meant, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for, and that of a noun that stands alone, is no fault.
    if (error.exitCode === 0 || error.code === "commander.help") return { text };
    const path = pathOf(program, words);
    const specs = groups.flatMap(({ commands }) => commands);
    return {
      fault: faultFrom(
        text,
        path,
        specs.find((spec) => spec.words === path),
      ),
    };
  }
  return typed === undefined ? { text: program.helpInformation() } : { typed };
}
