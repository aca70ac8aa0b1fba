// Answers that take a while: one making serves all who ask meanwhile, and what is large is kept for ten times as long as it took.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { createKeptAnswers, restAfter } from "./kept-answers.ts";
import { LIST_REST_MS_MAX, LIST_SMALL_MAX } from "./limits.ts";

test("whoever asks while an answer is being made waits for the same one", async () => {
  const kept = createKeptAnswers(manualClock());
  const gate = Promise.withResolvers<{ json: string; offers: number }>();
  let made = 0;
  const make = () => {
    made += 1;
    return gate.promise;
  };
  const asked = [kept.get("a", make), kept.get("a", make)];
  gate.resolve({ json: "{}", offers: 1 });
  const [first, second] = await Promise.all(asked);
  assert.equal(first, second);
  assert.equal(made, 1);
});

test("an answer of many offers is kept for ten times as long as it took to make, and is the same one where nothing changed", async () => {
  const clock = manualClock();
  const kept = createKeptAnswers(clock);
  let json = "1";
  const make = () => {
    clock.advance(20);
    return { json, offers: LIST_SMALL_MAX + 1 };
  };
  const first = await kept.get("a", make);
  json = "2";
  clock.advance(199);
  assert.equal(await kept.get("a", make), first);
  clock.advance(1);
  assert.equal((await kept.get("a", make)).plain.toString(), "2");
  json = "1";
  assert.equal((await kept.get("b", make)).plain.toString(), "1", "each by its name");
  clock.advance(200);
  json = "2";
  const same = await kept.get("a", make);
  clock.advance(200);
  assert.equal(await kept.get("a", make), same, "with its compressed forms");
});

test("an answer that could not be made is asked for again", async () => {
  const kept = createKeptAnswers(manualClock());
  await assert.rejects(
    kept.get("a", () => Promise.reject(new Error("away"))),
    /away/,
  );
  assert.equal((await kept.get("a", () => ({ json: "{}", offers: 1 }))).plain.toString(), "{}");
});

test("what is small is not kept, and what took long not for ever", () => {
  assert.equal(restAfter(1_000, LIST_SMALL_MAX), 0);
  assert.equal(restAfter(5, LIST_SMALL_MAX + 1), 50);
  assert.equal(restAfter(100_000, LIST_SMALL_MAX + 1), LIST_REST_MS_MAX);
});
