import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { seededRandom } from "@aimo-network/protocol/random";
import { createOfferBook } from "../market/offer-book.ts";
import type { LiveOffer } from "../market/offer-book.ts";
import { canaryProbe } from "../market/truth/probes.ts";
import { createFakeLink } from "../test-bed/fake-link.ts";
import { freeAsks } from "../test-bed/free-asks.ts";
import { WHOLE_ANSWER } from "../test-bed/relay-bench.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { askOffer, readQuestion } from "./ask-offer.ts";
import { newPersona } from "./persona.ts";

/** A question under way, and the link that it was asked on. */
function ask(signal: AbortSignal) {
  const deps = freeAsks();
  const random = seededRandom(1);
  const [book, link] = [createOfferBook(), createFakeLink("w")];
  book.replace(link, [plainOffer("m")], 0);
  const [offer]: readonly LiveOffer[] = [...book.models().values()].flat();
  assert.ok(offer !== undefined);
  const [probe, persona] = [canaryProbe(random), newPersona(random)];
  const body = readQuestion(deps, offer, probe, persona);
  return { link, asked: askOffer(deps, { offer, link, probe, persona, body, signal }) };
}

test("a question that was answered leaves nothing at the signal of a router that runs for months", async () => {
  const { signal } = new AbortController();
  const { link, asked } = ask(signal);
  (await link.next()).answer(200, WHOLE_ANSWER);
  assert.equal((await asked).kind, "answered");
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});

test("a question is broken off when the router stops, and proves nothing", async () => {
  const stopping = new AbortController();
  const { link, asked } = ask(stopping.signal);
  const attempt = await link.next();
  stopping.abort();
  assert.deepEqual(attempt.cancels, ["client_left"]);
  assert.equal((await asked).kind, "nothing");
});
