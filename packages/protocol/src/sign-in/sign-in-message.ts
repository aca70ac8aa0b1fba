// The text of Sign-In With Solana: built from its fields the way wallets build it, and read back strictly.
import { base58 } from "@scure/base";
import { AimoError } from "../errors.ts";
import { POINT_BYTES } from "../keys/ed25519.ts";
import { SIGN_IN_CHARS_MAX, SIGN_IN_RESOURCES_MAX } from "../limits.ts";

/** What a person signs in to, with whom and when: what the wallet standard's `solana:signIn` takes as its input. */
export interface SignInFields {
  /** The host, with its port where that is not the usual one, of the site that asks. */
  readonly domain: string;
  /** The wallet's address in base58. */
  readonly address: string;
  /** One line for the person. */
  readonly statement?: string;
  readonly uri?: string;
  readonly version?: string;
  readonly chainId?: string;
  readonly nonce?: string;
  /** Times are RFC 3339 texts, since the text is what is signed. */
  readonly issuedAt?: string;
  readonly expirationTime?: string;
  readonly notBefore?: string;
  readonly requestId?: string;
  readonly resources?: readonly string[];
}

interface Line {
  readonly name: keyof Omit<SignInFields, "domain" | "address" | "statement" | "resources">;
  readonly label: string;
  readonly pattern: RegExp;
}

// The characters are those of the specification's grammar (RFC 3986); none of them breaks a line.
const DOMAIN = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const STATEMENT = /^[A-Za-z0-9:/?#[\]@!$&'()*+,;=._~ -]+$/;
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9:/?#[\]@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** The lines after the statement, each at most once and in this order. */
const LINES: readonly Line[] = [
  { name: "uri", label: "URI: ", pattern: URI },
  { name: "version", label: "Version: ", pattern: /^1$/ },
  { name: "chainId", label: "Chain ID: ", pattern: /^(?:(?:solana:)?(?:mainnet|testnet|devnet)|localnet)$/ },
  { name: "nonce", label: "Nonce: ", pattern: /^[A-Za-z0-9]{8,}$/ },
  { name: "issuedAt", label: "Issued At: ", pattern: TIME },
  { name: "expirationTime", label: "Expiration Time: ", pattern: TIME },
  { name: "notBefore", label: "Not Before: ", pattern: TIME },
  { name: "requestId", label: "Request ID: ", pattern: /^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*$/ },
];
const ASKS = " wants you to sign in with your Solana account:";
const RESOURCES = "Resources:";
const RESOURCE = "- ";

function refuse(expected: string, found: string): never {
  throw new AimoError("invalid_request", { expected, found, param: "message" });
}

/** A line of the text is quoted in no error: it may be as long as a request, and hold anything. */
function check(isRight: boolean, what: string): void {
  if (!isRight) refuse(`${what} of a Sign-In With Solana message`, "another text");
}

/** The 32 bytes of a Solana address; undefined for a text that is none. */
export function readAddress(address: string): Uint8Array | undefined {
  if (!ADDRESS.test(address)) return undefined;
  const bytes = base58.decode(address);
  return bytes.length === POINT_BYTES ? bytes : undefined;
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

/** A statement that looked like a line of fields could be read as one. */
function isFieldLine(line: string): boolean {
  return line === RESOURCES || LINES.some(({ label }) => line.startsWith(label));
}

function readResources(lines: readonly string[]): readonly string[] {
  check(lines.length <= SIGN_IN_RESOURCES_MAX, `at most ${SIGN_IN_RESOURCES_MAX} resources`);
  return lines.map((line) => {
    check(line.startsWith(RESOURCE) && URI.test(line.slice(RESOURCE.length)), "`- ` and the URI of a resource");
    return line.slice(RESOURCE.length);
  });
}

/** Reads the lines after the statement: known ones in their order, and nothing else. */
function readFields(lines: readonly string[]): Partial<SignInFields> {
  const fields: Partial<Record<Line["name"], string>> = {};
  let at = 0;
  for (const { name, label, pattern } of LINES) {
    const line = lines[at];
    if (line?.startsWith(label) !== true) continue;
    const value = line.slice(label.length);
    check(pattern.test(value) && (pattern !== TIME || isTime(value)), `the value of \`${label.trim()}\``);
    fields[name] = value;
    at += 1;
  }
  if (lines[at] === RESOURCES) return { ...fields, resources: readResources(lines.slice(at + 1)) };
  check(at === lines.length, "only the known lines, in their order,");
  return fields;
}

/** Reads a text that a wallet signed; throws `invalid_request` for any that the specification's grammar does not allow. */
export function parseSignInMessage(text: string): SignInFields {
  if (text.length > SIGN_IN_CHARS_MAX) refuse(`at most ${SIGN_IN_CHARS_MAX} characters`, `${text.length}`);
  const [first = "", address = "", ...rest] = text.split("\n");
  const domain = first.slice(0, -ASKS.length);
  check(first.endsWith(ASKS) && DOMAIN.test(domain), "the first line");
  check(readAddress(address) !== undefined, "the address");
  if (rest.length === 0) return { domain, address };
  const [blank, statement = "", ...afterStatement] = rest;
  check(blank === "", "an empty line after the address");
  if (isFieldLine(statement)) return { domain, address, ...readFields(rest.slice(1)) };
  check(STATEMENT.test(statement), "a statement of one line of ASCII");
  if (afterStatement.length === 0) return { domain, address, statement };
  const [secondBlank, ...lines] = afterStatement;
  check(secondBlank === "" && lines.length > 0, "an empty line after the statement");
  return { domain, address, statement, ...readFields(lines) };
}

/** The text that a wallet signs for `fields`; throws `invalid_request` for what no such text may say. */
export function signInMessage(fields: SignInFields): string {
  const { domain, address, statement, resources } = fields;
  const lines = LINES.flatMap(({ name, label }) => (fields[name] === undefined ? [] : [label + fields[name]]));
  if (resources !== undefined) lines.push(RESOURCES, ...resources.map((resource) => RESOURCE + resource));
  const paragraphs = [`${domain}${ASKS}\n${address}`, ...(statement === undefined ? [] : [statement])];
  const text = [...paragraphs, ...(lines.length === 0 ? [] : [lines.join("\n")])].join("\n\n");
  const read = parseSignInMessage(text);
  // A value with a line break in it would make another line, and a page could show the wallet's owner what is not so.
  const isSame = ["domain", "address", "statement", ...LINES.map(({ name }) => name)].every(
    (name) => read[name as keyof SignInFields] === fields[name as keyof SignInFields],
  );
  check(isSame && read.resources?.length === resources?.length, "fields that stay on their lines,");
  return text;
}
