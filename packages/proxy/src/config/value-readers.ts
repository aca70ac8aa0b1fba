// Readers for the plain values of a config file: texts, names, choices, numbers, switches and lists.
import { OFFER_NAME_PATTERN } from "@aimo-network/protocol/wire/offer";
import { printable } from "./config-faults.ts";
import { hasVariablePrefix } from "./environment-values.ts";
import type { Place, Reader } from "./reading.ts";
import { mismatch, refuse } from "./reading.ts";
import { nearestWord } from "./spelling.ts";
import type { TomlValue } from "./toml-document.ts";

/** A text for people or for the upstream, on one line; `what` is such as "a display name". */
export function text(what: string, charactersMax: number): Reader<string> {
  const expected = `${what} of 1 to ${charactersMax} characters on one line`;
  return {
    expected,
    read(value, place) {
      if (value.kind !== "string") return mismatch(place, expected, value);
      if (hasVariablePrefix(value.text)) return refuseVariable(place);
      const fits = value.text.trim() !== "" && value.text.length <= charactersMax && !/\p{Cc}/u.test(value.text);
      return fits ? value.text : mismatch(place, expected, value);
    },
  };
}

function refuseVariable(place: Place): undefined {
  return refuse(
    place,
    "expected the text itself (only keys, headers and addresses are read from variables), found `std::env::`",
  );
}

const NAME_CHARACTERS_MAX = 64; // of OFFER_NAME_PATTERN
const namePattern = new RegExp(OFFER_NAME_PATTERN, "u");

/** A name that becomes part of `author/slug`; a wrong one is refused with the spelling to use. */
export function name(what: string): Reader<string> {
  const expected = `${what} of 1 to ${NAME_CHARACTERS_MAX} letters, digits, dots, dashes or underscores`;
  return {
    expected,
    read(value, place) {
      if (value.kind !== "string") return mismatch(place, expected, value);
      if (namePattern.test(value.text)) return value.text;
      const spelling = value.text.replaceAll(/[^A-Za-z0-9._-]+/gu, "-").slice(0, NAME_CHARACTERS_MAX);
      const advice = /[A-Za-z0-9]/u.test(spelling) ? `; write "${spelling}"` : "";
      return refuse(place, `expected ${expected}, found "${printable(value.text)}"${advice}`);
    },
  };
}

/** A text that may occur once in the file; letters that differ only in case are the same. */
export function unique(reader: Reader<string>, kind: string): Reader<string> {
  return {
    ...reader,
    read(value, place) {
      const found = reader.read(value, place);
      if (found === undefined) return undefined;
      const { linesOfUnique } = place.reading;
      const key = `${kind} ${found.toLowerCase()}`;
      const line = linesOfUnique.get(key);
      if (line !== undefined) return refuse(place, `expected each ${kind} once, found the one of line ${line} again`);
      linesOfUnique.set(key, place.at.line);
      return found;
    },
  };
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[]): Reader<Word> {
  const quoted = words.map((word) => `"${word}"`).join(", ");
  const expected = words.length === 1 ? quoted : `one of ${quoted}`;
  return {
    expected,
    read(value, place) {
      if (value.kind !== "string") return mismatch(place, expected, value);
      const found = words.find((word) => word === value.text);
      if (found !== undefined) return found;
      const nearest = nearestWord(value.text, words);
      const advice = nearest.isLikely ? `; did you mean "${nearest.word}"?` : "";
      return refuse(place, `expected ${expected}, found "${printable(value.text)}"${advice}`);
    },
  };
}

/** A whole number within bounds; `what` is such as "milliseconds". */
export function wholeNumber(what: string, bounds: { readonly min: number; readonly max: number }): Reader<number> {
  const expected = `a whole number of ${what} from ${bounds.min} to ${bounds.max}`;
  return {
    expected,
    read(value, place) {
      const fits = value.kind === "integer" && value.integer >= bounds.min && value.integer <= bounds.max;
      return fits ? Number(value.integer) : mismatch(place, expected, value);
    },
  };
}

/** A switch: TOML's true or false, never a word or a number that might mean it. */
export const flag: Reader<boolean> = {
  expected: "true or false",
  read: (value, place) => (value.kind === "boolean" ? value.flag : mismatch(place, "true or false", value)),
};

/** A list whose items all fit; items that are equal texts are refused. */
export function list<Item>(
  item: Reader<Item>,
  bounds: { readonly min: number; readonly max: number },
): Reader<readonly Item[]> {
  const count = bounds.min === 0 ? `at most ${bounds.max}` : `${bounds.min} to ${bounds.max}`;
  const expected = `a list of ${count}, each ${item.expected}`;
  return {
    expected,
    read(value, place) {
      if (value.kind !== "list") return mismatch(place, expected, value);
      if (value.items.length < bounds.min || value.items.length > bounds.max) {
        return refuse(place, `expected ${expected}, found a list of ${value.items.length}`);
      }
      return readItems(item, value.items, place);
    },
  };
}

function readItems<Item>(item: Reader<Item>, values: readonly TomlValue[], place: Place): readonly Item[] | undefined {
  const items: Item[] = [];
  for (const [index, value] of values.entries()) {
    const itemPlace = { ...place, path: `${place.path}[${index}]`, at: value.at };
    const found = item.read(value, itemPlace);
    if (found === undefined) continue;
    if (items.includes(found)) refuse(itemPlace, `expected each item once, found ${JSON.stringify(found)} again`);
    else items.push(found);
  }
  return items.length === values.length ? items : undefined;
}

/** Several sections of one kind, such as all `[[models]]`. */
export function sections<Section>(section: Reader<Section>, countMax: number): Reader<readonly Section[]> {
  const expected = `at least one ${section.section?.heading} section`;
  return {
    expected,
    ...(section.section !== undefined && { section: section.section }),
    read(value, place) {
      if (value.kind !== "list" || value.items.length === 0) return mismatch(place, expected, value);
      if (value.items.length > countMax) {
        return refuse(place, `expected at most ${countMax} sections, found ${value.items.length}`);
      }
      return readItems(section, value.items, place);
    },
  };
}
