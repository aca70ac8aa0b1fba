// Streams as real servers send them, through a whole router: clients get every delta byte by byte, however they came.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { jsonElements, jsonMembers } from "@aimo-network/protocol/json-members";
import { createSseParser } from "@aimo-network/protocol/sse";
import { ODD_STREAMS } from "@aimo-network/protocol/test-bed/odd-streams";
import { SERVER_STREAMS } from "@aimo-network/protocol/test-bed/server-streams";
import type { AnswerStream } from "@aimo-network/protocol/test-bed/stream-words";
import { streamBytes } from "@aimo-network/protocol/test-bed/stream-words";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The data of every event. */
function eventsOf(bytes: Uint8Array): string[] {
  const events: string[] = [];
  const parser = createSseParser({ event: (data) => events.push(data) });
  parser.push(bytes);
  const left = parser.end();
  return left === undefined ? events : [...events, left];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // several events on the lines of one, an event that was cut, or [DONE]
  }
}

/** The text of each delta, up to an event that is an error. */
function deltasOf(events: readonly string[]): string[] {
  const deltas: string[] = [];
  for (const text of events.flatMap((data) => (parsed(data) === undefined ? data.split("\n") : [data]))) {
    const value = parsed(text);
    if (!isJsonObject(value)) continue;
    if (value["error"] !== undefined || value["object"] === "error") break;
    const choices = jsonMembers(text).find(({ key }) => key === "choices");
    if (choices === undefined) continue;
    for (const { start } of jsonElements(text, choices.valueStart)) {
      const delta = jsonMembers(text, start).find(({ key }) => key === "delta");
      if (delta !== undefined) deltas.push(text.slice(delta.valueStart, delta.valueEnd).replaceAll("\n", " "));
    }
  }
  return deltas;
}

describe("a client of a provider whose stream is", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let key: string;
  let pieces: readonly Uint8Array[] = [];
  before(async () => {
    router = await startTestRouter();
    provider = await connectProvider(router.url, await router.key(), (call) => {
      call.respond(200, { "content-type": "text/event-stream" });
      for (const piece of pieces) call.write(piece);
      call.end();
    });
    await provider.offer(Array.from({ length: 100 }, (_, index) => plainOffer(`m${index}`)));
    key = await router.key();
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  /** What a client gets, without what is another in every answer. */
  async function ask(model: string, sent: readonly Uint8Array[]): Promise<Answer> {
    pieces = sent;
    const response = await router.chat(key, { model, stream: true, messages: [{ role: "user", content: "hi" }] });
    const id = response.headers.get("x-generation-id") ?? assert.fail("an answer names its generation");
    const text = (await response.text()).replaceAll(id, "gen").replaceAll(/"created":\d+/g, '"created":0');
    return { status: response.status, text: text.replaceAll(": AIMO PROCESSING\n\n", "") };
  }

  /** Fails unless an answer has every delta and its end; a stream that fails may have failed before anything was shown. */
  function assertRelayed({ status, text }: Answer, stream: AnswerStream): void {
    if (stream.failure !== undefined && status !== 200) {
      assert.match(text, new RegExp(`"error_code":"${stream.failure}"`));
      return;
    }
    assert.equal(status, 200);
    const sent = deltasOf(eventsOf(streamBytes(stream)));
    const got = deltasOf(eventsOf(Buffer.from(text)));
    assert.equal(got.length, sent.length);
    for (const [at, delta] of got.entries()) {
      const withRole = `{"role":"assistant",${sent[at]?.slice(1)}`; // what a choice is told first, where it was not
      assert.ok(delta === sent[at] || delta === withRole, `${delta} came of ${sent[at]}`);
    }
    const end =
      stream.failure === undefined ? /"usage":.*\n\ndata: \[DONE\]\n\n$|\n\ndata: \[DONE\]\n\n$/ : /"error":.*\s*$/;
    assert.match(text, end);
  }

  for (const [index, stream] of [...SERVER_STREAMS, ...ODD_STREAMS].entries()) {
    test(`like ${stream.name} gets its deltas byte by byte`, async () => {
      const model = `m${index}`; // an offer of its own, since failures count against one
      const whole = await ask(model, [streamBytes(stream)]);
      assertRelayed(whole, stream);
      for (const [lineEnd, comment] of [["\n"], ["\r\n"], ["\n", "keep-alive"]] as const) {
        const bytes = [...streamBytes(stream, lineEnd, comment)].map((byte) => Uint8Array.of(byte));
        const answer = await ask(model, bytes);
        assertRelayed(answer, stream);
        if (stream.failure === undefined) assert.deepEqual(answer, whole);
      }
    });
  }
});
