// Names that pass for other names: what a person reading a list would take one for.

/**
 * Letters and pairs of them that eyes take for one another, each folded into what stands for all of them. An `i` stands for its
 * capital too, for which an `l` is taken: names are matched without case. Left out on purpose: 5 and s, 8 and b, 2 and z. In
 * the names of models such a digit is a version or a size that people look at, and it stands in nearly every name.
 */
const LOOKALIKES: readonly (readonly [RegExp, string])[] = [
  [/rn/g, "m"],
  [/vv/g, "w"],
  [/o/g, "0"],
  [/[il]/g, "1"],
  [/c1/g, "d"], // cl, as in the first letters of claude
];

/** Dashes, dots and underscores: any of them is taken for another, and nobody misses one. */
const SEPARATORS = /[-._]+/g;
/** Between digits they are not nothing: 3.1 is not 31, and 4 is not 4.1. They may still be taken for one another. */
const BETWEEN_DIGITS = /(?<=[0-9])[-._]+(?=[0-9])/g;
const KEPT_SEPARATOR = "~"; // no name has one

/** What is left of a model's id, `author/slug`, of everything that eyes do not tell apart. */
export function nameSkeleton(modelId: string): string {
  let folded = modelId.toLowerCase();
  for (const [alike, one] of LOOKALIKES) folded = folded.replaceAll(alike, one);
  return folded.replaceAll(BETWEEN_DIGITS, KEPT_SEPARATOR).replaceAll(SEPARATORS, "");
}
