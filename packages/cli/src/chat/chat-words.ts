// What begins with a slash in a conversation is for this program and not for the model.

/** The words, as `/help` lists them. */
const CHAT_WORDS = [
  ["/model [author/slug]", "talks to another model; without one you choose from the market"],
  ["/system [text]", "shows the system prompt, or sets it; /system - removes it"],
  ["/clear", "forgets what was said; model and system prompt stay"],
  ["/help", "shows this"],
  ["/exit", "leaves, as Ctrl-D and Ctrl-C twice do"],
] as const;

/** What a line says to this program. */
export type ChatWord =
  | { readonly word: "model" | "system"; readonly rest: string }
  | { readonly word: "clear" | "help" | "exit" }
  | { readonly word: "unknown"; readonly typed: string }
  /** For the model. */
  | { readonly word: "say"; readonly text: string };

const WORDS_WITHOUT_MORE: ReadonlySet<string> = new Set(["clear", "help", "exit"]);

/** Reads what was typed. Two slashes at the beginning send the text with one. */
export function readChatWord(typed: string): ChatWord {
  const text = typed.trim();
  if (!text.startsWith("/")) return { word: "say", text };
  if (text.startsWith("//")) return { word: "say", text: text.slice(1) };
  const [, word = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(text) ?? [];
  if (word === "quit") return { word: "exit" };
  if (word === "model" || word === "system") return { word, rest };
  if (rest === "" && WORDS_WITHOUT_MORE.has(word)) return { word: word as "clear" | "help" | "exit" };
  return { word: "unknown", typed: `/${word}` };
}

/** The lines of `/help`. */
export function chatHelp(): string {
  const width = CHAT_WORDS.reduce((widest, [word]) => Math.max(widest, word.length), 0);
  return [
    ...CHAT_WORDS.map(([word, meaning]) => `${word.padEnd(width)}  ${meaning}`),
    "Ctrl-C stops an answer. A line that ends with \\ goes on in the next, and what is pasted is one text.",
    "A text that begins with a slash is sent when it begins with two.",
  ].join("\n");
}
