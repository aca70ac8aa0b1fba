// Arbitrary JSON texts in every spelling there is: spaces, escapes, odd numbers, keys that stand twice or mean something.
import fc from "fast-check";

const space = fc.constantFrom("", "", "", " ", "\n", "\t\r ");
const piece = fc.constantFrom(
  ...['\\"', "\\\\", "\\/", "\\u0022", "\\u005c", "\\n", "\\ud83d\\ude42", "\\ud800", "\\u0000", "\\udfff\\ud800"],
  ...["a", "é", "🙂", "{", "}", "[", "]", ",", ":", " ", "\u2028", "\u007f", "model", "//", "'"],
);
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => `"${pieces.join("")}"`);
const number = fc.constantFrom("0", "-0", "1", "1.0", "1e400", "-1E-999", "18446744073709551615", "9007199254740993");

/** Keys as a JSON text spells them; `names` come often, some of their letters escaped. */
function keyOf(names: readonly string[]): fc.Arbitrary<string> {
  const escaped = (name: string, at: number): string => {
    const code = name
      .charCodeAt(at % name.length)
      .toString(16)
      .padStart(4, "0");
    return `${name.slice(0, at % name.length)}\\u${code}${name.slice((at % name.length) + 1)}`;
  };
  const known = fc
    .tuple(fc.constantFrom(...names, "__proto__", "constructor", "toString"), fc.option(fc.nat(9)))
    .map(([name, at]) => `"${at === null ? name : escaped(name, at)}"`);
  // No key has a backslash itself: V8 24's JSON.parse takes the key "\"" for one that it has seen in its place before.
  const other = text.filter((spelt) => !spelt.includes("\\\\") && !spelt.includes("u005c"));
  return fc.oneof({ weight: 3, arbitrary: known }, { weight: 1, arbitrary: other });
}

/** Texts of JSON objects, near those whose keys are `names` and whose values are `values`. */
export function jsonObjectText(names: readonly string[], values: readonly string[] = []): fc.Arbitrary<string> {
  const key = keyOf(names);
  const leaves = [fc.constantFrom("true", "false", "null"), number, text];
  if (values.length > 0) leaves.push(fc.constantFrom(...values), fc.constantFrom(...values));
  const leaf = fc.oneof(...leaves);
  const { object } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, tie("array"), tie("object")),
    array: fc
      .array(fc.tuple(space, tie("value"), space), { maxLength: 3 })
      .map((elements) => `[${elements.map((parts) => parts.join("")).join(",")}]`),
    object: fc
      .array(fc.tuple(space, key, space, fc.constant(":"), space, tie("value"), space), { maxLength: 6 })
      .map((members) => `{${members.map((parts) => parts.join("")).join(",")}}`),
  }));
  return fc.tuple(space, object, space).map((parts) => parts.join(""));
}
