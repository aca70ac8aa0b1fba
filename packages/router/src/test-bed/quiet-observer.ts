// An observer for tests that are about something else.
import type { RequestObserver, RequestWatch } from "../gateway/request-watch.ts";

const watch: RequestWatch = {
  attempt: () => ({ traceparent: undefined, ended: () => undefined }),
  firstOutput: () => undefined,
  ended: () => undefined,
  broke: () => undefined,
};

/** Watches nothing. */
export const QUIET_OBSERVER: RequestObserver = {
  admitted: () => watch,
  refused: () => undefined,
  answered: () => undefined,
};
