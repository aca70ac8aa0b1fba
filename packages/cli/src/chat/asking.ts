// What `chat` and `run` may be told about an answer, read from their options.
import type { CommandInput } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";

/** How an answer is to be. */
export interface Asking {
  readonly system?: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
}

const COUNT = /^[1-9]\d{0,8}$/;
const TEMPERATURE = /^(?:[01](?:\.\d{1,6})?|2(?:\.0{1,6})?)$/;

function number(name: string, value: unknown, pattern: RegExp, expected: string): number | undefined {
  if (typeof value !== "string") return undefined;
  if (pattern.test(value)) return Number(value);
  throw new CommandFault({ what: `${name}: expected ${expected}.`, next: `Such as ${name} 1.`, reason: "usage" });
}

/** Reads it; throws `CommandFault` for what is no such number. */
export function readAsking({ options }: CommandInput): Asking {
  const { system } = options;
  const maxTokens = number("--max-tokens", options["maxTokens"], COUNT, "a whole number above 0");
  const temperature = number("--temperature", options["temperature"], TEMPERATURE, "a number from 0 to 2");
  return {
    ...(typeof system === "string" && { system }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
  };
}
