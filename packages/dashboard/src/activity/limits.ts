// Every limit of the pages of activity, each with its reason.

/** Days of usage that a router tells of: thirty that are over, and today. */
export const ACTIVITY_DAYS = 31;
/** Generations in one question: as many as a router answers. */
export const GENERATIONS_PER_PAGE = 100;
/** Keys whose names are known in lists: one question's worth; others are shown by their ids. */
export const KEYS_NAMED_MAX = 100;
/** Rows of the table of days that are shown: nobody reads more, and the CSV file has all of them. */
export const USED_ROWS_SHOWN_MAX = 300;
/** Answers that are held back while somebody reads further down; beyond it the newest page is asked again. */
export const ARRIVALS_HELD_MAX = 200;
/** Between two looks at a receipt that is not settled yet: routers settle every few seconds to minutes. */
export const RECEIPT_LOOK_MS = 3_000;
