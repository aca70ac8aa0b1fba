// Texts of a config file that may stand in an environment variable instead: `std::env::NAME`.
import type { Place } from "./reading.ts";
import { kindOf, refuse } from "./reading.ts";
import type { TomlValue } from "./toml-document.ts";

const PREFIX = "std::env::";
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;

// A text, and how to speak of it in a fault without printing it: it may be secret, or stand where a secret belongs.
interface ResolvedText {
  readonly text: string;
  readonly origin: string;
}

/** Whether a text of the file names a variable. */
export function hasVariablePrefix(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The text of a value, or of the variable it names; a missing or empty variable is a fault that says what to type. */
export function resolveText(value: TomlValue, expected: string, place: Place): ResolvedText | undefined {
  if (value.kind !== "string") return refuse(place, `expected ${expected}, found ${kindOf(value)}`);
  if (!hasVariablePrefix(value.text)) return { text: value.text, origin: "a text" };
  const name = value.text.slice(PREFIX.length);
  if (!VARIABLE_NAME.test(name)) {
    return refuse(place, `expected the name of an environment variable after ${PREFIX}, found something else`);
  }
  const { environment } = place.reading;
  const text = Object.hasOwn(environment, name) ? environment[name] : undefined; // never an inherited `constructor`
  if (text === undefined || text === "") {
    const state = text === undefined ? "not set" : "empty";
    return refuse(
      place,
      `expected the environment variable ${name} to hold a text, found it ${state}`,
      `export ${name}=…`,
    );
  }
  return { text, origin: `in the environment variable ${name} a text` };
}
