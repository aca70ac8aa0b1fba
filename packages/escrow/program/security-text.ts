// The text inside a Solana program that says whom to tell about its faults: read from lines, written as explorers read it.

const BEGIN = "=======BEGIN SECURITY.TXT V1=======\0";
const END = "=======END SECURITY.TXT V1=======\0";

/** The section of a program that holds the text. */
export const SECURITY_SECTION = ".security.txt";

/** Without these, explorers refuse the whole text. */
const REQUIRED = ["name", "project_url", "contacts", "policy"];

/** All they know: one field more, and they refuse it too. */
const KNOWN = new Set([
  ...REQUIRED,
  "preferred_languages",
  "encryption",
  "source_code",
  "source_release",
  "source_revision",
  "auditors",
  "acknowledgements",
  "expiry",
]);

/** The bytes of the section from lines of `key=value`. */
export function securityText(lines: string): Uint8Array {
  const fields = lines
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line): [key: string, value: string] => {
      const [, key, value] = /^([a-z_]+)=(.+)$/.exec(line) ?? [];
      if (key === undefined || value === undefined) throw new Error(`Expected key=value, found: ${line}`);
      return [key, value.trim()];
    });
  const keys = fields.map(([key]) => key);
  const unknown = keys.find((key, index) => !KNOWN.has(key) || keys.indexOf(key) !== index);
  if (unknown !== undefined) throw new Error(`${unknown} is no field that explorers know, or is there twice.`);
  const missing = REQUIRED.find((key) => !keys.includes(key));
  if (missing !== undefined) throw new Error(`${missing} is missing, without which explorers show nothing.`);
  return new TextEncoder().encode(BEGIN + fields.map(([key, value]) => `${key}\0${value}\0`).join("") + END);
}

/** The fields in a program's bytes, found as explorers find them: by the marks around them. */
export function readSecurityText(program: Uint8Array): Map<string, string> {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  const start = bytes.indexOf(BEGIN);
  const end = bytes.indexOf(END, start);
  if (start < 0 || end < 0) return new Map();
  const parts = bytes.toString("utf8", start + BEGIN.length, end).split("\0");
  return new Map(
    parts.flatMap((key, index): [string, string][] =>
      index % 2 === 0 && key !== "" ? [[key, parts[index + 1] ?? ""]] : [],
    ),
  );
}
