// The name people see, held to what routers accept (wire.md).
import { DISPLAY_NAME_CHARS_MAX, isDisplayName, plainDisplayName } from "@aimo-network/protocol/wire/display-name";
import { printable } from "./config-faults.ts";
import type { Reader } from "./reading.ts";
import { mismatch, refuse } from "./reading.ts";
import { text } from "./value-readers.ts";

const plainText = text("a display name", DISPLAY_NAME_CHARS_MAX);

/** A display name; one that could pass for another, or hides something, is refused with the spelling to use. */
export const displayName: Reader<string> = {
  expected: plainText.expected,
  read(value, place) {
    const found = plainText.read(value, place);
    if (found === undefined || isDisplayName(found)) return found;
    const plain = plainDisplayName(found);
    if (!isDisplayName(plain)) return mismatch(place, "a display name that can be seen", value);
    const expected = "single spaces, nothing invisible, and no Cyrillic or Greek letter in a word of Latin ones";
    return refuse(place, `expected ${expected}, found "${printable(found)}"; write "${printable(plain)}"`);
  },
};
