// Every limit of the page of credits, each with its reason.

/** Between two looks at the chain by the browser: what others do there (a settlement) is seen within it, and public nodes bear it. */
export const STANDING_LOOK_MS = 15_000;
/** Between two questions after the balance while a deposit is being credited: a router looks at the chain every second. */
export const CREDIT_LOOK_MS = 1_000;
/** Until a deposit that is not credited is told of as late: a router that was busy or away has it by then. */
export const CREDIT_LATE_MS = 60_000;
/** Entries of the history in one question. */
export const HISTORY_PER_PAGE = 20;
/** Lamports below which a wallet is told to get some SOL: an escrow's rent and some hundred fees. */
export const LAMPORTS_LOW = 5_000_000n;
/** Days that an allowance may last at most, as far as it can be typed here: the program has no bound of its own. */
export const ALLOWANCE_DAYS_MAX = 9_999;
