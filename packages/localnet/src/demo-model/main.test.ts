import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chatBody, startDemoModel } from "./test-client.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

function start(context: TestContext, ...options: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  context.after(() => child.kill("SIGKILL"));
  return child;
}

test("it says where it listens in one line of JSON, serves, and ends on SIGTERM with a call still open", async (context) => {
  const child = start(context, "--port", "0", "--api-key", "key", "--model", "gpt-4o", "--chunk-delay-ms", "1");
  const [line] = (await once(createInterface(child.stdout!), "line")) as [string];
  const { port, url } = JSON.parse(line) as { port: number; url: string };
  assert.equal(url, `http://127.0.0.1:${port}/v1`);
  const post = (model: string, authorization: string): Promise<Response> =>
    fetch(`${url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(chatBody(model, "Hello")),
      headers: { authorization },
    });
  assert.equal((await post("gpt-4o", "Bearer key")).status, 200);
  assert.equal((await post("demo", "Bearer other")).status, 401);
  const open = post("demo.silent", "Bearer key");
  open.catch(() => undefined); // it is looked at below, after the process has ended
  await fetch(`http://127.0.0.1:${port}/demo/calls/next?after=2&wait_ms=10000`);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  await assert.rejects(open);
});

test("a busy port and options it cannot read end it with words that say so", async (context) => {
  const { url } = await startDemoModel(context);
  const busy = new URL(url).port;
  for (const [options, words] of [
    [["--port", busy], /cannot listen on 127\.0\.0\.1:\d+/],
    [["--port", "65536"], /whole number from 0 to 65535/],
    [["--chunk-delay-ms", "fast"], /whole number from 0 to 60000/],
    [["--prot", "1"], /--port/],
  ] as const) {
    const child = start(context, ...options);
    const [said, [code]] = await Promise.all([text(child.stderr!), once(child, "exit") as Promise<[number]>]);
    assert.equal(code, 1);
    assert.match(said, words);
  }
});
