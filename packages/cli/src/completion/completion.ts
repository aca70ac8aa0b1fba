// `aimo completion`: the script for one shell, made from the table of commands.
import type { CommandGroup, RunCommand } from "../command-spec.ts";
import { bashScript } from "./bash-script.ts";
import type { Completable } from "./completable.ts";
import { completables } from "./completable.ts";
import { fishScript } from "./fish-script.ts";
import { zshScript } from "./zsh-script.ts";

const SCRIPTS: Readonly<Record<string, (all: readonly Completable[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The command that prints the script of one shell for these commands. */
export function completionOf(commands: readonly CommandGroup[]): RunCommand {
  return (_context, { arguments: [shell = ""] }) => {
    const script = SCRIPTS[shell]?.(completables(commands)) ?? "";
    return Promise.resolve({ data: { shell, script }, text: script });
  };
}
