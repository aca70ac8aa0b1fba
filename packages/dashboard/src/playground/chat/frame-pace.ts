// How often a growing answer is drawn: each frame, or as often as still leaves the page time for who reads and types.
import type { Clock } from "@aimo-network/protocol/clock";

const EASY_MS = 34; // a drawing that takes no longer than two frames is not felt
const REST_SHARE = 1; // after a longer one the page rests as long as it took

/** What a browser gives: `requestAnimationFrame`. */
export type RequestFrame = (step: () => void) => void;

/**
 * Creates what calls back when the next drawing is due. Of several wishes before it, the last counts. What a drawing
 * takes is seen at the frame behind it, layout and painting included.
 */
export function createFramePace(
  clock: Pick<Clock, "monotonic">,
  requestFrame: RequestFrame,
): (draw: () => void) => void {
  let wished: (() => void) | undefined;
  let drewAt: number | undefined;
  let restsUntil = 0;
  let isAsked = false;
  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    requestFrame(step);
  };
  const step = (): void => {
    isAsked = false;
    const now = clock.monotonic();
    if (drewAt !== undefined) {
      const took = now - drewAt;
      restsUntil = took > EASY_MS ? now + took * REST_SHARE : now;
      drewAt = undefined;
    }
    if (wished === undefined) return;
    if (now >= restsUntil) {
      const draw = wished;
      wished = undefined;
      drewAt = now;
      draw();
    }
    ask();
  };
  return (draw) => {
    wished = draw;
    ask();
  };
}
