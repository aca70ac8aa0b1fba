import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ChatBody } from "./chat/chat-body.ts";
import { readinessOf } from "./composer/readiness.ts";
import { factsOf } from "./models/model-facts.ts";
import { createPlayground, imageBytes, isAnswering } from "./playground.ts";
import { readSettings } from "./settings/read-settings.ts";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const image = (bytes: number) => ({ id: bytes, name: "a.png", bytes, url: "data:image/png;base64,AAAA" });

function bench() {
  const bodies: ChatBody[] = [];
  const frames: (() => void)[] = [];
  const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  const playground = createPlayground({
    clock: manualClock(),
    post(body) {
      bodies.push(body);
      const stream = new ReadableStream<Uint8Array>({ start: (controller) => void streams.push(controller) });
      return Promise.resolve({ generationId: `gen-${bodies.length}`, retryAfter: undefined, fault: undefined, stream });
    },
    list: () => Promise.resolve([]),
    nextFrame: (draw) => void frames.push(draw),
  });
  playground.lane(0)?.chooseModel("acme/one", undefined);
  const send = (lane: number, text: string): void =>
    streams[lane]?.enqueue(new TextEncoder().encode(`data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`));
  const finish = (lane: number): void => {
    streams[lane]?.enqueue(
      new TextEncoder().encode(
        'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.1}}\n\ndata: [DONE]\n\n',
      ),
    );
  };
  return { playground, bodies, frames, send, finish };
}

test("the draft goes to both models, each with its own transcript", async () => {
  const { playground, bodies, send, finish } = bench();
  playground.setLanes(2);
  playground.lane(1)?.chooseModel("acme/two", undefined);
  playground.changeDraft({ text: "  Hi \n" });
  playground.send();
  assert.equal(playground.state().draft.text, "");
  assert.deepEqual(
    bodies.map(({ model, messages }) => [model, messages[0]?.content]),
    [
      ["acme/one", "Hi"],
      ["acme/two", "Hi"],
    ],
  );
  await settle();
  for (const lane of [0, 1]) {
    send(lane, `from ${lane}`);
    finish(lane);
  }
  await settle();
  assert.deepEqual(
    playground.state().lanes.map(({ turns }) => turns[0]?.answer.text),
    ["from 0", "from 1"],
  );
  playground.editLast();
  assert.equal(playground.state().draft.text, "Hi");
  assert.deepEqual(
    playground.state().lanes.map(({ turns }) => turns.length),
    [0, 0],
  );
});

test("listeners are told once a frame while an answer comes, and at once when it ends", async () => {
  const { playground, frames, send, finish } = bench();
  playground.changeDraft({ text: "Hi" });
  playground.send();
  await settle();
  let told = 0;
  playground.watch(() => (told += 1));
  for (let piece = 0; piece < 50; piece += 1) send(0, "x");
  await settle();
  for (const drawFrame of frames.splice(0)) drawFrame();
  const afterFrame = told;
  assert.ok(afterFrame <= 2, `${afterFrame} times`);
  assert.equal(playground.state().lanes[0]?.turns[0]?.answer.text, "x".repeat(50));
  finish(0);
  await settle();
  assert.ok(told > afterFrame);
  assert.equal(isAnswering(playground.state()), false);
});

test("nothing is sent without a model or while an answer runs, and the draft stays", () => {
  const { playground, bodies } = bench();
  playground.changeDraft({ text: "Hi" });
  playground.send();
  playground.changeDraft({ text: "More" });
  playground.send();
  playground.changeDraft({ images: [] });
  assert.equal(bodies.length, 1);
  assert.equal(playground.state().draft.text, "More");
});

test("forgetting leaves nothing of what was said, set or written", async () => {
  const { playground } = bench();
  playground.setLanes(2);
  playground.changeSettings({ system: "Secret" });
  playground.changeDraft({ text: "Hi" });
  playground.send();
  playground.changeDraft({ text: "More", images: [image(1)] });
  playground.forget();
  await settle();
  const { lanes, settings, draft } = playground.state();
  assert.deepEqual(
    [lanes.length, lanes[0]?.turns.length, settings.system, draft.text, draft.images.length],
    [1, 0, "", "", 0],
  );
});

test("images are counted over the conversation and the draft, and once for both lanes", () => {
  const { playground } = bench();
  playground.setLanes(2);
  playground.lane(1)?.chooseModel("acme/two", undefined);
  playground.changeDraft({ images: [image(5)] });
  playground.send();
  playground.changeDraft({ images: [image(7)] });
  assert.equal(imageBytes(playground.state()), 12);
});

test("what keeps a draft from being sent is told", () => {
  const { playground } = bench();
  const readiness = () => readinessOf(playground.state(), readSettings(playground.state().settings));
  assert.equal(readiness().kind, "empty");
  playground.changeDraft({ text: " \n " });
  assert.equal(readiness().kind, "empty");
  playground.changeDraft({ text: "Hi" });
  assert.equal(readiness().kind, "ready");
  playground.changeSettings({ temperature: "9" });
  assert.match(JSON.stringify(readiness()), /settings/);
  playground.changeSettings({ temperature: "" });
  playground.setLanes(2);
  assert.match(JSON.stringify(readiness()), /Choose a model/);
  const blind = factsOf({
    ...{ id: "acme/two", name: "Two", context_length: null, supported_parameters: [] },
    architecture: { input_modalities: ["text"], output_modalities: ["text"] },
    pricing: { prompt: "0", completion: "0", image: "0", request: "0" },
  });
  playground.lane(1)?.chooseModel("acme/two", blind);
  assert.equal(readiness().kind, "ready");
  playground.changeDraft({ images: [image(1)] });
  assert.match(JSON.stringify(readiness()), /acme\/two takes no images/);
  playground.lane(1)?.chooseModel("acme/three", undefined);
  playground.send();
  playground.changeDraft({ text: "More" });
  assert.equal(readiness().kind, "answering");
});
