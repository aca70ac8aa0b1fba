// The playground of this page, and its state for components.
import { systemClock } from "@aimo-network/protocol/clock";
import { useSyncExternalStore } from "react";
import { sessionState, watchSession } from "../session/session-store.ts";
import { createFramePace } from "./chat/frame-pace.ts";
import { listGenerations } from "./chat/list-generations.ts";
import { postChat } from "./chat/post-chat.ts";
import { keepToOwner } from "./owner.ts";
import type { PlaygroundState } from "./playground.ts";
import { createPlayground } from "./playground.ts";

/** The one playground: going to another page and back keeps what was said, loading the page anew forgets it. */
export const playground = createPlayground({
  clock: systemClock,
  post: postChat,
  list: listGenerations,
  nextFrame: createFramePace(systemClock, (step) => void requestAnimationFrame(step)),
});

watchSession(
  keepToOwner(playground, () => {
    const session = sessionState();
    return session.kind === "in" ? session.wallet : undefined;
  }),
);

/** Its state; draws again when that changes. */
export function usePlayground(): PlaygroundState {
  return useSyncExternalStore(playground.watch, playground.state);
}
