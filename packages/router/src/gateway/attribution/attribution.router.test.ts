// What requests say they come from, through a whole router: to the owner, to nobody else, and nothing of it that is a secret.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const ANSWER =
  '{"choices":[{"index":0,"message":{"role":"assistant","content":"abc"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":3}}';
const EVENTS = [
  'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"abc"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":3}}\n\n',
  "data: [DONE]\n\n",
];
const ASKED_MAX = 20; // APPS_ASKED_PER_WALLET_MAX and APPS_PER_WALLET_AND_DAY_MAX of the ledger
const USED_MAX = 30;
const SECRET = "s3cr3t-of-the-referer";
// Everything that the database holds, as text.
const TABLES = `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')`;

interface Shown {
  readonly app_id: number | null;
  readonly app_name: string | null;
  readonly http_referer: string | null;
}

describe("requests that say what they come from", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let key: string;

  before(async () => {
    router = await startTestRouter();
    provider = await connectProvider(router.url, await router.key(), (call) => {
      const isStream = call.body.includes('"stream":true');
      call.respond(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
      for (const text of isStream ? EVENTS : [ANSWER]) call.write(text);
      call.end();
    });
    await provider.offer([plainOffer("m")]);
    key = await router.key();
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  /** Asks and reads the answer to its end; gives the generation's id and everything that came back. */
  const ask = async (headers: Record<string, string>, more: object = {}, by = key) => {
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }], ...more });
    const all = { authorization: `Bearer ${by}`, "content-type": "application/json", ...headers };
    const response = await router.chat(by, body, { headers: all });
    const text = `${JSON.stringify([...response.headers])} ${await response.text()}`;
    assert.equal(response.status, 200, text);
    return { id: response.headers.get("x-generation-id") ?? "", text };
  };
  const read = async (path: string, by?: string): Promise<string> => {
    const headers: Record<string, string> = by === undefined ? {} : { authorization: `Bearer ${by}` };
    return await (await fetch(`${router.url}/api/v1${path}`, { headers })).text();
  };
  const shown = async (id: string): Promise<Shown> => {
    const { data } = JSON.parse(await read(`/generation?id=${id}`, key)) as { data: Shown };
    return { app_id: data.app_id, app_name: data.app_name, http_referer: data.http_referer };
  };
  const apps = async (like: string): Promise<number> =>
    (await router.database.query("SELECT FROM app_sites WHERE url LIKE $1", [like])).length;

  test("have it on their generation, whole or streamed, and one app one number", async () => {
    const headers = { "http-referer": "https://whole.example.org/chat", "x-title": "Anna's Chat" };
    const [whole, stream] = [await ask(headers), await ask(headers, { stream: true })];
    const first = await shown(whole.id);
    assert.ok(first.app_id !== null && first.app_id > 0);
    assert.deepEqual(first, { ...first, app_name: "Anna's Chat", http_referer: "https://whole.example.org/chat" });
    assert.deepEqual(await shown(stream.id), first);
    assert.deepEqual(await shown((await ask({})).id), { app_id: null, app_name: null, http_referer: null });
  });

  test("count in public where they say so", async () => {
    const headers = { "http-referer": "https://public.example.org/" };
    await ask(headers);
    await ask({ ...headers, "x-aimo-public-app": "1" });
    const rows = await router.database.query<{ is_public: boolean; requests: bigint }>(
      `SELECT u.app_id < 0 AS is_public, sum(u.requests) AS requests FROM usage_daily u JOIN apps a ON a.id = abs(u.app_id)
        JOIN app_sites s ON s.id = a.site_id WHERE s.url = $1 GROUP BY 1 ORDER BY 1`,
      ["https://public.example.org/"],
    );
    assert.deepEqual(
      rows.map(({ is_public, requests }) => [is_public, Number(requests)]),
      [
        [false, 1],
        [true, 1],
      ],
    );
  });

  test("are answered whatever they say", async () => {
    for (const referer of [
      "",
      "::",
      "http://localhost:3000/",
      "javascript:alert(1)",
      `https://a.org/${"a".repeat(9_000)}`,
    ]) {
      const { id } = await ask({ "http-referer": referer, "x-title": "\u00ff\u0080", "x-aimo-public-app": "maybe" });
      assert.equal((await shown(id)).http_referer, null, referer);
    }
  });

  test("tell their provider nothing of it", async () => {
    const callsBefore = provider.calls.length;
    await ask({
      "http-referer": "https://unseen.example.org/",
      "x-title": "Unseen Title",
      "x-openrouter-title": "Unseen Title",
      "x-aimo-public-app": "1",
    });
    const seen = provider.calls.slice(callsBefore).map(({ head, body }) => JSON.stringify([head, body]));
    assert.equal(seen.length, 1);
    assert.doesNotMatch(seen.join(), /unseen|referer|title|public-app/i);
  });

  test("leave no secret of their address anywhere: not in the database, not in the log, not in an answer", async () => {
    const referer = `https://anna:${SECRET}@secret.example.org/chat;sid=${SECRET}?token=${SECRET}#${SECRET}`;
    const headers = { "http-referer": referer, "x-title": "Secret Chat", "x-aimo-public-app": "1" };
    const answers = [await ask(headers), await ask(headers, { stream: true })];
    const { id } = answers[0]!;
    assert.equal((await shown(id)).http_referer, "https://secret.example.org/chat");
    const told = [
      ...answers.map(({ text }) => text),
      await read(`/generation?id=${id}`, key),
      await read("/generations", key),
      await read("/datasets/app-rankings?period=day"),
    ];
    const tables = await router.database.query<{ name: string }>(TABLES);
    assert.ok(tables.some(({ name }) => name === "app_sites"));
    for (const { name } of tables) {
      const rows = await router.database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      told.push(...rows.map(({ row }) => row));
    }
    assert.ok(told.some((text) => text.includes("https://secret.example.org/chat")));
    assert.ok(router.logLines.length > 0);
    for (const text of [...told, ...router.logLines]) assert.ok(!text.includes(SECRET), text.slice(0, 500));
    const calls = provider.calls.map(({ head, body }) => JSON.stringify([head, body]));
    for (const call of calls) assert.ok(!call.includes(SECRET));
  });

  test("fill no database, however many apps a stranger names", async () => {
    const stranger = await router.key();
    for (let index = 0; index < ASKED_MAX + USED_MAX; index += 1) {
      await ask({ "http-referer": `https://flood-${index}.example.org/` }, {}, stranger);
    }
    const made = await apps("https://flood-%");
    assert.ok(made >= ASKED_MAX && made <= USED_MAX, `${made} apps`); // more than the first where a minute ends meanwhile
    const { id } = await ask({ "http-referer": "https://own.example.org/" });
    assert.equal((await shown(id)).http_referer, "https://own.example.org/");
  });

  test("are described by the router's own document", async () => {
    const document = JSON.parse(await read("/openapi.json")) as { paths: Record<string, { get?: object }> };
    assert.ok(document.paths["/api/v1/datasets/app-rankings"]?.get);
    assert.match(await read("/datasets/app-rankings?period=day"), /^\{"data":\[/);
  });
});
