import assert from "node:assert/strict";
import { test } from "node:test";

import { chatBody, type Running, startDemoModel } from "./test-client.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

async function contentFor({ ask }: Running, ...parts: readonly object[]): Promise<string> {
  const answer = await ask({
    model: "demo",
    messages: [{ role: "user", content: [{ type: "text", text: "Look" }, ...parts] }],
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.json().choices[0]!.message.content!;
}

const image = (url: string): object => ({ type: "image_url", image_url: { url, detail: "low" } });

test("images are counted, with the type and decoded size of those in the request", async (context) => {
  const running = await startDemoModel(context);
  const bytes = Buffer.from(PNG, "base64").length;
  const content = await contentFor(
    running,
    image(`data:image/png;base64,${PNG}`),
    image("data:IMAGE/svg+xml,%3Csvg%2F%3E"),
  );
  assert.ok(content.includes(`I see 2 images: image/png of ${bytes} bytes, image/svg+xml of 6 bytes.`), content);
});

test("a linked image is named and not fetched", async (context) => {
  const running = await startDemoModel(context);
  const content = await contentFor(running, image(`${running.url}/cat.png`));
  assert.ok(content.includes(`I see 1 image: ${running.url}/cat.png (not fetched).`), content);
  assert.equal(running.demoModel.calls.list().length, 1);
});

test("audio and files are described too", async (context) => {
  const running = await startDemoModel(context);
  const content = await contentFor(
    running,
    { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAAAA==" } },
  );
  assert.ok(
    content.includes("I see 1 audio clip: audio/wav of 3 bytes. I see 1 file: application/pdf of 4 bytes."),
    content,
  );
});

test("images of earlier messages are seen as well", async (context) => {
  const { ask } = await startDemoModel(context);
  const first = { role: "user", content: [image(`data:image/png;base64,${PNG}`)] };
  const { choices } = (await ask({ model: "demo", messages: [first, { role: "user", content: "And now?" }] })).json();
  assert.match(choices[0]!.message.content!, /I see 1 image/);
});

test("a URL that is neither data nor http, and data that is not what it says, are refused", async (context) => {
  const { ask } = await startDemoModel(context);
  for (const url of [
    "file:///etc/passwd",
    "http://",
    "data:image/png;base64,***",
    "data:image/png;base64,AAAAA",
    "data:text/plain,%",
  ]) {
    const messages = [{ role: "user", content: [image(url)] }];
    const answer = await ask({ model: "demo", messages });
    assert.equal(answer.status, 400, url);
    assert.equal(answer.json().error.param, "messages[0].content[0].image_url.url");
    assert.doesNotMatch(answer.text, /passwd/);
  }
  const parts = [{ type: "image_url" }, { type: "input_audio", input_audio: { data: "!", format: "wav" } }];
  for (const part of parts)
    assert.equal((await ask({ model: "demo", messages: [{ role: "user", content: [part] }] })).status, 400);
  assert.equal((await ask(chatBody("demo", "Hello"))).status, 200);
});
