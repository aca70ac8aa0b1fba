// How answers are to be: the fields as they were typed, and what they say.
import { OUTPUT_TOKENS_MAX, STOP_CHARS_MAX, STOPS_MAX } from "../limits.ts";

/** How much a model is to think. */
export const EFFORTS = ["minimal", "low", "medium", "high"] as const;

/** The fields as they were typed; an empty one is not sent. */
export interface SettingTexts {
  readonly system: string;
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly seed: string;
  /** One sequence a line. */
  readonly stop: string;
  readonly effort: string;
}

/** Nothing is set: the model's own defaults. */
export const NO_SETTINGS: SettingTexts = {
  system: "",
  temperature: "",
  topP: "",
  maxTokens: "",
  seed: "",
  stop: "",
  effort: "",
};

interface SettingValues {
  readonly system: string;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly maxTokens: number | undefined;
  readonly seed: number | undefined;
  readonly stop: readonly string[];
  readonly effort: string | undefined;
}

/** What the fields say, and what is wrong with those that say nothing that can be sent. */
export interface ReadSettings {
  readonly values: SettingValues;
  readonly faults: Partial<Readonly<Record<keyof SettingTexts, string>>>;
}

const DECIMAL = /^\d{1,3}(?:[.,]\d{1,6})?$/;
const WHOLE = /^\d{1,9}$/;
const SIGNED = /^-?\d{1,10}$/;
const SEED_BOUND = 2 ** 31;

interface NumberRule {
  readonly pattern: RegExp;
  readonly least: number;
  readonly most: number;
  readonly expected: string;
}

const RULES = {
  temperature: { pattern: DECIMAL, least: 0, most: 2, expected: "a number from 0 to 2, such as 0.7" },
  topP: { pattern: DECIMAL, least: 0, most: 1, expected: "a number from 0 to 1, such as 0.9" },
  maxTokens: { pattern: WHOLE, least: 1, most: OUTPUT_TOKENS_MAX, expected: "a whole number above 0, such as 1024" },
  seed: { pattern: SIGNED, least: -SEED_BOUND, most: SEED_BOUND - 1, expected: "a whole number, such as 42" },
} as const satisfies Record<string, NumberRule>;

function readNumber(typed: string, rule: NumberRule): number | undefined {
  const text = typed.trim();
  if (!rule.pattern.test(text)) return undefined;
  const value = Number(text.replace(",", "."));
  return value >= rule.least && value <= rule.most ? value : undefined;
}

/** The sequences of a field: one a line, where `\n` and `\t` stand for what cannot be typed. */
function readStops(typed: string): string[] {
  const lines = typed.split("\n").filter((line) => line !== "");
  return [...new Set(lines.map((line) => line.replaceAll(String.raw`\n`, "\n").replaceAll(String.raw`\t`, "\t")))];
}

function stopFault(stops: readonly string[]): string | undefined {
  if (stops.length > STOPS_MAX) return `Expected ${STOPS_MAX} lines at most, found ${stops.length}.`;
  const long = stops.find((stop) => stop.length > STOP_CHARS_MAX);
  if (long === undefined) return undefined;
  return `Expected lines of ${STOP_CHARS_MAX} characters at most, found one of ${long.length}.`;
}

/** Reads the fields. A faulty one counts as not set, and is told. */
export function readSettings(texts: SettingTexts): ReadSettings {
  const faults: { -readonly [Name in keyof ReadSettings["faults"]]: string } = {};
  const number = (name: keyof typeof RULES): number | undefined => {
    if (texts[name].trim() === "") return undefined;
    const value = readNumber(texts[name], RULES[name]);
    if (value === undefined)
      faults[name] = `Expected ${RULES[name].expected}; found “${texts[name].trim().slice(0, 20)}”.`;
    return value;
  };
  const stops = readStops(texts.stop);
  const wrongStop = stopFault(stops);
  if (wrongStop !== undefined) faults.stop = wrongStop;
  return {
    values: {
      system: texts.system,
      temperature: number("temperature"),
      topP: number("topP"),
      maxTokens: number("maxTokens"),
      seed: number("seed"),
      stop: wrongStop === undefined ? stops : [],
      effort: EFFORTS.find((effort) => effort === texts.effort),
    },
    faults,
  };
}
