// A whole router observed: what /metrics, the log and the collector say of real requests, and that tracing harms none.
import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { sendRaw } from "./test-bed/raw-request.ts";
import type { Collector } from "./test-bed/collector.ts";
import { startCollector } from "./test-bed/collector.ts";
import type { ScriptedCall, ScriptedProvider } from "./test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "./test-bed/scripted-provider.ts";
import type { TestRouter } from "./test-bed/test-router.ts";

const loaded: string[] = [];
registerHooks({
  resolve(specifier, context, next) {
    loaded.push(specifier);
    return next(specifier, context);
  },
});

const { startTestRouter } = await import("./test-bed/test-router.ts"); // now, so that what it loads is seen

const ASK = { model: "m", messages: [{ role: "user", content: "hello" }] };
const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const WHOLE = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 4 },
});
const EVENTS = [
  '{"choices":[{"index":0,"delta":{"role":"assistant","content":"hi"}}]}',
  '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
  "[DONE]",
];

function answerCall(call: ScriptedCall): void {
  if (call.head.stream) {
    call.respond(200, { "content-type": "text/event-stream" });
    call.write(EVENTS.map((data) => `data: ${data}\n\n`).join(""));
  } else {
    call.respond(200, { "content-type": "application/json" });
    call.write(WHOLE);
  }
  call.end();
}

interface Bench {
  readonly router: TestRouter;
  readonly provider: ScriptedProvider;
  readonly key: string;
  ask(body: object, headers?: Record<string, string>): Promise<Response>;
  /** The value of one sample of /metrics. */
  sample(name: string): Promise<number | undefined>;
}

async function start(
  t: TestContext,
  settings: Record<string, string> = {},
  answer: (call: ScriptedCall) => void = answerCall,
  clock: Clock = systemClock,
): Promise<Bench> {
  const router = await startTestRouter(settings, clock);
  const key = await router.key();
  const provider = await connectProvider(router.url, await router.key(), answer);
  t.after(async () => {
    await provider.close();
    await router.close();
  });
  await provider.offer([plainOffer("m")]);
  return {
    router,
    provider,
    key,
    ask: (body, headers = {}) => router.chat(key, body, { headers: { authorization: `Bearer ${key}`, ...headers } }),
    async sample(name) {
      const response = await fetch(`${router.operatorUrl}/metrics`);
      assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
      const line = (await response.text()).split("\n").find((text) => text.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length));
    },
  };
}

async function collect(t: TestContext): Promise<Collector> {
  const collector = await startCollector();
  t.after(() => collector.close());
  return collector;
}

describe("without a collector", () => {
  test("no tracing is loaded, and the client's trace context passes as it is", async (t) => {
    const { provider, ask } = await start(t);
    assert.equal((await ask(ASK, { traceparent: PARENT })).status, 200);
    assert.equal(provider.calls[0]?.head.headers["traceparent"], PARENT);
    await ask(ASK);
    assert.equal(provider.calls[1]?.head.headers["traceparent"], undefined);
    assert.deepEqual(
      loaded.filter((specifier) => /opentelemetry|traces\.ts$/.test(specifier)),
      ["@opentelemetry/api"], // by prom-client, which looks for a running trace in it
    );
  });
});

