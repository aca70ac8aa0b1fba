// Class names put together, where the later of two that contradict each other is written last by whoever calls.
import { clsx } from "clsx";
import type { ClassValue } from "clsx";

/** Joins class names; what is false or undefined is left out. */
export function classes(...values: readonly ClassValue[]): string {
  return clsx(values);
}
