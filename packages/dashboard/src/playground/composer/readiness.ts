// Whether the draft can be sent, and what stands in its way.
import { hasRoomFor } from "../chat/lane-state.ts";
import type { PlaygroundState } from "../playground.ts";
import { isAnswering } from "../playground.ts";
import type { ReadSettings } from "../settings/read-settings.ts";

/** `empty` needs no words; `blocked` says what to do first. */
export type Readiness =
  | { readonly kind: "ready" | "empty" | "answering" }
  | { readonly kind: "blocked"; readonly why: string };

/** How it is with the draft. */
export function readinessOf(state: PlaygroundState, settings: ReadSettings): Readiness {
  const { lanes, draft } = state;
  if (isAnswering(state)) return { kind: "answering" };
  if (draft.text.trim() === "" && draft.images.length === 0) return { kind: "empty" };
  if (lanes.some(({ model }) => model === undefined)) return { kind: "blocked", why: "Choose a model first." };
  const blind = draft.images.length > 0 ? lanes.find(({ facts }) => facts?.takesImages === false) : undefined;
  if (blind !== undefined) {
    return { kind: "blocked", why: `${blind.model} takes no images: leave them out, or choose another model.` };
  }
  if (Object.keys(settings.faults).length > 0) {
    return { kind: "blocked", why: "Something in the settings cannot be sent: mend it first." };
  }
  if (lanes.some((lane) => !hasRoomFor(lane, draft, settings))) {
    return { kind: "blocked", why: "The conversation is longer than any model reads: clear it, or ask for less." };
  }
  return { kind: "ready" };
}
