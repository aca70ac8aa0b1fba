// What was used, added up without losing a digit, and answers by the page.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import type { CommandInput, Outcome } from "../command-spec.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import type { Answer, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { activity } from "./activity.ts";

const KEY = `aimo-sk-u1-${base58.encode(new Uint8Array(32).fill(7))}`;
const PAT = "6YhiWa9pnVLSCHsPdGenxTgZMUfFx7zJbwgEHbKdjdQC";
const ROW = {
  date: "2026-11-25",
  model: "qwen/qwen3-32b",
  provider_name: PAT,
  requests: 2,
  prompt_tokens: 1_000,
  completion_tokens: 500,
};

/** Sends JSON whose numbers have more digits than a float holds. */
function exactly(text: string): Answer {
  return replyWith(200, text);
}

function rows(...usages: readonly (readonly [usage: string, more?: object])[]): Answer {
  const each = usages.map(([usage, more]) => JSON.stringify({ ...ROW, ...more }).replace(/\}$/, `,"usage":${usage}}`));
  return exactly(`{"data":[${each.join(",")}]}`);
}

interface Case {
  readonly bed: ReadingBed;
  readonly router: ScriptedRouter;
  run(options?: CommandInput["options"]): Promise<Outcome>;
}

async function openCase(t: TestContext, answers: ScriptedRouter["answers"]): Promise<Case> {
  const router = await startScriptedRouter(t, answers);
  const bed = openReadingBed(t, { options: { router: router.url }, environment: { AIMO_API_KEY: KEY } });
  const run: Case["run"] = async (options = {}) => {
    const outcome = await activity(bed.context, { arguments: [], options: { limit: "20", ...options } });
    assert.ok(outcome !== undefined);
    return outcome;
  };
  return { bed, router, run };
}

describe("by day and model", () => {
  test("providers are added up, the newest day and the dearest model first, with every digit", async (t) => {
    const { run, router } = await openCase(t, {
      "/api/v1/activity": rows(
        ["9007199254.740993001"],
        ["0.000000001", { provider_name: ROUTER_ID }],
        ["7", { date: "2026-11-26" }],
        ["8", { date: "2026-11-26", model: "other/m" }],
      ),
    });
    const { text, data } = await run();
    assert.deepEqual(text.split("\n"), [
      "DAY         MODEL           REQUESTS  PROMPT  COMPLETION                  USDC",
      "2026-11-26  other/m                2    1000         500                     8",
      "2026-11-26  qwen/qwen3-32b         2    1000         500                     7",
      "2026-11-25  qwen/qwen3-32b         4    2000        1000  9007199254.740993002",
      "            all                    8    4000        2000  9007199269.740993002",
    ]);
    const { total, days } = data as { total: string; days: object[] };
    assert.deepEqual([total, days.length], ["9007199269.740993002", 3]);
    assert.equal(router.calls.at(-1)?.path, "/api/v1/activity?include_today=true");
    assert.equal(router.calls.at(-1)?.bearer, `Bearer ${KEY}`);
  });

  test("one model and one day can be asked for", async (t) => {
    const { run, router } = await openCase(t, { "/api/v1/activity": rows(["7"], ["8", { model: "other/m" }]) });
    assert.match((await run({ model: "QWEN/qwen3-32b", day: "2026-11-25" })).text, /all +2 +1000 +500 +7$/);
    assert.equal(router.calls.at(-1)?.path, "/api/v1/activity?include_today=true&date=2026-11-25");
  });

  test("CSV has the same rows, and no name is a formula in it", async (t) => {
    const { run } = await openCase(t, {
      "/api/v1/activity": rows(["0.5"], ["0.25", { model: '=HYPERLINK("x","y")' }]),
    });
    assert.deepEqual((await run({ csv: true })).text.split("\n"), [
      "day,model,requests,prompt_tokens,completion_tokens,usdc",
      "2026-11-25,qwen/qwen3-32b,2,1000,500,0.5",
      `2026-11-25,"'=HYPERLINK(""x"",""y"")",2,1000,500,0.25`,
    ]);
  });

  test("nothing is nothing", async (t) => {
    const { run, bed } = await openCase(t, { "/api/v1/activity": { data: [] } });
    assert.deepEqual(await run(), { data: { router: ROUTER_ID, days: [], total: "0" }, text: "" });
    assert.match(bed.said.join(), /Nothing was used/);
  });
});

const GENERATION = {
  created_at: "2026-11-25T09:46:40.123Z",
  model: "qwen/qwen3-32b",
  provider_name: PAT,
  finish_reason: "stop",
  tokens_prompt: 1_000,
  tokens_completion: 500,
  cost: "0.000420001",
  latency: 420,
  generation_time: 2_345,
};

function idOf(count: number): string {
  return `gen-01a21219-a47b-7fe6-812a-${count.toString(16).padStart(12, "0")}`;
}

