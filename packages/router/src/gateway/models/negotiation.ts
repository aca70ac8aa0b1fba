// What a client can read and what it has already: Accept-Encoding and If-None-Match, as RFC 9110 says.

/** The codings that answers are prepared in. */
export type Coding = "br" | "gzip" | "identity";

const CODINGS: readonly Coding[] = ["br", "gzip", "identity"]; // of equally welcome ones the smallest
const QUALITY = /^q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/i;

/** How welcome each coding that is named is, 0 to 1; an element that nobody can read says nothing. */
function readWeights(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const element of header.split(",")) {
    const [name = "", parameter] = element.split(";").map((part) => part.trim());
    const quality = parameter === undefined ? "1" : QUALITY.exec(parameter)?.[1];
    if (name === "" || quality === undefined) continue;
    const coding = name.toLowerCase();
    weights.set(coding === "x-gzip" ? "gzip" : coding, Number.parseFloat(quality));
  }
  return weights;
}

/** The best coding that a client takes; `identity` where it says nothing, and where it takes none of them. */
export function chooseCoding(header: string | undefined): Coding {
  if (header === undefined) return "identity";
  const weights = readWeights(header);
  const others = weights.get("*");
  let best: Coding = "identity";
  let bestWeight = 0;
  for (const coding of CODINGS) {
    // Uncoded is always welcome unless it is refused, but least of all where it is not named.
    const unnamed = others ?? (coding === "identity" ? Number.MIN_VALUE : 0);
    const weight = weights.get(coding) ?? unnamed;
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return best;
}

const TAG = /("[\u0021\u0023-\u007e\u0080-\u00ff]*")/g;

/** Whether a client has the representation with this tag: weak tags count as well. */
export function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header === tag || header.trim() === "*") return true;
  for (const [, known] of header.matchAll(TAG)) if (known === tag) return true;
  return false;
}
