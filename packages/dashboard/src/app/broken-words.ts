// Why a page is not shown, in words for people.

/** What each browser says of a part of the page that it could not load. */
const NOT_LOADED = /dynamically imported module|importing a module script failed|failed to fetch|preload css/i;

/** What to tell of a page that was not drawn. */
export interface BrokenWords {
  readonly what: string;
  readonly next: string;
}

/** The words for what was thrown while a page was loaded or drawn. */
export function brokenWords(error: unknown): BrokenWords {
  const said = error instanceof Error ? error.message : "";
  if (NOT_LOADED.test(said)) {
    return {
      what: "The router did not send this page.",
      next: "Look at your connection. The router may also have a newer console by now: loading the page again gets it.",
    };
  }
  return {
    what: "The page could not be drawn.",
    next: "Nothing was signed or sent by that. Load it again; if it stays, tell the router's operator.",
  };
}
