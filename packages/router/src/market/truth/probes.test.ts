import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inflateSync } from "node:zlib";
import { seededRandom } from "@aimo-network/protocol/random";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import { plainOffer } from "../../test-bed/scripted-provider.ts";
import { declaredChecks } from "./checks.ts";
import type { Check, CheckResult } from "./checks.ts";
import { COLOURS, pictureUrl } from "./colour-picture.ts";
import type { ProbeAnswer } from "./probe-answer.ts";
import type { Probe } from "./probes.ts";
import { canaryProbe, probeFor } from "./probes.ts";
import { countWords, longQuestion } from "./prompts.ts";

const OFFER = plainOffer("m", { context_length: 8_000 });

function answer(more: Partial<ProbeAnswer> = {}): ProbeAnswer {
  return {
    text: "words",
    hasReasoned: false,
    calls: [],
    finishReason: "stop",
    usage: { ...NO_USAGE, promptTokens: 5_000, completionTokens: 3 },
    ...more,
  };
}

function probe(check: Exclude<Check, "chat">, seed = 1, offer = OFFER): Probe {
  return probeFor(seededRandom(seed), check, offer);
}

function textOf({ members }: Probe): string {
  return JSON.stringify(members);
}

test("an offer is examined for what every offer does, and for what it declares", () => {
  assert.deepEqual(declaredChecks(plainOffer("m")), ["chat", "stream"]);
  const able = plainOffer("m", {
    capabilities: ["json_object", "reasoning", "tools", "magic", "json_schema"],
    input_modalities: ["text", "image", "audio"],
    context_length: 100,
  });
  assert.deepEqual(declaredChecks(able), ["chat", "stream", "tools", "json_schema", "json_object", "image", "context"]);
  assert.deepEqual(declaredChecks(plainOffer("m", { output_modalities: ["image"] })), []);
  assert.deepEqual(declaredChecks(plainOffer("m", { input_modalities: ["audio"] })), []);
});

