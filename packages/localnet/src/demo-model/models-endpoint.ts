// GET /v1/models and /v1/models/{id}: every name a tester can call, in OpenAI's shape.

import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock } from "@aimo-network/protocol/clock";

import { MODEL_NAMES, readModelName } from "./model-name.ts";
import { isAuthorized, sendRefusal, unknownModel, WRONG_KEY } from "./refusal.ts";

/** Creates the endpoint; `models` are the names the demo model answers to besides its own. */
export function createModelsEndpoint(
  clock: Clock,
  { apiKey, models }: { readonly apiKey: string | undefined; readonly models: readonly string[] },
): (request: IncomingMessage, reply: ServerResponse) => void {
  const created = Math.floor(clock.now() / 1000);
  const describe = (id: string): object => ({ id, object: "model", created, owned_by: "aimo-network" });
  const list = JSON.stringify({ object: "list", data: [...new Set([...models, ...MODEL_NAMES])].map(describe) });
  return ({ url = "", headers }, reply) => {
    const recipient = { reply, begin: reply.writeHead.bind(reply) };
    const name = url.split("?", 1)[0]?.slice("/v1/models/".length) ?? "";
    if (!isAuthorized(headers.authorization, apiKey)) {
      sendRefusal(recipient, WRONG_KEY);
    } else if (name === "" || models.includes(name) || readModelName(name) !== undefined) {
      reply.writeHead(200, { "content-type": "application/json" });
      reply.end(name === "" ? list : JSON.stringify(describe(name)));
    } else {
      sendRefusal(recipient, unknownModel(name));
    }
  };
}
