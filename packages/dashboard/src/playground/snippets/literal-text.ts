// Values written as JSON, as Python and as TypeScript, so that nothing in them can end the text they stand in or hide in it.

// What cannot be seen, and what turns the order of letters round: a text full of it would not be what it looks like.
const UNSEEN = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}]/gu;

/** UTF-16 escapes, which JSON and TypeScript read alike. */
function utf16Escapes(text: string): string {
  let escapes = "";
  for (let at = 0; at < text.length; at += 1) {
    escapes += String.raw`\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return escapes;
}

/** Escapes as Python reads them: it would make two characters of the two halves of one. */
function pythonEscapes(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  return code > 0xffff ? String.raw`\U${code.toString(16).padStart(8, "0")}` : utf16Escapes(text);
}

/** JSON with an indent of so many spaces, on lines of its own for each member. */
export function jsonText(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replaceAll(UNSEEN, utf16Escapes);
}

interface Writing {
  readonly text: (text: string) => string;
  readonly truth: (isTrue: boolean) => string;
  readonly nothing: string;
  readonly key: (name: string) => string;
}

const PYTHON: Writing = {
  text: (text) => JSON.stringify(text).replaceAll(UNSEEN, pythonEscapes),
  truth: (isTrue) => (isTrue ? "True" : "False"),
  nothing: "None",
  key: (name) => JSON.stringify(name),
};

const TYPESCRIPT: Writing = {
  text: (text) => jsonText(text),
  truth: String,
  nothing: "null",
  key: (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : jsonText(name)),
};

const STEP = { python: "    ", typescript: "  " } as const;

function write(value: unknown, writing: Writing, step: string, margin: string): string {
  const inner = margin + step;
  const enclosed = (open: string, parts: readonly string[], close: string): string =>
    parts.length === 0
      ? open + close
      : `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${margin}${close}`;
  if (typeof value === "string") return writing.text(value);
  if (typeof value === "boolean") return writing.truth(value);
  if (typeof value === "number") return JSON.stringify(value);
  if (Array.isArray(value))
    return enclosed(
      "[",
      value.map((item) => write(item, writing, step, inner)),
      "]",
    );
  if (typeof value !== "object" || value === null) return writing.nothing;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return enclosed(
    "{",
    members.map(([name, member]) => `${writing.key(name)}: ${write(member, writing, step, inner)}`),
    "}",
  );
}

/** A value of JSON as a Python literal; its further lines begin with `margin`. */
export function pythonLiteral(value: unknown, margin = ""): string {
  return write(value, PYTHON, STEP.python, margin);
}

/** A value of JSON as a TypeScript literal; its further lines begin with `margin`. */
export function typescriptLiteral(value: unknown, margin = ""): string {
  return write(value, TYPESCRIPT, STEP.typescript, margin);
}
