// What an answer cost, with the very digits the router wrote: a JSON number is read as a float otherwise.
import { jsonMembers } from "@aimo-network/protocol/json-members";
import { parseNanoUsdc } from "@aimo-network/protocol/money";

/** The text of the member `key` of the object that begins at `from`; the text must be valid JSON. */
function memberText(json: string, from: number, key: string): { text: string; start: number } | undefined {
  const member = jsonMembers(json, from).findLast((found) => found.key === key);
  return member && { text: json.slice(member.valueStart, member.valueEnd), start: member.valueStart };
}

/** `usage.cost` of an event or an answer in valid JSON, as a decimal text; undefined for null and for what is no amount. */
export function exactCost(json: string): string | undefined {
  if (!json.includes('"cost"')) return undefined; // as in nearly every event
  const usage = memberText(json, 0, "usage");
  if (usage === undefined || !usage.text.startsWith("{")) return undefined;
  const cost = memberText(json, usage.start, "cost")?.text.replaceAll('"', "");
  if (cost === undefined) return undefined;
  try {
    parseNanoUsdc(cost);
    return cost;
  } catch {
    return undefined; // not told is better than told wrong
  }
}
