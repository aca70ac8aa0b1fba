// From which width the market's lists are tables; below it they are cards.

/** The media query of windows that are wide enough for a table. */
export const WIDE = "(min-width: 48rem)";
