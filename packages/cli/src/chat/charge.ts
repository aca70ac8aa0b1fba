// What an answer cost that did not end by itself: the router says so once it has charged it.
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { countIn, listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import { CommandFault } from "../fault.ts";
import { CHARGE_POLL_MS, CHARGE_TRIES_MAX } from "../limits.ts";
import type { RouterClient } from "../network/router-client.ts";
import type { Answer } from "./answer.ts";
import { readAmount } from "./answer.ts";

function takeCharge(answer: Answer, generation: JsonObject): void {
  answer.cost = readAmount(generation["cost"]);
  answer.usage = {
    promptTokens: countIn(generation, "tokens_prompt") ?? 0,
    completionTokens: countIn(generation, "tokens_completion") ?? 0,
    cachedTokens: countIn(generation, "native_tokens_cached") ?? 0,
    reasoningTokens: countIn(generation, "native_tokens_reasoning") ?? 0,
    promptAudioTokens: 0,
    completionAudioTokens: 0,
  };
}

/** Where to look. */
export interface ChargeSearch {
  readonly bearer: string;
  /** Nobody else asks with this key: an answer that ended before it had an id is the newest that the key has asked for. */
  readonly isOwnKey: boolean;
  /** The answer before this one, which is the newest until this one is charged. */
  readonly before: string | undefined;
  readonly signal: AbortSignal;
}

type Found = "found" | "not yet" | "nowhere";

/** Looks once, by the answer's id, or for the key's newest where it has none. */
async function look(client: RouterClient, answer: Answer, { bearer, before, signal }: ChargeSearch): Promise<Found> {
  const { generationId: id } = answer;
  const path = id === undefined ? "/api/v1/generations" : "/api/v1/generation";
  const query = id === undefined ? { limit: "1" } : { id };
  const { response, body } = await client.callWhole(path, { bearer, query, signal });
  if (!response.ok) return response.status === 404 ? "not yet" : "nowhere";
  const [newest] = listIn(body, "data") ?? [];
  const generation = id === undefined ? newest : objectIn(body, "data");
  const foundId = textIn(generation, "id");
  if (!isJsonObject(generation) || foundId === undefined) return "not yet";
  if (id === undefined && foundId === before) return "not yet";
  answer.generationId = foundId;
  takeCharge(answer, generation);
  return "found";
}

/** Asks what the answer cost until the router says it, for seconds at most; the answer's cost stays unknown otherwise. */
export async function learnCharge(
  clock: Clock,
  client: RouterClient,
  answer: Answer,
  search: ChargeSearch,
): Promise<void> {
  if (answer.cost !== undefined || (answer.generationId === undefined && !search.isOwnKey)) return;
  if (answer.generationId === undefined && answer.end !== "stopped") return; // it was refused, so there is none
  for (let tries = 0; tries < CHARGE_TRIES_MAX && !search.signal.aborted; tries += 1) {
    try {
      if ((await look(client, answer, search)) !== "not yet") return;
    } catch (error) {
      if (error instanceof CommandFault) return; // the router is gone: what it charged is told by `aimo activity`
      throw error;
    }
    await sleep(clock, CHARGE_POLL_MS, search.signal);
  }
}
