// Sentences in which something is to be typed or looked up as it stands: between backticks.
import type { ReactNode } from "react";

/** The sentence, with what stands between backticks as code. */
export function CodeWords({ text }: { readonly text: string }): ReactNode {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.92em] break-words text-ink">
        {part}
      </code>
    ),
  );
}
