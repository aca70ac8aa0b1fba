// Nothing of what people say to models, and no key, stands in any log, metric, span, file or table, whatever goes wrong.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Collector } from "aimo-router/src/test-bed/collector.ts";
import { startCollector } from "aimo-router/src/test-bed/collector.ts";
import { loadWallet } from "@aimo-network/localnet/wallets";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { databaseText } from "./database-text.ts";
import type { Network, TestProvider } from "./network.ts";
import { startNetwork, waitFor } from "./network.ts";
import type { QuotingUpstream } from "./quoting-upstream.ts";
import { QUOTING_MODELS, startQuotingUpstream } from "./quoting-upstream.ts";
import type { Place, Secret } from "./secret-scan.ts";
import { findSecrets } from "./secret-scan.ts";

/** What nobody but its owner may read, each a text that is nowhere else in the world. */
const mark = (name: string): string => `${name}${Buffer.from(systemRandom.bytes(18)).toString("hex")}`;
const CONTENT = {
  prompt: mark("prompt"),
  "system prompt": mark("system"),
  "tool description": mark("toolwords"),
  "tool arguments": mark("toolargs"),
  "tool result": mark("toolresult"),
  "image data": Buffer.from(systemRandom.bytes(48)).toString("base64"),
  "name of a model": mark("model"),
  "part of a URL": mark("query"),
  "user agent": mark("agent"),
  "idempotency key": mark("retry"),
};
const UPSTREAM_KEY = mark("sk-upstream");
const LITERAL_KEY = mark("sk-literal");
const COLLECTOR_KEY = mark("collector");
const STOLEN_KEY = `aimo-sk-v2-${base58.encode(systemRandom.bytes(150))}`;

const WALLETS = ["user", "provider", "operator", "faucet", "mint"] as const;

/** The only files that hold secrets, and which. */
const KEPT: readonly (readonly [file: RegExp, secrets: readonly string[]])[] = [
  [/^localnet\.json$/, ["user key", "provider key"]],
  [/^user\.sh$/, ["user key"]],
  [/^provider\.sh$/, ["provider key"]],
  [/^wallets\/\w+\.json$/, WALLETS.map((owner) => `${owner} wallet`)],
  [/^router\/(?:settler|cosigner)\.json$/, ["settler's key", "cosigner's key"]],
  [/^router\/router-identity\.json$/, ["router identity"]],
  [/^provider-\d+\/config\.toml$/, ["upstream key in a config"]],
];

/** The database's own files, its log of writes among them: some hundred megabytes. */
const DATABASE_FILES = /\/postgres\/data\//;

const USER_AGENT = { "user-agent": CONTENT["user agent"] };

function messagesWith(extra: readonly object[] = []): object[] {
  const call = {
    id: "call_1",
    type: "function",
    function: { name: "weather", arguments: `{"x":"${CONTENT["tool arguments"]}"}` },
  };
  return [
    { role: "system", content: CONTENT["system prompt"] },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: CONTENT["tool result"] },
    ...extra,
    { role: "user", content: `${CONTENT.prompt} "quoted" \n and more` },
  ];
}

const TOOLS = [
  {
    type: "function",
    function: {
      name: "weather",
      description: CONTENT["tool description"],
      parameters: { type: "object", properties: { place: { type: "string", enum: [CONTENT["tool arguments"]] } } },
    },
  },
];
const IMAGE = {
  role: "user",
  content: [
    { type: "text", text: CONTENT.prompt },
    { type: "image_url", image_url: { url: `data:image/png;base64,${CONTENT["image data"]}` } },
  ],
};