/** A router with so many answers, which gives fewer than it is asked for and now and then none. */
function pages(count: number): Answer {
  return (request, response) => {
    const query = new URL(request.url ?? "", "http://router").searchParams;
    const cursor = query.get("cursor");
    const from = cursor === null ? 0 : Number.parseInt(cursor.slice(-12), 16) + 1;
    const size = from % 3 === 2 ? 0 : Math.min(Number(query.get("limit")), 2);
    const data = Array.from({ length: Math.min(size, count - from) }, (_, index) => ({
      ...GENERATION,
      id: idOf(from + index),
    }));
    const next = from + Math.max(size, 1) - 1;
    replyWith(200, { data, next_cursor: next + 1 >= count ? null : idOf(next) })(request, response);
  };
}

describe("answer by answer", () => {
  test("each has its cost, provider, times and id", async (t) => {
    const { run } = await openCase(t, { "/api/v1/generations": pages(1) });
    const { text, data } = await run({ generations: true });
    assert.deepEqual(text.split("\n"), [
      "UTC                  MODEL           PROMPT  COMPLETION         USDC  END    FIRST  WHOLE",
      "2026-11-25 09:46:40  qwen/qwen3-32b    1000         500  0.000420001  stop  420 ms  2.3 s",
      `  ${idOf(0)} by ${PAT}`,
    ]);
    assert.deepEqual((data as { generations: object[] }).generations, [
      {
        id: idOf(0),
        created_at: "2026-11-25T09:46:40.123Z",
        model: "qwen/qwen3-32b",
        provider: PAT,
        prompt_tokens: 1_000,
        completion_tokens: 500,
        cost: "0.000420001",
        latency_ms: 420,
        duration_ms: 2_345,
        end: "stop",
      },
    ]);
    assert.match(
      (await run({ generations: true, csv: true })).text,
      new RegExp(`\n${idOf(0)},2026-11-25T09:46:40.123Z,`),
    );
  });

  test("pages are followed until there are enough or no more, also past short and empty ones", async (t) => {
    const { run } = await openCase(t, { "/api/v1/generations": pages(9) });
    const idsOf = async (limit: string): Promise<string[]> => {
      const { data } = await run({ generations: true, limit });
      return (data as { generations: { id: string }[] }).generations.map(({ id }) => id);
    };
    assert.deepEqual(await idsOf("5"), [0, 1, 3, 4, 6].map(idOf));
    assert.deepEqual(await idsOf("1000"), [0, 1, 3, 4, 6, 7].map(idOf));
  });

  test("a router whose list never ends is asked no more after a while", async (t) => {
    const { run, router } = await openCase(t, {
      "/api/v1/generations": { data: [], next_cursor: idOf(1) },
    });
    await run({ generations: true, limit: "1000" });
    assert.equal(router.calls.length, 51);
  });

  test("a router that gives more than it was asked for is cut off", async (t) => {
    const data = [0, 1, 2].map((count) => ({ ...GENERATION, id: idOf(count) }));
    const { run } = await openCase(t, { "/api/v1/generations": { data, next_cursor: null } });
    const outcome = await run({ generations: true, limit: "2" });
    assert.equal((outcome.data as { generations: object[] }).generations.length, 2);
  });

  test("a day and a model are asked of the router", async (t) => {
    const { run, router } = await openCase(t, { "/api/v1/generations": { data: [], next_cursor: null } });
    await run({ generations: true, day: "2026-11-25", model: "Qwen/X" });
    const query = new URLSearchParams(router.calls.at(-1)?.path.split("?")[1]);
    assert.deepEqual(Object.fromEntries(query), {
      limit: "20",
      model: "qwen/x",
      from: "2026-11-25T00:00:00.000Z",
      to: "2026-11-26T00:00:00.000Z",
    });
  });
});

test("what cannot be listed is refused before anything is asked", async (t) => {
  const { run, router, bed } = await openCase(t, {});
  for (const options of [
    { limit: "0" },
    { limit: "1001" },
    { limit: "x" },
    { day: "yesterday" },
    { day: "2026-13-01" },
  ]) {
    assert.equal((await faultOf(run(options))).reason, "usage");
  }
  const both = activity(bed.with({ isJson: true }), { arguments: [], options: { csv: true } });
  assert.match((await faultOf(both)).what, /two forms/);
  assert.deepEqual(router.calls, []);
});

test("rows that are none are told apart", async (t) => {
  for (const answer of [rows(["-1"]), rows(['"x"']), rows(["1", { requests: "2" }]), replyWith(200, "<html>")]) {
    const { run } = await openCase(t, { "/api/v1/activity": answer, "/api/v1/generations": answer });
    assert.equal((await faultOf(run())).code, "strange_answer");
    assert.equal((await faultOf(run({ generations: true }))).code, "strange_answer");
  }
});
