// The limits of what requests say they come from, each with its reason; docs/limits.md lists them.

/** Characters of a referer that are read at all: with more, most of it is a query, which is not kept. */
export const REFERER_CHARS_MAX = 2_000;

/** Characters of an app's address, cleaned: front pages and repositories have fewer. */
export const APP_URL_CHARS_MAX = 200;

/** Characters of a title that are read at all: invisible ones among them are not counted below. */
export const TITLE_CHARS_READ_MAX = 400;

/** Characters of an app's title, cleaned: names are shorter, and a longer one is none. */
export const APP_TITLE_CHARS_MAX = 80;

/** Apps in one page of a ranking, and before it, as at OpenRouter. */
export const RANKED_PAGE_MAX = 100;
