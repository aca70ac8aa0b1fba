// A check finds what works, what will lose money, and what fails, with real upstreams and routers.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { check } from "./check.ts";
import { CHECK_ANSWER_BYTES_MAX } from "./limits.ts";
import type { RouterScript } from "./test-bed/scripted-router.ts";
import { startRouter } from "./test-bed/scripted-router.ts";
import type { UpstreamExchange } from "./test-bed/scripted-upstream.ts";
import { HELLO_EVENTS, HELLO_JSON, startUpstream } from "./test-bed/scripted-upstream.ts";
import { configText, ROUTER_KEY, UPSTREAM_KEY } from "./test-bed/test-proxy.ts";

interface Answers {
  readonly plain?: string;
  readonly events?: readonly string[];
  readonly tools?: string;
  /** Answers everything instead. */
  readonly all?: (exchange: UpstreamExchange) => void;
}

const TOOL_JSON =
  '{"choices":[{"message":{"tool_calls":[{"id":"t","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}';

interface Checked {
  readonly code: number;
  readonly text: string;
  readonly bodies: readonly Record<string, unknown>[];
}

interface CheckOptions {
  readonly answers?: Answers;
  readonly script?: RouterScript;
  readonly offer?: string;
  readonly routerUrl?: string;
  readonly apiBase?: string;
  readonly routerId?: string;
  readonly isJson?: boolean;
}

async function checked(context: TestContext, options: CheckOptions = {}): Promise<Checked> {
  const answers = options.answers ?? {};
  const upstream = await startUpstream((exchange) => {
    const { body, response } = exchange;
    const request = JSON.parse(body) as { stream?: boolean; tools?: unknown };
    if (answers.all !== undefined) answers.all(exchange);
    else if (request.stream === true) {
      response.writeHead(200, { "content-type": "text/event-stream" }).end((answers.events ?? HELLO_EVENTS).join(""));
    } else {
      const text = request.tools === undefined ? (answers.plain ?? HELLO_JSON) : (answers.tools ?? TOOL_JSON);
      response.writeHead(200, { "content-type": "application/json" }).end(text);
    }
  });
  const router = await startRouter(options.script);
  const directory = mkdtempSync(join(tmpdir(), "aimo-check-"));
  context.after(async () => {
    rmSync(directory, { recursive: true, force: true });
    await upstream.close();
    await router.close();
  });
  const path = join(directory, "config.toml");
  const routers = [options.routerUrl ?? router.url];
  const apiBase = options.apiBase ?? upstream.apiBase;
  const { routerId } = options;
  const offer = options.offer ?? 'capabilities = ["tools"]';
  writeFileSync(path, configText({ routers, apiBase, offer, ...(routerId !== undefined && { routerId }) }));
  let text = "";
  const terminal = { write: (more: string) => (text += more) };
  const surroundings = {
    environment: {},
    output: terminal,
    errors: terminal,
    parentId: () => 1,
    exit: () => assert.fail(),
  };
  const code = await check(path, surroundings, { isJson: options.isJson ?? false });
  for (const secret of [ROUTER_KEY, UPSTREAM_KEY]) assert.equal(text.includes(secret), false, "a key was printed");
  return { code, text, bodies: upstream.exchanges.map(({ body }) => JSON.parse(body) as Record<string, unknown>) };
}

const row = (text: string, name: string): string[] =>
  (text.split("\n").find((line) => line.startsWith(`${name} `)) ?? "").split(/\s+/);

