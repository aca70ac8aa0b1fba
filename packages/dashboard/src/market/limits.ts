// Every limit of the public lists of models and providers, each with its reason.

/** Models asked for at once: more than two screens of a large display, and some 10 KB on the wire. */
export const PAGE_MODELS = 100;
/** Models asked for at once where only this page can filter by what is wanted: the most that a router gives. */
export const PAGE_MODELS_MAX = 1_000;
/** Rows drawn beyond what is seen, so that the next one can take the focus. */
export const ROWS_BEYOND = 10;
/** How near the end of what is loaded more is asked for, in rows: before somebody who scrolls gets there. */
export const ROWS_AHEAD = 25;
/** How long the list of authors is kept: it changes when somebody begins to sell, or ends. */
export const AUTHORS_KEPT_MS = 5 * 60_000;
/** Characters of a search that are read from the address: less than a router takes. */
export const SEARCH_CHARS_MAX = 200;
/** The rest between two keys after which a text is searched for. */
export const TYPING_REST_MS = 250;
/** Offers of a model that are drawn before somebody asks for all of them. */
export const OFFERS_AT_FIRST = 25;
/** Until offers are asked for again: what a router has measured changes every ten seconds. */
export const OFFERS_SHOWN_MS = 15_000;
/** Lines of a chart of prices: as many as there are colours that can be told apart. */
export const PRICE_LINES_MAX = 6;
/** Providers drawn at first, and more each time. */
export const PROVIDERS_STEP = 100;
/** Models of a provider drawn at first, and more each time: each is a question to the router. */
export const PROVIDER_MODELS_STEP = 20;
/** Until a provider's page asks again. */
export const PROVIDER_SHOWN_MS = 30_000;
