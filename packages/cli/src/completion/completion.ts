// `aimo completion`: the script for one shell, made from the table of commands.
import type { RunCommand } from "../command-spec.ts";
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

/** Prints the script for one shell. */
export const completion: RunCommand = async (_context, { arguments: [shell = ""] }) => {
  const { COMMANDS } = await import("../command-table.ts"); // which knows this command, too
  const script = SCRIPTS[shell]?.(completables(COMMANDS)) ?? "";
  return { data: { shell, script }, text: script };
};
