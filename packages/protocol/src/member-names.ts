// Names of JSON members as parsers tell them apart: some ignore case, and of a member that stands twice some take the first.
import { AimoError } from "./errors.ts";
import type { JsonMember } from "./json-members.ts";

/** A name as parsers that ignore case compare it, such as Go's, for which ſ is an s and the Kelvin sign a k. */
export function foldedName(name: string): string {
  return name.toUpperCase().toLowerCase();
}

const NAME_CHARS_SHOWN_MAX = 64;

/**
 * Throws `invalid_request` for members that another parser may read otherwise than this one: those of `own` in another
 * letter case or twice, and with `others: "once"` any that stands twice. `own` is in lower case.
 */
export function checkMemberNames(
  members: readonly JsonMember[],
  { own, others }: { own: ReadonlySet<string>; others: "once" | "any" },
): void {
  const seen = new Set<string>();
  for (const { key } of members) {
    const name = foldedName(key);
    const isOwn = own.has(name);
    if (!isOwn && others === "any") continue;
    const shown = key.slice(0, NAME_CHARS_SHOWN_MAX);
    if (isOwn && name !== key) {
      throw new AimoError("invalid_request", { param: name, expected: `\`${name}\``, found: `\`${shown}\`` });
    }
    if (seen.has(name)) {
      const param = isOwn ? { param: name } : {};
      throw new AimoError("invalid_request", { ...param, expected: "every member once", found: `\`${shown}\` twice` });
    }
    seen.add(name);
  }
}
