// Keeps the tabs of one browser in step: they share the session's cookie, so they share who is signed in.
import type { Clock } from "@aimo-network/protocol/clock";
import { leaveSession, restoreSession, sessionState, watchSession } from "./session-store.ts";
import type { SessionState } from "./session-store.ts";

const NEWS = "aimo-session-news"; // the browser tells other tabs of a change here, and not the tab that made it

/** Tells other tabs of a change, and follows theirs; to be called once. `onFollowed` is called after each. */
export function startSessionTabs(clock: Clock, onFollowed: () => void): void {
  let before: SessionState = sessionState();
  let isFollowing = false;
  watchSession(() => {
    const now = sessionState();
    // What a tab finds out when it opens is no news to the others.
    if (!isFollowing && before.kind !== "unknown") localStorage.setItem(NEWS, `${now.kind} ${clock.now()}`);
    before = now;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== NEWS || newValue === null) return;
    isFollowing = true;
    const followed = newValue.startsWith("in ") ? restoreSession() : Promise.resolve(leaveSession());
    void followed
      .catch(() => undefined) // asked again by whatever needs it
      .then(() => {
        isFollowing = false;
        onFollowed();
      });
  });
}