describe("the metrics of a router", () => {
  test("count answers, refusals, retries, links and bytes", async (t) => {
    const { router, ask, sample } = await start(t);
    await (await ask(ASK)).text();
    await (await ask({ ...ASK, stream: true })).text();
    await (await ask({ ...ASK, model: "gone" })).text();
    await (await router.chat("aimo-sk-wrong", ASK)).text();
    await (await fetch(`${router.url}/api/v1/models`)).text();
    await (await fetch(`${router.url}/.well-known/aimo.json`)).text();
    await (await fetch(`${router.url}/api/v1/openapi.json`)).text();
    await (await fetch(`${router.url}/nothing`)).text();
    await sendRaw(router.url, "nonsense\r\n\r\n");
    for (const [name, value] of [
      ['aimo_requests_total{endpoint="chat_completions",stream="false",outcome="answered"}', 1],
      ['aimo_requests_total{endpoint="chat_completions",stream="true",outcome="answered"}', 1],
      ['aimo_requests_total{endpoint="chat_completions",stream="unknown",outcome="refused"}', 2],
      ['aimo_requests_total{endpoint="other",stream="unknown",outcome="answered"}', 3],
      ['aimo_requests_total{endpoint="other",stream="unknown",outcome="refused"}', 2],
      ['aimo_errors_total{code="model_not_found"}', 1],
      ['aimo_errors_total{code="malformed_key"}', 1],
      ['aimo_errors_total{code="not_found"}', 1],
      ['aimo_errors_total{code="invalid_request"}', 1],
      ['aimo_attempts_total{outcome="answered"}', 2],
      ["aimo_retries_total", 0],
      ["aimo_first_token_seconds_count", 1],
      ['aimo_request_seconds_count{stream="true"}', 1],
      ["aimo_links", 1],
      ["aimo_requests_open", 0],
      ["aimo_streams_open", 0],
      [
        'aimo_relay_bytes_total{direction="from_provider"}',
        WHOLE.length + EVENTS.map((data) => `data: ${data}\n\n`).join("").length,
      ],
    ] as const) {
      assert.equal(await sample(name), value, name);
    }
    assert.ok(((await sample('aimo_relay_bytes_total{direction="to_provider"}')) ?? 0) > 100);
  });

  test("show a request while it runs, a retry, and what providers failed with", async (t) => {
    const first = Promise.withResolvers<ScriptedCall>();
    const fail = (call: ScriptedCall): void => {
      call.respond(500, {});
      call.write("SECRET words");
      call.end();
    };
    let calls = 0;
    const answer = (call: ScriptedCall): void => {
      calls += 1;
      if (calls === 1) first.resolve(call);
      else if (call.body.includes("fail")) fail(call);
      else answerCall(call);
    };
    const { router, ask, sample } = await start(t, {}, answer);
    const second = await connectProvider(router.url, await router.key(), answer);
    t.after(() => second.close());
    await second.offer([plainOffer("m")]);
    const running = ask({ ...ASK, stream: true });
    const held = await first.promise;
    assert.deepEqual([await sample("aimo_requests_open"), await sample("aimo_streams_open")], [1, 1]);
    assert.equal(await sample("aimo_links"), 2);
    fail(held);
    const response = await running;
    assert.equal(response.status, 200);
    await response.text();
    assert.equal(await sample("aimo_retries_total"), 1);
    assert.equal(await sample('aimo_attempts_total{outcome="provider_error"}'), 1);
    assert.equal(await sample('aimo_errors_total{code="provider_error"}'), 0);

    const failed = await ask({ ...ASK, messages: [{ role: "user", content: "fail" }] });
    assert.equal(failed.status, 502);
    await failed.text();
    assert.equal(await sample('aimo_requests_total{endpoint="chat_completions",stream="false",outcome="failed"}'), 1);
    assert.equal(await sample('aimo_attempts_total{outcome="provider_error"}'), 3);
    assert.equal(await sample('aimo_errors_total{code="provider_error"}'), 1);
    assert.deepEqual([await sample("aimo_requests_open"), await sample("aimo_streams_open")], [0, 0]);
    const log = router.logLines.join("");
    assert.doesNotMatch(log, /SECRET/);
    assert.equal(log.match(/"code":"provider_error"[^\n]*"attempt failed"/g)?.length, 3);
    assert.equal(log.match(/"code":"provider_error"[^\n]*"request failed"/g)?.length, 1);
    assert.equal(log.match(/"request answered"/g)?.length, 1);
  });

  test("are on the operator's port alone, whose refusals and log quote no URL", async (t) => {
    const { router } = await start(t);
    assert.equal((await fetch(`${router.url}/metrics`)).status, 404);
    const asked = await fetch(`${router.operatorUrl}/metrics/SECRET?key=SECRET`);
    assert.equal(asked.status, 404);
    await fetch(`${router.url}/SECRET?key=SECRET`);
    await fetch(`${router.url}/api/v1/models/%E0%A4%A?key=SECRET`);
    assert.doesNotMatch(router.logLines.join(""), /SECRET/);
  });
});

describe("a traced request", () => {
  for (const stream of [true, false]) {
    test(`reaches the provider with the context of its attempt (stream: ${stream})`, async (t) => {
      const collector = await collect(t);
      const { router, provider, ask } = await start(t, {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=collector-key",
      });
      const response = await ask({ ...ASK, stream, max_tokens: 9 }, { traceparent: PARENT, tracestate: "vendor=1" });
      await response.text();
      await router.close();
      const [attempt, request] = collector.spans;
      assert.ok(attempt !== undefined && request !== undefined && collector.spans.length === 2);
      const sent = provider.calls[0]?.head.headers["traceparent"];
      assert.equal(sent, `00-0af7651916cd43dd8448eb211c80319c-${attempt.spanId}-01`);
      assert.equal(request.parentSpanId, "b7ad6b7169203331");
      assert.equal(attempt.parentSpanId, request.spanId);
      assert.equal(request.attributes["gen_ai.response.id"], response.headers.get("x-generation-id"));
      assert.equal(request.attributes["aimo.request.id"], response.headers.get("x-request-id"));
      assert.equal(request.attributes["gen_ai.request.max_tokens"], 9);
      assert.equal(request.attributes["gen_ai.request.stream"], stream);
      assert.equal(request.attributes["gen_ai.usage.output_tokens"], stream ? undefined : 4);
      assert.equal(request.attributes["server.address"], "127.0.0.1");
      assert.equal(request.attributes["server.port"], Number(new URL(router.url).port));
      assert.equal(collector.headers[0]?.authorization, "collector-key");
      assert.doesNotMatch(collector.bodies.join(""), /hello|"hi"|collector-key|aimo-sk/);
    });
  }

  test("is answered as ever when the collector is not there, and the router stops in time", async (t) => {
    const gone = await startCollector();
    await gone.close();
    const { router, ask } = await start(t, { OTEL_EXPORTER_OTLP_ENDPOINT: gone.url }, answerCall, manualClock());
    for (let count = 0; count < 3; count += 1) {
      const response = await ask(ASK);
      assert.deepEqual([response.status, /"content":"hi"/.test(await response.text())], [200, true]);
    }
    await router.close(); // on a clock made by hand: it is the router's own bound that ends the export
  });
});
