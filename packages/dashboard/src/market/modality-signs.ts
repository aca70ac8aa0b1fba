// Which kinds of input and output are worth a sign where there is little room: text is what one expects.

/** The kinds that get a sign. */
export interface ModalitySigns {
  readonly input: readonly string[];
  /** Empty where text alone comes out, and the input has said enough. */
  readonly output: readonly string[];
}

/** Whatever goes in beside text, and all that comes out where that is not text alone; text where nothing else is left. */
export function briefSigns(input: readonly string[], output: readonly string[]): ModalitySigns {
  const others = input.filter((name) => name !== "text");
  const isUsual = output.length === 1 && output[0] === "text";
  if (isUsual) return { input: others.length === 0 ? ["text"] : others, output: [] };
  return { input: others.length === 0 ? input : others, output };
}
