// What a router says, as this machine's log may show it: cut short, and without the key that the router was sent.

const CHARS_MAX = 300; // a sentence or two for a person
const KEY = /aimo-sk-[^\s"'`]*/g;

/** A router's words for the log. */
export function routerWords(text: string): string;
export function routerWords(text: string | undefined): string | undefined;
export function routerWords(text: string | undefined): string | undefined {
  return text?.replaceAll(KEY, "[a key]").slice(0, CHARS_MAX);
}