describe("check", () => {
  test("an upstream and a router that do everything are ready", async (context) => {
    const { code, text, bodies } = await checked(context);
    assert.equal(code, 0, text);
    assert.deepEqual(row(text, "demo"), ["demo", "works", "works", "works", "works"]);
    assert.match(text, /http:\/\/127\.0\.0\.1:\d+ +works +works/);
    assert.match(text, /Ready to sell\./);
    assert.deepEqual(
      bodies.map((body) => [body["model"], body["stream"] ?? false, body["tools"] !== undefined]),
      [
        ["upstream-demo", false, false],
        ["upstream-demo", true, false],
        ["upstream-demo", false, true],
      ],
    );
    assert.deepEqual(bodies[1]?.["stream_options"], { include_usage: true });
  });

  test("an answer of the limit is read, and one byte more fails the model", async (context) => {
    const works = await checked(context, { answers: { plain: HELLO_JSON.padEnd(CHECK_ANSWER_BYTES_MAX) } });
    assert.equal(works.code, 0, works.text);
    const fails = await checked(context, { answers: { plain: HELLO_JSON.padEnd(CHECK_ANSWER_BYTES_MAX + 1) } });
    assert.equal(fails.code, 1);
    assert.match(fails.text, /its answer to a short question is absurdly long/);
  });

  test("a stream without usage will not be paid", async (context) => {
    const events = HELLO_EVENTS.filter((event) => !event.includes("prompt_tokens"));
    const { code, text } = await checked(context, { answers: { events } });
    assert.equal(code, 1);
    assert.deepEqual(row(text, "demo"), ["demo", "works", "unpaid", "missing", "works"]);
    assert.match(text, /WILL NOT BE PAID +demo +stream: no event of the stream has usage/);
    assert.match(text, /fix: .*include_usage/);
  });

  test("an answer without usage or without finish_reason will not be paid", async (context) => {
    const { code, text } = await checked(context, {
      answers: { plain: '{"choices":[{"message":{"content":"hello"}}]}' },
    });
    assert.equal(code, 1);
    assert.match(text, /plain: the answer has no usage/);
    assert.match(text, /plain: the answer ends without finish_reason/);
  });

  test("the sample answers of the provider guide are paid", async (context) => {
    const plain =
      '{"choices":[{"message":{"role":"assistant","content":"Hello! How can I help you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18}}';
    const events = [
      'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n',
      'data: {"choices":[{"delta":{"content":"!"}}],"finish_reason":"stop","usage":{"prompt_tokens":10,"completion_tokens":3}}\n\n',
      "data: [DONE]\n\n",
    ];
    assert.equal((await checked(context, { answers: { plain, events } })).code, 0);
  });

  test("JSON in place of a stream fails", async (context) => {
    const all = ({ response }: UpstreamExchange): void => {
      response.writeHead(200, { "content-type": "application/json" }).end(HELLO_JSON);
    };
    const { code, text } = await checked(context, { answers: { all }, offer: "" });
    assert.equal(code, 1);
    assert.match(text, /stream: expected text\/event-stream, found application\/json/);
  });

  test("tools that are offered and do not work fail, tools that are not offered are no matter", async (context) => {
    const offered = await checked(context, { answers: { tools: HELLO_JSON } });
    assert.equal(offered.code, 1);
    assert.match(offered.text, /FAILS +demo +tools: offered/);
    const silent = await checked(context, { answers: { tools: HELLO_JSON }, offer: "" });
    assert.equal(silent.code, 0);
    assert.equal(row(silent.text, "demo")[4], "no");
    const hidden = await checked(context, { offer: "" });
    assert.equal(hidden.code, 0);
    assert.match(hidden.text, /hint +demo +tools work but are not offered/);
  });

  for (const [status, advice] of [
    [401, /params\.api_key/],
    [404, /params\.model/],
    [429, /quota/],
    [500, /upstream's own log/],
  ] as const) {
    test(`an upstream that answers ${status} fails with what to look at`, async (context) => {
      const all = ({ response }: UpstreamExchange): void => {
        response
          .writeHead(status, { "content-type": "application/json" })
          .end('{"error":{"message":"its \u001B words"}}');
      };
      const { code, text } = await checked(context, { answers: { all } });
      assert.equal(code, 1);
      assert.match(text, new RegExp(`plain: the upstream answers ${status}: .*its.* words`));
      assert.match(text, advice);
      assert.equal(text.includes("\u001B"), false);
    });
  }

  test("an upstream that is not there fails, and nothing more is asked of it", async (context) => {
    const { code, text } = await checked(context, { apiBase: "http://127.0.0.1:1/v1" });
    assert.equal(code, 1);
    assert.match(text, /plain: .*nothing listens.*ECONNREFUSED/);
    assert.deepEqual(row(text, "demo"), ["demo", "fails", "-", "-", "-"]);
  });

  test("the router of the config's id is ready, and another one is not shown the key", async (context) => {
    const routerId = "6sbzC1eH4FTujJXWj51eQe25cYvr4xfXbJ1vAj7j2k5J";
    assert.equal((await checked(context, { routerId, script: { routerId } })).code, 0);
    const handshakes: number[] = [];
    const refuse = (): undefined => void handshakes.push(1);
    const { code, text } = await checked(context, { routerId, script: { refuse } });
    assert.equal(code, 1);
    assert.match(text, new RegExp(`the router router-1 is there, expected ${routerId}`));
    assert.match(text, /fix: Check routers\.url and routers\.id/);
    assert.deepEqual(handshakes, []);
  });

  test("for programs the report is JSON and nothing else", async (context) => {
    const good = await checked(context, { isJson: true });
    const report = JSON.parse(good.text) as { ready: boolean; models: { name: string; usage: string }[] };
    assert.equal(good.code, 0);
    assert.equal(report.ready, true);
    assert.deepEqual(
      report.models.map(({ name, usage }) => [name, usage]),
      [["demo", "works"]],
    );
    const bad = await checked(context, { isJson: true, routerUrl: "http://127.0.0.1:1" });
    assert.equal(bad.code, 1);
    const { ready, routers } = JSON.parse(bad.text) as { ready: boolean; routers: { findings: { fix: string }[] }[] };
    assert.equal(ready, false);
    assert.match(routers[0]?.findings[0]?.fix ?? "", /HTTPS_PROXY/);
  });

  test("a refused key and a missing router fail with their reasons", async (context) => {
    const refuse = (): { status: number; body: string } => ({
      status: 401,
      body: '{"error":{"message":"The API key expired."}}',
    });
    const refused = await checked(context, { script: { refuse } });
    assert.equal(refused.code, 1);
    assert.match(refused.text, /the router refuses the key: The API key expired\./);
    const missing = await checked(context, { routerUrl: "http://127.0.0.1:1" });
    assert.equal(missing.code, 1);
    assert.match(missing.text, /cannot connect: .*ECONNREFUSED/);
  });
});
