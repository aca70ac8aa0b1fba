// A text that is typed, and taken over when the fingers rest.
import { systemClock } from "@aimo-network/protocol/clock";
import type { Timer } from "@aimo-network/protocol/clock";
import { useEffect, useRef, useState } from "react";
import { TYPING_REST_MS } from "./limits.ts";

/** What is in the field, and how it changes: `kept` is what was taken over last, here or elsewhere. */
export function useTypedText(kept: string, take: (text: string) => void): readonly [string, (text: string) => void] {
  const [text, setText] = useState(kept);
  const taken = useRef(kept);
  const timer = useRef<Timer>(undefined);
  useEffect(() => {
    if (kept === taken.current) return;
    taken.current = kept;
    setText(kept);
  }, [kept]);
  useEffect(() => () => timer.current?.cancel(), []);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  const change = (next: string): void => {
    setText(next);
    timer.current?.cancel();
    timer.current = systemClock.timer(TYPING_REST_MS, () => {
      taken.current = next;
      latest.current(next);
    });
  };
  return [text, change];
}