describe("a network whose every process logs all it can", () => {
  let network: Network;
  let collector: Collector;
  let upstream: QuotingUpstream;
  let demo: TestProvider;
  const secrets: Secret[] = Object.entries({
    ...CONTENT,
    "upstream key": UPSTREAM_KEY,
    "upstream key in a config": LITERAL_KEY,
    "collector's key": COLLECTOR_KEY,
    "wrong key": STOLEN_KEY,
  }).map(([name, text]) => ({ name, text }));
  const pages: Place[] = [];

  /** Sends a request and reads its answer to the end, whatever it is. */
  const send = async (path: string, init: RequestInit = {}): Promise<string> => {
    const response = await fetch(`${network.file.router_url}${path}`, init);
    return await response.text();
  };
  const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
    method: "POST",
    headers: { authorization: `Bearer ${network.file.user.api_key}`, ...USER_AGENT, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const chat = (body: object, headers?: Record<string, string>): Promise<string> =>
    send("/api/v1/chat/completions", post({ messages: messagesWith(), ...body }, headers));
  const sendRaw = async (url: string, text: string): Promise<void> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.end(text);
    socket.resume();
    await once(socket, "close");
  };
  /** Starts a program that should end by itself, and waits for that. */
  const runToEnd = async (path: string, environment: Record<string, string>, words: string[] = []): Promise<string> => {
    const child: Child = startChild(
      systemClock,
      { name: "failing", entry: new URL(path, import.meta.url), environment, arguments: words },
      process.env,
      (line, name) => void network.lines.push(`${name} ${line}`),
    );
    await child.exited;
    return child.lastLines();
  };
  /** The secret half of a key's file, in all its spellings. */
  const keySecrets = (name: string, file: string): Secret[] => {
    const bytes = JSON.parse(readFileSync(join(network.directory, file), "utf8")) as number[];
    const seed = Uint8Array.from(bytes.slice(0, 32));
    return [seed.join(","), base58.encode(seed), Buffer.from(seed).toString("hex")].map((text) => ({ name, text }));
  };
  const scrape = async (url: string, where: string): Promise<void> => {
    pages.push({ where, text: await (await fetch(`${url}/metrics`)).text() });
  };

  before(async () => {
    collector = await startCollector();
    upstream = await startQuotingUpstream();
    network = await startNetwork({
      withChain: true,
      routerSettings: {
        AIMO_LOG_LEVEL: "trace",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${COLLECTOR_KEY}`,
      },
    });
    const words = ["--log-level", "debug"];
    demo = await network.startProvider({
      models: ["demo.echo", "demo", "demo.pace-20ms.fixed-3000", "demo.error-after-2.echo", "demo.no-usage.echo"],
      params: `api_key = "${LITERAL_KEY}"`,
      settings: `[spool]\npath = "${join(network.directory, "demo-ends.jsonl")}"`,
      words,
    });
    await network.startProvider({
      models: QUOTING_MODELS,
      author: "quoting",
      upstreamUrl: upstream.url,
      params: `headers = { x-own = "${LITERAL_KEY}" }\napi_key = "${LITERAL_KEY}"`,
      settings: `[spool]\npath = "${join(network.directory, "quoting-ends.jsonl")}"`,
      words,
    });
    const { user, provider } = network.file;
    secrets.push({ name: "user key", text: user.api_key }, { name: "provider key", text: provider.api_key });
    for (const key of demo.keys) secrets.push({ name: "key of a provider", text: key });
    for (const owner of WALLETS) secrets.push(...keySecrets(`${owner} wallet`, `wallets/${owner}.json`));
    for (const role of ["settler", "cosigner"]) secrets.push(...keySecrets(`${role}'s key`, `router/${role}.json`));
    const identity = JSON.parse(readFileSync(join(network.directory, "router", "router-identity.json"), "utf8")) as {
      d: string;
    };
    secrets.push({ name: "router identity", text: identity.d });
  });
  after(async () => {
    await network.stop();
    await upstream.close();
    await collector.close();
  });

  test("answers, with tools, images and echoes", async () => {
    for (const stream of [false, true]) {
      const echoed = await chat({ model: "test/demo.echo", stream });
      const said = [...echoed.matchAll(/"content":"([^"\\]*)/g)].map(([, piece]) => piece).join("");
      assert.ok(said.startsWith(CONTENT.prompt), "the prompt went all the way and came back");
      await chat({ model: "test/demo", stream, tools: TOOLS, tool_choice: "required" });
      await chat({ model: "test/demo.echo", stream, messages: messagesWith([IMAGE]) });
      await chat({ model: "aimo/demo", stream }, { traceparent: `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01` });
      await chat({ model: "test/demo.no-usage.echo", stream });
    }
  });

  test("is asked again under an idempotency key, signed in to, and makes a key", async () => {
    const again = { "idempotency-key": CONTENT["idempotency key"] };
    for (const stream of [false, false, true]) await chat({ model: "test/demo.echo", stream }, again);
    const { router_url: url, user } = network.file;
    const json = (body: object): RequestInit => ({
      method: "POST",
      headers: { "content-type": "application/json", ...USER_AGENT },
      body: JSON.stringify(body),
    });
    const challenge = await send("/api/v1/auth/challenge", json({ address: user.wallet }));
    const { message } = JSON.parse(challenge) as { message: string };
    const wallet = loadWallet(join(network.directory, "wallets", "user.json"));
    const signature = base58.encode(await wallet.sign(Buffer.from(message)));
    const login = await fetch(`${url}/api/v1/auth/login`, json({ address: user.wallet, message, signature }));
    assert.equal(login.status, 200);
    const token = /^[^=]+=([^;]+)/.exec(login.headers.get("set-cookie") ?? "")?.[1];
    assert.ok(token !== undefined && token.length > 20);
    const made = await send("/api/v1/keys", post({ name: "a key" }));
    const { key } = JSON.parse(made) as { key: string };
    secrets.push({ name: "session token", text: token }, { name: "issued key", text: key });
    await chat({ model: "test/demo.echo" }, { authorization: `Bearer ${key}` });
  });

  test("fails upstream in every way that quotes the request", async () => {
    for (const model of QUOTING_MODELS) {
      for (const stream of [false, true]) await chat({ model: `quoting/${model}`, stream });
    }
    await chat({ model: "test/demo.error-after-2.echo", stream: true });
    assert.ok(upstream.bodies.length >= QUOTING_MODELS.length * 2);
    assert.ok(upstream.bodies.every((body) => body.includes(CONTENT.prompt)));
  });

  test("is sent what nobody can read, in every place where text can stand", async () => {
    const { prompt } = CONTENT;
    const model = "test/demo.echo";
    await send("/api/v1/chat/completions", post(`{"messages":[{"content":"${prompt}`));
    await send("/api/v1/chat/completions", post(prompt, { "content-type": prompt }));
    await send("/api/v1/chat/completions", post({ model: CONTENT["name of a model"], messages: messagesWith() }));
    await send(
      "/api/v1/chat/completions",
      post(`{"model":"${model}","messages":[{"role":"user","content":"x"}],"${prompt}":1,"${prompt}":2}`),
    );
    await chat({ model, stream: prompt });
    await chat({ model, messages: [prompt] });
    await chat({ model, n: prompt });
    await chat({ model, [prompt]: prompt, stream_options: prompt, stream: true });
    for (const url of [`http://${prompt}.internal/x.png`, `https://${prompt}.invalid/x.png`, prompt]) {
      await chat({ model, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] });
    }
    await chat({ model }, { traceparent: prompt, tracestate: prompt, "x-request-id": prompt });
    for (const path of ["message", "generate", "verify", "metadata_bytes"]) {
      await send(`/api/v1/keys/${path}`, post(`{"key":"${STOLEN_KEY}","x":"${prompt}`));
      await send(`/api/v1/keys/${path}`, post({ key: STOLEN_KEY, signature: prompt, tag: prompt, signer: prompt }));
    }
    await send("/api/v1/keys/verify", post({ key: network.file.user.api_key }));
  });

  test("is sent keys in all the wrong places", async () => {
    const { api_key: key } = network.file.user;
    const query = `?api_key=${key}&prompt=${CONTENT["part of a URL"]}`;
    const body = { model: "test/demo.echo", messages: messagesWith() };
    for (const path of [
      "/api/v1/chat/completions",
      "/v1/models",
      `/${key}`,
      `/v1/models/${key}`,
      "/v1/providers/x",
      "/%ZZ",
    ]) {
      await send(path + query, post(body));
      await send(path + query, { headers: USER_AGENT });
    }
    for (const wrong of [STOLEN_KEY, key.slice(0, -5), `${key}x`, `sk-${CONTENT.prompt}`]) {
      await chat(body, { authorization: `Bearer ${wrong}` });
      await chat(body, { authorization: "", "x-api-key": wrong });
      await chat(body, { authorization: wrong });
      await send(`/api/v1/providers/subscribe?key=${wrong}`, { headers: { authorization: `Bearer ${wrong}` } });
    }
    const { router_url: url } = network.file;
    const upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n";
    for (const text of [
      `GET /?${key} HTTP/1.1\r\nauthorization: Bearer ${key}\r\nbroken ${CONTENT.prompt}\r\n\r\n`,
      `${CONTENT.prompt} ${key}\r\n\r\n`,
      `POST / HTTP/1.1\r\nhost: a\r\nexpect: ${CONTENT.prompt}\r\ncontent-length: 0\r\n\r\n`,
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-length: 900\r\n\r\n{"${CONTENT.prompt}`,
      `GET /api/v1/providers/subscribe?${key} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${STOLEN_KEY}\r\n${upgrade}sec-websocket-protocol: ${CONTENT.prompt}\r\nsec-websocket-key: ${CONTENT.prompt}\r\n\r\n`,
      `GET /${CONTENT.prompt} HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(40_000)}\r\n\r\n`,
    ]) {
      await sendRaw(url, text);
      await sendRaw(network.operatorUrl, text);
    }
    await fetch(`${network.operatorUrl}/metrics/${CONTENT["part of a URL"]}${query}`);
    await fetch(`${network.operatorUrl}/metrics${query}`);
  });

  test("is left by clients, by a provider and by a router", async () => {
    const model = "test/demo.pace-20ms.fixed-3000";
    const leave = new AbortController();
    const left = await fetch(`${network.file.router_url}/v1/chat/completions`, {
      ...post({ model, stream: true, messages: messagesWith() }),
      signal: leave.signal,
    });
    await left.body?.getReader().read();
    leave.abort();

    const other = await network.startRouter();
    secrets.push({ name: "user key of another router", text: other.userKey });
    const provider = await network.startProvider({
      models: ["demo.pace-20ms.fixed-3001.echo", "demo.slow-first-byte-60000ms"],
      routers: [{ url: network.file.router_url, routerId: network.file.router_id }, other],
      author: "leaving",
      settings: `[spool]\npath = "${join(network.directory, "leaving-ends.jsonl")}"`,
      words: ["--log-level", "debug"],
    });
    for (const key of provider.keys) secrets.push({ name: "key of a provider", text: key });
    // A provider that loses its router keeps the End in its spool.
    const ask = { model: "leaving/demo.slow-first-byte-60000ms", stream: true, messages: messagesWith() };
    const headers = { authorization: `Bearer ${other.userKey}` };
    const broken = assert.rejects(
      fetch(`${other.url}/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify(ask) }),
    );
    await waitFor("the call at the model", async () => {
      const { calls } = (await (await fetch(`${new URL(network.modelUrl ?? "").origin}/demo/calls`)).json()) as {
        calls: { model: string }[];
      };
      return calls.some((call) => call.model === "demo.slow-first-byte-60000ms") || undefined;
    });
    await other.child.kill();
    await broken;
    await waitFor("an End in the spool", () =>
      Promise.resolve(
        readFileSync(join(network.directory, "leaving-ends.jsonl"), "utf8").includes("attempt_id") || undefined,
      ),
    );

    const cut = await fetch(
      `${network.file.router_url}/v1/chat/completions`,
      post({ model: "leaving/demo.pace-20ms.fixed-3001.echo", stream: true, messages: messagesWith() }),
    );
    assert.ok(cut.body !== null);
    const reader = cut.body.getReader();
    await reader.read();
    await provider.child.kill();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read());
  });

  test("is started with settings that hold secrets in the wrong places", async () => {
    const { api_key: key } = network.file.user;
    const router = "../packages/router/src/main.ts";
    const said = await runToEnd(router, {
      AIMO_DATA_DIR: join(network.directory, "router-failing"),
      AIMO_PORT: key,
      AIMO_PUBLIC_URL: `aimo-sk-${CONTENT.prompt}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://me:${COLLECTOR_KEY}@collector.example`,
      OTEL_EXPORTER_OTLP_HEADERS: COLLECTOR_KEY,
    });
    assert.match(said, /4 faults/);
    const config = join(network.directory, "broken.toml");
    for (const [index, line] of [
      `api_key = ${key}`,
      `api_key = "${STOLEN_KEY}`,
      `api_key = ["${key}"]`,
      `api_key = "Bearer ${UPSTREAM_KEY}"`,
      `url = "https://me:${UPSTREAM_KEY}@router.example"`,
      `url = "${key}"`,
    ].entries()) {
      writeFileSync(config, `[router]\n${line}\n`);
      const faults = await runToEnd("../packages/proxy/src/main.ts", {}, ["--config", config]);
      assert.match(faults, /broken\.toml:\d+/, `config ${index}`);
    }
    writeFileSync(config, "");
    // A running proxy whose config becomes faulty says so, too.
    const running = join(network.directory, demo.child.name, "config.toml");
    const good = readFileSync(running, "utf8");
    writeFileSync(running, good.replace(/api_key = "sk.*/, `api_key = ["${LITERAL_KEY}"]`));
    await waitFor("the word that a config has faults", () =>
      Promise.resolve(network.lines.some((line) => line.includes("config not reloaded")) || undefined),
    );
    writeFileSync(running, good);
  });

  test("says none of it: no log, no metric, no span, no file and no table", async () => {
    await scrape(network.operatorUrl, "metrics of the router");
    const rows = await databaseText(runningPostgresUrl(join(network.directory, "router")) ?? "");
    await Promise.all(network.children.filter(({ name }) => name === "provider").map((child) => child.stop()));
    await demo.child.stop();
    await waitFor("the spans of the last request", () =>
      Promise.resolve(
        collector.spans.some(({ attributes }) => attributes["error.type"] === "provider_disconnected") || undefined,
      ),
    );
    const logs = network.lines.map((text, index) => ({ where: `log line ${index}: ${text}`, text }));
    const spans = collector.bodies.map((text, index) => ({ where: `export ${index} of spans`, text }));
    const files = readdirSync(network.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => relative(network.directory, path))
      .map((where) => {
        const isLong = DATABASE_FILES.test(where);
        return { where, text: readFileSync(join(network.directory, where), isLong ? "latin1" : "utf8"), isLong };
      });

    // First that there is something to look at.
    const log = network.lines.join("\n");
    for (const words of [
      "request answered",
      "request failed",
      "request refused",
      "attempt failed",
      "attempt ended",
      "request left by its client",
      "provider refused",
    ]) {
      assert.ok(log.includes(words), `the log says "${words}"`);
    }
    assert.match(
      pages[0]?.text ?? "",
      /aimo_requests_total\{endpoint="chat_completions",stream="true",outcome="answered"\} [1-9]/,
    );
    assert.ok(collector.spans.some(({ attributes }) => attributes["aimo.outcome"] === "answered"));
    assert.ok(collector.headers.every((headers) => headers["x-collector-key"] === COLLECTOR_KEY));
    const names = files.map(({ where }) => where);
    for (const name of ["demo-ends.jsonl", "leaving-ends.jsonl", "localnet.json"])
      assert.ok(names.includes(name), name);

    // What the database has to do with all that happened.
    for (const table of ["generations", "locks", "idempotency_keys", "keys", "sessions", "wallets", "uncollected"])
      assert.ok(
        rows.some(({ where }) => where.includes(`public.${table}`)),
        table,
      );

    const found = findSecrets([...logs, ...pages, ...spans, ...files, ...rows], secrets);
    const isKept = ({ where, secret }: { where: string; secret: string }): boolean =>
      KEPT.some(([file, held]) => file.test(where) && held.includes(secret));
    const kept = new Set(found.filter(isKept).map(({ secret }) => secret));
    assert.deepEqual(
      found.filter((find) => !isKept(find)),
      [],
    );
    // And the scan sees: every secret that a file must hold is found in it.
    assert.deepEqual([...kept].toSorted(), [...new Set(KEPT.flatMap(([, held]) => held))].toSorted());
  });
});
