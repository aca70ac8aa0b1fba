// What options of these commands hold, and what is said of those that hold something else.
import type { CommandInput } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { typedText } from "../terminal/typed-text.ts";

type Option = CommandInput["options"][string];

/** The fault of an option that holds something else. */
export function expected(option: string, what: string, found: string): CommandFault {
  // Whoever pastes a key into the wrong place does not want to see it again.
  const shown = found.startsWith("aimo-sk-") ? "a key" : typedText(found);
  return new CommandFault({ what: `${option}: expected ${what}.`, why: `found ${shown}.`, reason: "usage" });
}

/** The text of an option; undefined where it was not given. */
export function textOf(option: Option): string | undefined {
  return typeof option === "string" ? option : undefined;
}

/** The words of an option that may be given more than once, or hold many words between commas. */
export function wordsOf(option: Option): readonly string[] {
  const texts = typeof option === "string" ? [option] : Array.isArray(option) ? (option as readonly string[]) : [];
  // Whoever types `account, keys` has a comma too many, and means no word without letters.
  const words = texts.flatMap((text) => text.split(",")).map((word) => word.trim());
  return words.some((word) => word !== "") ? words.filter((word) => word !== "") : words;
}

/** A whole number of days. */
export function readDays(option: string, text: string, most: number): number {
  const days = /^[0-9]{1,6}$/.test(text) ? Number.parseInt(text, 10) : 0;
  if (days < 1 || days > most) throw expected(option, `whole days from 1 to ${most}`, text);
  return days;
}
