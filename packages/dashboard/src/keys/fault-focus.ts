// After a form was refused, the first field that is wrong gets the keyboard.
import { useEffect, useRef } from "react";
import type { RefObject } from "react";

/** The reference for a form; whenever `faults` is another object and not empty, its first faulty field is focused. */
export function useFaultFocus(faults: object): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (Object.keys(faults).length === 0) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [faults]);
  return form;
}
