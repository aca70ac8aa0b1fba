import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";

import { manualClock } from "@aimo-network/protocol/clock";

import { createDemoModel } from "./demo-model.ts";
import { BODY_BYTES_MAX } from "./limits.ts";
import { chatBody, startDemoModel } from "./test-client.ts";

test("the same request gets the same answer, letter for letter", async (context) => {
  const { ask } = await startDemoModel(context, { clock: manualClock() });
  const body = chatBody("demo", "Hello");
  const first = await ask(body);
  assert.equal(first.status, 200);
  assert.equal((await ask(body)).text, first.text);
  assert.notEqual((await ask(chatBody("demo", "Hello!"))).json().id, first.json().id);
});

test("an answer has OpenAI's shape", async (context) => {
  const { ask } = await startDemoModel(context, { clock: manualClock(1_700_000_000_999) });
  const answer = (await ask(chatBody("demo", "Hello"))).json();
  assert.match(answer.id, /^chatcmpl-[0-9a-f]{24}$/);
  assert.equal(answer.object, "chat.completion");
  assert.equal(answer.created, 1_700_000_000);
  assert.equal(answer.model, "demo");
  assert.equal(answer.choices.length, 1);
  assert.equal(answer.choices[0]!.message.role, "assistant");
  assert.match(answer.choices[0]!.message.content ?? "", /You wrote: "Hello"/);
  assert.equal(answer.choices[0]!.finish_reason, "stop");
});

test("with a key, a call without it is refused as OpenAI refuses it, and its own key is let in", async (context) => {
  const { ask, get } = await startDemoModel(context, { apiKey: "right" });
  for (const authorization of ["", "Bearer wrong", "right"]) {
    const refused = await ask(chatBody("demo", "Hello"), { headers: { authorization } });
    assert.equal(refused.status, 401);
    assert.equal(refused.json().error.code, "invalid_api_key");
    assert.doesNotMatch(refused.text, /right|wrong/);
    assert.equal((await get("/v1/models", { authorization })).status, 401);
  }
  const authorization = "Bearer right";
  assert.equal((await ask(chatBody("demo", "Hello"), { headers: { authorization } })).status, 200);
  assert.equal((await get("/v1/models", { authorization })).status, 200);
});

test("an unknown model is a 404 that names it, and further models can be added", async (context) => {
  const { ask } = await startDemoModel(context, { models: ["gpt-4o"] });
  const refused = await ask(chatBody("gpt-5", "Hello"));
  assert.equal(refused.status, 404);
  assert.equal(refused.json().error.code, "model_not_found");
  assert.match(refused.json().error.message, /`gpt-5`/);
  assert.equal((await ask(chatBody("gpt-4o", "Hello"))).json().model, "gpt-4o");
  assert.equal((await ask(chatBody("demo.no-such-trait", "Hello"))).status, 404);
  assert.ok((await ask(chatBody("x".repeat(100_000), "Hello"))).text.length < 1000);
});

test("the list of models has the honest ones, an example of each trait, and the added ones", async (context) => {
  const { get, ask } = await startDemoModel(context, { models: ["gpt-4o"] });
  const list = JSON.parse((await get("/v1/models")).text) as { object: string; data: { id: string; object: string }[] };
  assert.equal(list.object, "list");
  const names = list.data.map(({ id }) => id);
  for (const name of ["gpt-4o", "demo", "demo-reasoning", "demo.stall-after-3", "demo.guide-json"]) {
    assert.ok(names.includes(name), name);
    assert.equal((JSON.parse((await get(`/v1/models/${name}`)).text) as { id: string }).id, name);
  }
  assert.ok(list.data.every(({ object }) => object === "model"));
  assert.equal((await get("/v1/models/gpt-5")).status, 404);
  for (const name of names.filter((id) => /guide|status|usage/.test(id))) {
    assert.notEqual((await ask(chatBody(name, "Hello"))).status, 404, name);
  }
});

test("a path or method that does not exist is a 404 that says what does", async (context) => {
  const { get, url } = await startDemoModel(context);
  const answer = await get("/v1/completions");
  assert.equal(answer.status, 404);
  assert.match(answer.json().error.message, /GET \/v1\/completions.*POST \/v1\/chat\/completions/);
  assert.equal((await get("/v1/chat/completions")).status, 404);
  assert.equal((await fetch(`${url}/demo/calls`, { method: "POST" })).status, 404);
});

test("a body that is no JSON object is refused without repeating it", async (context) => {
  const { ask } = await startDemoModel(context);
  for (const body of ["{secret", "[1]", '"secret"', ""]) {
    const answer = await ask(body);
    assert.equal(answer.status, 400);
    assert.equal(answer.json().error.type, "invalid_request_error");
    assert.doesNotMatch(answer.text, /secret/);
  }
});

test("a body above the limit is refused before it is read", async (context) => {
  const { url } = await startDemoModel(context);
  const chunk = Buffer.alloc(1024 * 1024, " ");
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(`${url}/v1/chat/completions`, { method: "POST" }, (response) =>
      resolve(response.statusCode),
    );
    request.on("error", reject);
    let sent = 0;
    const send = (): void => {
      while (sent <= BODY_BYTES_MAX) {
        sent += chunk.length;
        if (!request.write(chunk)) return void request.once("drain", send);
      }
    };
    context.after(() => request.destroy());
    send();
  });
  assert.equal(status, 413);
});

test("it listens on loopback only, and closing frees the port and drops running calls", async () => {
  const demoModel = createDemoModel();
  const port = await demoModel.listen(0);
  const running = fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify(chatBody("demo.silent", "Hello")),
  });
  await demoModel.calls.next({}, 1000);
  await assert.rejects(fetch(`http://127.0.0.2:${port}/v1/models`));
  await demoModel.close();
  await assert.rejects(running);
  const second = createDemoModel();
  assert.equal(await second.listen(port), port);
  await second.close();
});

test("a busy port is an error of listen", async (context) => {
  const { url } = await startDemoModel(context);
  await assert.rejects(createDemoModel().listen(Number(new URL(url).port)), { code: "EADDRINUSE" });
});
