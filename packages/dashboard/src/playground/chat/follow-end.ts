// Whether the page follows an answer that grows: it does until the reader goes up, and again once the end is reached.

/** Where the page stands. */
export interface ScrollPlace {
  readonly top: number;
  /** Pixels between what is shown and the end. */
  readonly below: number;
}

const AT_END_PX = 48; // so near the end nobody reads something else

/** Whether to follow after the page has moved. Growth alone never ends it: only going up does. */
export function followsAfter(isFollowing: boolean, before: ScrollPlace, now: ScrollPlace): boolean {
  if (now.below <= AT_END_PX) return true;
  return isFollowing && now.top >= before.top;
}
