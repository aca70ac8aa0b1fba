// What the person asked.
import type { ReactNode } from "react";
import { classes } from "../../ui/class-names.ts";
import type { Question } from "./chat-body.ts";

const SHORT_CHARS = 2_000; // a longer question has its own place to scroll

/** A question with its images. */
export function QuestionView({ question }: { readonly question: Question }): ReactNode {
  const { text, images } = question;
  const isLong = text.length > SHORT_CHARS;
  return (
    <div className="ml-auto flex max-w-[min(100%,40rem)] flex-col items-end gap-2">
      {images.length > 0 && (
        <ul className="flex flex-wrap justify-end gap-2">
          {images.map(({ id, name, url }) => (
            <li key={id}>
              <img src={url} alt={name} className="max-h-40 max-w-full rounded-lg border border-line object-contain" />
            </li>
          ))}
        </ul>
      )}
      {text !== "" && (
        <p
          {...(isLong && { tabIndex: 0, role: "group", "aria-label": "What you asked" })}
          className={classes(
            "max-w-full rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5 break-words whitespace-pre-wrap text-ink",
            isLong && "max-h-96 overflow-y-auto",
          )}
        >
          {text}
        </p>
      )}
    </div>
  );
}
