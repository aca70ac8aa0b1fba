// What an upstream lists, in the dialects there are, and what is said where it lists nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { UPSTREAM_LIST_BYTES_MAX, UPSTREAM_LIST_MS } from "../limits.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { Answer } from "../test-bed/scripted-router.ts";
import { serve } from "../test-bed/serve.ts";
import { listUpstream } from "./upstream-models.ts";

const json =
  (body: unknown, status = 200): Answer =>
  (_request, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

describe("an upstream's models", () => {
  test("are listed with the context length, whatever the server calls it", async (t) => {
    const data = [
      { id: "vllm", max_model_len: 1 },
      { id: "openrouter", context_length: 2 },
      { id: "groq", context_window: 3 },
      { id: "openai" },
      { id: "odd", context_length: "4" },
      { id: 5 },
      { id: "bad\nname" },
    ];
    const url = await serve(t, json({ object: "list", data }));
    const { models } = await listUpstream(openReadingBed(t).context, { url, key: undefined });
    assert.deepEqual(
      models.map(({ id, contextLength }) => [id, contextLength]),
      [
        ["vllm", 1],
        ["openrouter", 2],
        ["groq", 3],
        ["openai", undefined],
        ["odd", undefined],
      ],
    );
  });

  test("are asked for with the key, and below /v1 where the address has no path", async (t) => {
    const asked: (string | undefined)[][] = [];
    const url = await serve(t, (request, response) => {
      asked.push([request.url, request.headers.authorization]);
      if (request.url === "/v1/models") json([{ id: "m" }])(request, response);
      else json({}, 404)(request, response);
    });
    const { context } = openReadingBed(t);
    const found = await listUpstream(context, { url, key: "sk-x" });
    assert.equal(found.url, `${url}/v1`);
    assert.deepEqual(asked, [
      ["/models", "Bearer sk-x"],
      ["/v1/models", "Bearer sk-x"],
    ]);
    const { what } = await faultOf(listUpstream(context, { url: `${url}/other`, key: undefined }));
    assert.equal(what, `The upstream at ${url}/other lists no models.`);
  });

  for (const [what, answer, key, why] of [
    ["a missing key", json({}, 401), undefined, /it wants an API key \(401\)/],
    ["a wrong key", json({}, 403), "sk-x", /it does not take the API key \(403\)/],
    ["a web page", json("<html>"), undefined, /is no list of models/],
    ["a list that is none", json({ data: "m" }), undefined, /is no list of models/],
    ["a broken server", json({}, 500), undefined, /answers with status 500/],
    [
      "a redirect",
      (_: unknown, response) => void response.writeHead(302, { location: "http://x" }).end(),
      "sk-x",
      /302/,
    ],
    [
      "a list without end",
      (_: unknown, response) => void response.end(`{"data":[],"x":"${"x".repeat(UPSTREAM_LIST_BYTES_MAX)}"}`),
      undefined,
      /is no list of models/,
    ],
  ] as readonly (readonly [string, Answer, string | undefined, RegExp])[]) {
    test(`${what} is told as that`, async (t) => {
      const url = await serve(t, answer);
      const words = await faultOf(listUpstream(openReadingBed(t).context, { url: `${url}/v1`, key }));
      assert.match(words.why ?? "", why);
      assert.equal(JSON.stringify(words).includes("sk-x"), false);
    });
  }

  test("an upstream that keeps silent is given up at the deadline and not before", async (t) => {
    const clock = manualClock();
    const asked = Promise.withResolvers<undefined>();
    const url = await serve(t, () => asked.resolve(undefined));
    const listing = faultOf(listUpstream(openReadingBed(t, { clock }).context, { url, key: undefined }));
    await asked.promise;
    clock.advance(UPSTREAM_LIST_MS - 1);
    const early = await Promise.race([listing, new Promise((resolve) => setImmediate(() => resolve("waits")))]);
    assert.equal(early, "waits");
    clock.advance(1);
    assert.match((await listing).why ?? "", /did not answer in time/);
  });
});
