// Where a key that is to be read comes from; it is printed nowhere.
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { SECRET_INPUT_BYTES_MAX } from "../limits.ts";
import { variable } from "../settings/environment.ts";

/** A key's text, and where it was found, in words. */
export interface GivenKey {
  readonly text: string;
  readonly from: string;
}

/** The key that is given: an argument, AIMO_API_KEY, standard input, or typed at a prompt that shows nothing. */
export async function givenKey(
  { terminal, environment }: CommandContext,
  argument: string | undefined,
): Promise<GivenKey> {
  if (argument !== undefined && argument !== "-") {
    terminal.warn(
      `${terminal.noteStyle.doubtful("!")} A key on a command line stays in the shell's history, and others see it in the list of processes. Use AIMO_API_KEY or standard input.`,
    );
    return { text: argument.trim(), from: "the command line" };
  }
  const set = argument === "-" ? undefined : variable(environment, "AIMO_API_KEY");
  if (set !== undefined) return { text: set.trim(), from: "AIMO_API_KEY" };
  const piped = await terminal.readInput(SECRET_INPUT_BYTES_MAX);
  const text = piped ?? (await terminal.ask("The key (nothing is shown)", { isSecret: true }));
  if (text.trim() !== "") return { text: text.trim(), from: "standard input" };
  throw new CommandFault({
    what: "Which key?",
    why: "AIMO_API_KEY is not set, and nothing came in.",
    next: "Set AIMO_API_KEY, or pipe the key in: aimo keys inspect < key.txt",
    reason: "wallet",
  });
}
