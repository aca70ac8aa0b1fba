// What a router knows of a key: whether it takes it, and what is left of its budget.
import { CommandFault } from "../fault.ts";
import type { Router } from "../network/find-router.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import type { KeyRecord } from "./issued-record.ts";
import { readKeyRecord } from "./issued-record.ts";

const PATH = "/api/v1/key";

/** The router's word. */
export type KeyAtRouter = { readonly routerId: string; readonly url: string } & (
  | { readonly isAccepted: true; readonly record: KeyRecord }
  | { readonly isAccepted: false; readonly why: string; readonly code?: string }
);

/** Asks the router with the key itself; throws `CommandFault` where it does not answer as one. */
export async function askRouterAboutKey({ client, id }: Router, key: string): Promise<KeyAtRouter> {
  const place = { routerId: id, url: client.url };
  try {
    const answer = await client.call(PATH, { bearer: key, what: "The router does not take this key." });
    if (typeof answer !== "object" || answer === null || !("data" in answer)) throw strangeAnswer(client.url, PATH);
    return { ...place, isAccepted: true, record: readKeyRecord(answer.data, client.url, PATH) };
  } catch (error) {
    if (!(error instanceof CommandFault) || error.words.reason === "unreachable") throw error;
    const { why = error.words.what, code } = error.words;
    return { ...place, isAccepted: false, why, ...(code !== undefined && { code }) };
  }
}
