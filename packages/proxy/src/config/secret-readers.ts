// Readers for what must stay secret: keys and extra headers; their faults never show the text.
import { KEY_CHARS_MAX } from "@aimo-network/protocol/limits";
import { resolveText } from "./environment-values.ts";
import { HEADER_NAME, isReservedHeader } from "./header-names.ts";
import type { Place, Reader } from "./reading.ts";
import { kindOf, placeOfKey, refuse } from "./reading.ts";
import { Secret } from "./secret.ts";
import type { TomlValue } from "./toml-document.ts";

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const VISIBLE_ASCII_AND_SPACES = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

const SECRET_CHARACTERS_MAX = 8_192; // half of what Node's HTTP servers take as all headers together
const HEADERS_MAX = 32; // gateways ask for a handful; more would crowd out the headers of the request

const ROUTER_KEY_PREFIX = "aimo-sk-";

/** The key a router made or a wallet signed; only its beginning is looked at here. */
export const routerKey: Reader<Secret> = {
  expected: `a provider key that starts with ${ROUTER_KEY_PREFIX}`,
  read(value, place) {
    const resolved = resolveText(value, this.expected, place);
    if (resolved === undefined) return undefined;
    const { text, origin } = resolved;
    const isRouterKey = text.startsWith(ROUTER_KEY_PREFIX);
    const fault = isRouterKey ? faultOf(text, VISIBLE_ASCII, KEY_CHARS_MAX) : "that does not";
    if (fault !== undefined) return refuse(place, `expected ${this.expected}, found ${origin} ${fault}`);
    return new Secret(text);
  },
};

/** The key of an upstream, as it stands after `Bearer`. */
export const upstreamKey: Reader<Secret> = {
  expected: "a key without spaces, and without `Bearer` before it",
  read(value, place) {
    return readSecret(value, VISIBLE_ASCII, this.expected, place);
  },
};

const headerText: Reader<Secret> = {
  expected: "a header's value of printable ASCII",
  read(value, place) {
    return readSecret(value, VISIBLE_ASCII_AND_SPACES, this.expected, place);
  },
};

function readSecret(value: TomlValue, pattern: RegExp, expected: string, place: Place): Secret | undefined {
  const resolved = resolveText(value, expected, place);
  if (resolved === undefined) return undefined;
  const { text, origin } = resolved;
  const fault = faultOf(text, pattern, SECRET_CHARACTERS_MAX);
  return fault === undefined ? new Secret(text) : refuse(place, `expected ${expected}, found ${origin} ${fault}`);
}

function faultOf(text: string, pattern: RegExp, charactersMax: number): string | undefined {
  if (text === "") return "that is empty; leave the key out if it is not needed";
  if (text.length > charactersMax) return `of ${text.length} characters; at most ${charactersMax} fit`;
  return pattern.test(text) ? undefined : "with a space or another character that cannot be in one";
}

/** Extra headers for an upstream by their names in lower case. */
export const upstreamHeaders: Reader<Readonly<Record<string, Secret>>> = {
  expected: `a section of at most ${HEADERS_MAX} headers`,
  read(value, place) {
    if (value.kind !== "table") return refuse(place, `expected ${this.expected}, found ${kindOf(value)}`);
    if (value.entries.size > HEADERS_MAX) {
      return refuse(place, `expected ${this.expected}, found ${value.entries.size}`);
    }
    const headers = new Map<string, Secret>();
    for (const [written, entry] of value.entries) {
      const headerPlace = placeOfKey(place, written, entry.at, place.example);
      const name = written.toLowerCase();
      const secret = headerText.read(entry.value, headerPlace);
      const fault = headers.has(name) ? `expected each header once, found \`${name}\` again` : nameFaultOf(name);
      if (fault !== undefined) refuse(headerPlace, fault);
      else if (secret !== undefined) headers.set(name, secret);
    }
    return headers.size === value.entries.size ? Object.fromEntries(headers) : undefined;
  },
};

function nameFaultOf(name: string): string | undefined {
  if (!HEADER_NAME.test(name)) return "expected the name of a header, found other characters";
  if (!isReservedHeader(name)) return undefined;
  return `expected a header that is free to set, found \`${name}\`, which the proxy or the connection sets`;
}