describe("prompts", () => {
  test("are never the same twice, and of various lengths", () => {
    const random = seededRandom(7);
    const prompts = Array.from({ length: 3_000 }, () => longQuestion(random, 1 + Math.floor(random.fraction() * 40)));
    assert.equal(new Set(prompts).size, prompts.length);
    const canaries = Array.from({ length: 300 }, () => canaryProbe(random));
    assert.equal(new Set(canaries.map(textOf)).size, canaries.length);
    const lengths = canaries.map(({ promptBytes }) => promptBytes);
    assert.ok(Math.max(...lengths) > 2 * Math.min(...lengths));
  });

  test("follow from the seed", () => {
    for (const check of ["stream", "tools", "json_schema", "json_object", "image", "context"] as const) {
      assert.equal(textOf(probe(check, 3)), textOf(probe(check, 3)));
      assert.notEqual(textOf(probe(check, 3)), textOf(probe(check, 4)));
    }
  });

  test("say nothing of who asks", () => {
    for (const check of ["stream", "tools", "json_schema", "json_object", "image", "context"] as const) {
      for (let seed = 0; seed < 50; seed += 1) {
        assert.doesNotMatch(
          textOf(probe(check, seed)).replace(/base64,[^"]*/, ""),
          /aimo|canary|probe|router|inspect/i,
        );
      }
    }
  });
});

describe("honest servers", () => {
  test("whose templates know no system prompt are asked without one", () => {
    for (const check of ["stream", "tools", "json_schema", "json_object", "image", "context"] as const) {
      const messages = probe(check).members["messages"] as readonly { role: string }[];
      assert.deepEqual(
        messages.map(({ role }) => role),
        ["user"],
      );
    }
  });

  test("that think are not forced to call a tool", () => {
    const forced = probe("tools").members["tool_choice"] as { type: string };
    assert.equal(forced.type, "function");
    const thinking = plainOffer("m", { capabilities: ["reasoning", "tools"] });
    assert.equal(probe("tools", 1, thinking).members["tool_choice"], "auto");
  });
});

describe("answers", () => {
  const judged = (check: Exclude<Check, "chat">, more: Partial<ProbeAnswer>): CheckResult =>
    probe(check).judge(answer(more));
  const thinking = { text: "", hasReasoned: true, finishReason: "length" } as const;

  test("of a plain question need usage and something that was said", () => {
    const canary = canaryProbe(seededRandom(1));
    assert.equal(canary.judge(answer()), "passed");
    assert.equal(canary.judge(answer({ usage: undefined })), "failed");
    assert.equal(canary.judge(answer({ text: "" })), "failed");
    assert.equal(canary.judge(answer(thinking)), "passed", "it may think longer than it was given tokens");
    assert.equal(judged("stream", {}), "passed");
    assert.equal(judged("stream", { usage: undefined }), "failed");
  });

  test("of tools need a call of the tool with arguments that its parameters allow", () => {
    const tools = probe("tools");
    const [tool] = tools.members["tools"] as [{ function: { name: string; parameters: { properties: object } } }];
    const { name, parameters } = tool.function;
    const values: Record<string, unknown> = { string: "x", integer: 2, boolean: true };
    const right = Object.fromEntries(
      Object.entries(parameters.properties as Record<string, { type?: string; enum?: string[] }>).map(
        ([member, { type = "", enum: allowed }]) => [member, allowed?.[0] ?? values[type]],
      ),
    );
    const call = (argumentsText: string, called = name): CheckResult =>
      tools.judge(answer({ text: "", calls: [{ name: called, argumentsText }] }));
    assert.equal(call(JSON.stringify(right)), "passed");
    assert.equal(call(JSON.stringify(right), "other"), "failed");
    assert.equal(call(JSON.stringify({ ...right, more: 1 })), "failed");
    assert.equal(call("{}"), "failed");
    assert.equal(call("{"), "failed");
    assert.equal(call(""), "failed");
    assert.equal(judged("tools", { text: JSON.stringify(right) }), "failed");
    assert.equal(judged("tools", thinking), "unknown");
    assert.equal(judged("tools", { ...thinking, finishReason: "stop" }), "failed");
    assert.equal(judged("tools", { ...thinking, hasReasoned: false }), "unknown", "it may have thought unseen");
    assert.equal(judged("tools", { ...thinking, hasReasoned: false, text: "It is" }), "failed");
  });

  test("of schemas need JSON that the schema allows, of JSON mode an object", () => {
    assert.equal(judged("json_object", { text: ' {"a":1}\n' }), "passed");
    assert.equal(judged("json_object", { text: "[1]" }), "failed");
    assert.equal(judged("json_object", { text: "null" }), "failed");
    assert.equal(judged("json_object", { text: "words" }), "failed");
    assert.equal(judged("json_schema", { text: '{"a":1}' }), "failed");
    assert.equal(judged("json_schema", { text: "words" }), "failed");
  });

  test("of a picture need its colour and no other", () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const image = probe("image", seed);
      const { messages } = image.members as { messages: [{ content: [object, { image_url: { url: string } }] }] };
      const url = messages[0].content[1].image_url.url;
      const right = Object.keys(COLOURS).find((name) => isPicture(url, COLOURS[name as keyof typeof COLOURS])) ?? "";
      const say = (text: string): CheckResult => image.judge(answer({ text }));
      assert.equal(say(right), "passed");
      assert.equal(say(`It is ${right.toUpperCase()}.`), "passed");
      assert.equal(say(`red, green, blue, yellow, orange, purple, black or white`), "failed");
      assert.equal(say("I cannot see pictures."), "failed");
      assert.equal(say("Violet"), right === "purple" ? "passed" : "failed");
      assert.equal(say(`x${right}x`), "failed");
    }
  });

  test("of a long prompt need what stood at its beginning, and all of its tokens", () => {
    const context = probe("context");
    const text = (context.members["messages"] as [{ content: string }])[0].content;
    const marks = /"([a-z]+ [a-z]+)"/.exec(text)?.[1] ?? "";
    const words = countWords(text);
    assert.ok(words > 2_000 && words < 2_100);
    const tokens = (promptTokens: number) => ({ usage: { ...NO_USAGE, promptTokens, completionTokens: 2 } });
    assert.equal(context.judge(answer({ text: `"${marks.toUpperCase()}"`, ...tokens(words) })), "passed");
    assert.equal(context.judge(answer({ text: marks, ...tokens(words - 1) })), "failed");
    assert.equal(context.judge(answer({ text: "I do not know", ...tokens(words) })), "failed");
    assert.equal(context.judge(answer({ text: marks, usage: undefined })), "failed");
  });

  test("a short context is not asked for more than it has", () => {
    const short = probe("context", 1, plainOffer("m", { context_length: 1_024 }));
    const words = countWords((short.members["messages"] as [{ content: string }])[0].content);
    assert.ok(words > 256 && words < 340, `${words}`);
    const reasoning = plainOffer("m", { context_length: 1_024, capabilities: ["reasoning"] });
    assert.deepEqual([short.maxTokens, probe("context", 1, reasoning).maxTokens], [512, 512]);
    const usual = plainOffer("m", { context_length: 4_096, capabilities: ["reasoning"] });
    assert.equal(probe("tools", 1, usual).maxTokens, 2_048);
    assert.equal(probe("tools", 1, plainOffer("m", { context_length: 600 })).maxTokens, 300);
    assert.equal(probe("stream", 1, plainOffer("m", { context_length: 1 })).maxTokens, 1);
    assert.ok(countWords(textOf(probe("context", 1, plainOffer("m", { context_length: 1 })))) < 80);
  });
});

/** Whether the picture behind a URL has only that colour, and whole rows of it. */
function isPicture(url: string, colour: readonly number[]): boolean {
  const png = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const at = png.indexOf("IDAT");
  const pixels = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  assert.equal(pixels.length, height * (1 + 3 * width));
  return pixels.subarray(1, 1 + 3 * width).every((value, index) => value === colour[index % 3]);
}

test("a picture is a PNG of its size, whose checksums are right", () => {
  // The red pixel that other tools made.
  const known =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGO4IyICAAL0AQVFfW4WAAAAAElFTkSuQmCC";
  assert.equal(pictureUrl("red", 1, 1).length, known.length);
  assert.ok(isPicture(pictureUrl("purple", 60, 50), COLOURS.purple));
});
