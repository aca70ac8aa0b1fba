// What a Solana node answers, looked at before anything is read from it: what is no answer is the node's fault, in words.
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { textIn } from "@aimo-network/protocol/told-members";
import { ConsoleFault } from "../api/fault-words.ts";

/** What to do where a node is of no use. */
export const CHOOSE_NODE = "Try again, or choose another node: “Solana node” in the wallet’s menu.";

/** The node has given no answer, so that what was sent may be on its way all the same. */
export class NodeFault extends ConsoleFault {}

const MAY_BE_NOTHING: ReadonlySet<unknown> = new Set(["getTransaction"]);
const WORDS_MAX = 200;

/** A node's answer to a call as it came; throws `NodeFault` for what is none. What becomes of what was sent, its own error says. */
export function nodeAnswer<Answer>(host: string, method: unknown, answer: Answer): Answer {
  if (!isJsonObject(answer))
    throw new NodeFault(`The Solana node at ${host} does not answer as one does.`, CHOOSE_NODE);
  const { error, result } = answer;
  if (error !== undefined) {
    if (method === "sendTransaction") return answer;
    const why = safeLine(textIn(error, "message") ?? "it does not say why", WORDS_MAX);
    throw new NodeFault(`The Solana node at ${host} refuses ${String(method)}: ${why}`, CHOOSE_NODE);
  }
  if (result === undefined || (result === null && !MAY_BE_NOTHING.has(method))) {
    throw new NodeFault(`The Solana node at ${host} answers ${String(method)} with nothing.`, CHOOSE_NODE);
  }
  return answer;
}
