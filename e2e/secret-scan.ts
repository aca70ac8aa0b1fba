// Looks for secrets in texts, in every shape that a careless line of code could give them.
import { base58 } from "@scure/base";

/** Something that must not be found. */
export interface Secret {
  readonly name: string;
  readonly text: string;
}

/** A text and where it is from. */
export interface Place {
  readonly where: string;
  readonly text: string;
  /** Whether only whole secrets and every sixteenth part of them are looked for, which finds any stretch of twice that. */
  readonly isLong?: boolean;
}

/** A secret in a text. */
export interface Find {
  readonly secret: string;
  readonly where: string;
  /** How the secret was written. */
  readonly shape: string;
}

const WINDOW_CHARS = 16; // so much of a secret is a leak, wherever it was cut

/** Base64 of a text wherever it stands in something longer: without the characters that its neighbours share. */
function base64Inside(text: string, encoding: "base64" | "base64url"): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from("x".repeat(shift) + text).toString(encoding);
    const end = Math.floor(((shift + Buffer.byteLength(text)) * 8) / 6);
    return encoded.slice(Math.ceil((shift * 8) / 6), end);
  });
}

type Shape = readonly [shape: string, needle: string];

function shapesOf(text: string): Shape[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  const bytes = Buffer.from(text);
  return [
    ["as it is", text],
    ["in JSON", quoted],
    ["in JSON in JSON", JSON.stringify(quoted).slice(1, -1)],
    ["in a URL", encodeURIComponent(text)],
    ["in hexadecimal", bytes.toString("hex")],
    ["in base58", base58.encode(bytes)],
    ["as numbers", [...bytes].join(",")],
    ...base64Inside(text, "base64").map((needle): Shape => ["in base64", needle]),
    ...base64Inside(text, "base64url").map((needle): Shape => ["in base64url", needle]),
  ];
}

/** Every part of a text that is as long as the window, or one in so many. */
function partsOf(text: string, step: number): Shape[] {
  const parts: Shape[] = [];
  for (let start = 0; start + WINDOW_CHARS <= text.length; start += step) {
    parts.push(["in part", text.slice(start, start + WINDOW_CHARS)]);
  }
  return parts;
}

/** Finds secrets in texts, whatever their letters' case: hosts are written small, headers as one likes. */
export function findSecrets(places: readonly Place[], secrets: readonly Secret[]): Find[] {
  const small = (shapes: readonly Shape[]): Shape[] => shapes.map(([shape, needle]) => [shape, needle.toLowerCase()]);
  const needles = secrets.map(({ name, text }) => ({
    name,
    shapes: small([...shapesOf(text), ...partsOf(text, 1)]),
    fewer: small([...shapesOf(text), ...partsOf(text, WINDOW_CHARS)]),
  }));
  return places.flatMap(({ where, text, isLong = false }) => {
    const searched = text.toLowerCase();
    return needles.flatMap(({ name, shapes, fewer }) => {
      const found = (isLong ? fewer : shapes).find(([, needle]) => searched.includes(needle));
      return found === undefined ? [] : [{ secret: name, where, shape: found[0] }];
    });
  });
}
