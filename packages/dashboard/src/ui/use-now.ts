// The time for components that count down or say how long ago something was.
import { systemClock } from "@aimo-network/protocol/clock";
import { useEffect, useState } from "react";

/** The time in milliseconds since 1970; the component draws again every so many milliseconds. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => systemClock.now());
  useEffect(() => {
    const timer = systemClock.timer(everyMs, () => {
      setNow(systemClock.now());
      timer.refresh();
    });
    return () => timer.cancel();
  }, [everyMs]);
  return now;
}
