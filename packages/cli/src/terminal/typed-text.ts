// What somebody typed, as a fault may repeat it: what is long may be a key that was pasted into the wrong place.
import { safeLine } from "@aimo-network/protocol/safe-line";

const CHARACTERS_MAX = 44; // an address; private keys and API keys are longer

/** A typed text in one line, or how long it is. */
export function typedText(text: string): string {
  if (text.trim() === "") return "nothing";
  if (text.length > CHARACTERS_MAX) return `a text of ${text.length} characters`;
  const line = safeLine(text);
  return text.trim() === text ? line : `${line} with spaces around it`;
}
