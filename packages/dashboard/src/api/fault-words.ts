// Faults in words for people: what happened, and what to do next.
import { ApiFault } from "./api-fault.ts";

/** What to tell. */
export interface FaultWords {
  readonly what: string;
  readonly next?: string;
}

/** A fault that the console itself found, with what to do about it. */
export class ConsoleFault extends Error {
  override readonly name = "ConsoleFault";
  readonly next: string | undefined;

  constructor(what: string, next?: string) {
    super(what);
    this.next = next;
  }
}

/** The words for anything that was thrown. */
export function faultWords(fault: unknown): FaultWords {
  if (fault instanceof ConsoleFault)
    return { what: fault.message, ...(fault.next !== undefined && { next: fault.next }) };
  if (fault instanceof ApiFault) return { what: fault.message };
  if (fault instanceof TypeError && /fetch|network|load failed/i.test(fault.message)) {
    return {
      what: "The router cannot be reached.",
      next: "Look at your connection; the console goes on by itself when it is back.",
    };
  }
  return {
    what: fault instanceof Error && fault.message !== "" ? fault.message : "Something went wrong that nobody foresaw.",
    next: "Load the page again; if it stays, tell the router's operator.",
  };
}
