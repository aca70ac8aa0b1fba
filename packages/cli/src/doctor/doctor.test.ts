// The doctor asks side by side, waits for nobody for long, and one fault hides no other.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Outcome } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { DOCTOR_QUESTION_MS } from "../limits.ts";
import { openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBedOptions } from "../test-bed/reading-bed.ts";
import { startScriptedRouter } from "../test-bed/scripted-router.ts";
import { doctor } from "./doctor.ts";
import { findingOf, needed, NotAsked } from "./question.ts";

interface Answer {
  readonly id: string;
  readonly verdict: string;
  readonly words: string;
  readonly next: string | null;
}

const PATH = process.env["PATH"];

async function diagnose(
  t: TestContext,
  wanted: ReadingBedOptions,
): Promise<{ outcome: Outcome; answers: Map<string, Answer> }> {
  const { context } = openReadingBed(t, { ...wanted, environment: { PATH, ...wanted.environment } });
  const outcome = await doctor(context, { arguments: [], options: {} });
  assert.ok(outcome !== undefined);
  const { questions } = outcome.data as { questions: Answer[] };
  return { outcome, answers: new Map(questions.map((each) => [each.id, each])) };
}

describe("the doctor", () => {
  test("tells a router that is no router, and does not ask it further", async (t) => {
    const { url } = await startScriptedRouter(t, { "/.well-known/aimo.json": { hello: "world" } });
    const { outcome, answers } = await diagnose(t, { options: { router: url } });
    assert.equal(outcome.reason, "failed");
    assert.equal(answers.get("router")?.verdict, "bad");
    assert.deepEqual(
      [answers.get("clock")?.verdict, answers.get("clock")?.words],
      ["open", "not asked: the router does not answer"],
    );
    assert.equal(answers.get("wallet")?.next?.startsWith("aimo wallet new"), true);
    assert.match(outcome.text, /✗ router .*\n.*→ /);
    assert.match(outcome.text, /\n2 of \d+ are wrong\.$/);
  });

  test("without a wallet but with a key the wallet is no fault, and lines about nothing are left out", async (t) => {
    const { url } = await startScriptedRouter(t);
    const { answers } = await diagnose(t, { options: { router: url }, environment: { AIMO_API_KEY: "aimo-sk-x" } });
    assert.equal(answers.get("wallet")?.verdict, "open");
    assert.equal(answers.get("api_key")?.verdict, "bad");
    assert.equal(answers.get("provider_key")?.verdict, "open");
    for (const id of ["provider_key.expiry", "config.upstream"]) assert.equal(answers.has(id), false, id);
  });

  test("a router whose clock is elsewhere is a fault of this clock", async (t) => {
    const date = (of: number) => new Date(of).toUTCString();
    const { url, answers: scripts } = await startScriptedRouter(t);
    const facts = { router_id: "HYuUE11tAS3QhCAioazawLSp96MJDQcTTeQhD74nZcPG", name: "T", url, api_base: url };
    scripts["/.well-known/aimo.json"] = (_request, response) => {
      response.writeHead(200, { date: date(0), "content-type": "application/json" });
      response.end(JSON.stringify({ ...facts, software: "aimo-router", version: "9.0.0" }));
    };
    const { answers } = await diagnose(t, { options: { router: url } });
    assert.match(answers.get("clock")?.words ?? "", /^\d+ s ahead of the router's: keys and logins are refused$/);
    assert.equal(answers.get("version.router")?.verdict, "bad");
  });

  test("a router that keeps silent is waited for until the deadline and not before", async (t) => {
    const asked = Promise.withResolvers<undefined>();
    const { url } = await startScriptedRouter(t, { "/.well-known/aimo.json": () => asked.resolve(undefined) });
    const manual = manualClock();
    // The proxy's version comes from a process, which no manual clock hurries.
    const clock: Clock = manual;
    const diagnosis = diagnose(t, { options: { router: url }, clock });
    await asked.promise;
    manual.advance(DOCTOR_QUESTION_MS - 1);
    const early = await Promise.race([diagnosis, new Promise((resolve) => setImmediate(() => resolve("waits")))]);
    assert.equal(early, "waits");
    manual.advance(1);
    const { answers } = await diagnosis;
    assert.equal(answers.get("router")?.words, "no answer within 20 s");
    assert.equal(answers.get("router")?.verdict, "bad");
  });
});

describe("a question", () => {
  test("that throws a fault is wrong in its words, and one that cannot be asked says so", () => {
    const fault = new CommandFault({ what: "It is gone.", why: "it left.", next: "Call it.", reason: "failed" });
    assert.deepEqual(findingOf(fault), { verdict: "bad", words: "It is gone. it left.", next: "Call it." });
    assert.deepEqual(findingOf(new NotAsked("no need")), { verdict: "open", words: "no need" });
    assert.equal(findingOf(new Error("boom")).verdict, "bad");
  });

  test("that needs another's answer is not asked where that one is wrong", async () => {
    const wrong = Promise.reject<string>(new CommandFault({ what: "No.", reason: "failed" }));
    await assert.rejects(needed(wrong, "it is not there"), (error) => {
      assert.deepEqual(findingOf(error), { verdict: "open", words: "not asked: it is not there" });
      return true;
    });
    assert.equal(await needed(Promise.resolve("here"), ""), "here");
  });
});
