// As whom an offer is asked: somebody with one of the usual clients, and a pseudonym that never comes again.
import { hex } from "@scure/base";
import type { Random } from "@aimo-network/protocol/random";
import type { Probe } from "../market/truth/probes.ts";
import { pick } from "../market/truth/prompts.ts";

/** Who asks a provider in one round. */
export interface Persona {
  /** What the provider is told instead of the payer's name; of the form of `identity.pseudonym`. */
  readonly payer: string;
  readonly userAgent: string;
  /** The body of a request as this client writes it. */
  bodyOf(model: string, probe: Pick<Probe, "members">): Uint8Array;
}

const PSEUDONYM_BYTES = 16;

const PYTHON_AGENTS = [
  ...["OpenAI/Python 1.109.1", "OpenAI/Python 1.99.9", "OpenAI/Python 1.86.0", "OpenAI/Python 2.3.0"],
  ...["AsyncOpenAI/Python 1.107.2", "AsyncOpenAI/Python 2.6.1"],
] as const;
const JAVASCRIPT_AGENTS = ["OpenAI/JS 4.104.0", "OpenAI/JS 5.23.2", "OpenAI/JS 6.3.0"] as const;

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function encode(body: object): Uint8Array {
  return Buffer.from(JSON.stringify(body));
}

/** Somebody new. */
export function newPersona(random: Random): Persona {
  const payer = hex.encode(random.bytes(PSEUDONYM_BYTES));
  // The Python client sends its messages first and the rest by the alphabet, programs in JavaScript mostly begin with the model.
  if (random.fraction() < 0.5) {
    const bodyOf: Persona["bodyOf"] = (model, { members: { messages, ...rest } }) =>
      encode({ messages, model, ...Object.fromEntries(Object.entries(rest).toSorted(byName)) });
    return { payer, userAgent: pick(random, PYTHON_AGENTS), bodyOf };
  }
  const userAgent = pick(random, JAVASCRIPT_AGENTS);
  return { payer, userAgent, bodyOf: (model, { members }) => encode({ model, ...members }) };
}
