// Somebody leaves, as OpenAI's client sees it: a provider, a router. What is asked meanwhile is in faults.test.ts.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import type { Network } from "./network.ts";
import { startNetwork, waitForOffer } from "./network.ts";

describe("leaving", () => {
  let network: Network;
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Hello!" }];

  before(async () => {
    network = await startNetwork();
  });
  after(() => network.stop());

  test("a provider killed in the middle of an answer ends it with an in-band error", async () => {
    const model = "demo.pace-20ms.fixed-2000";
    const { child } = await network.startProvider({ models: [model] });
    const stream = await network.client.chat.completions.create({ model: `test/${model}`, messages, stream: true });
    let seen = 0;
    await assert.rejects(
      async () => {
        for await (const _chunk of stream) {
          seen += 1;
          if (seen === 3) void child.kill();
        }
      },
      (error) => {
        assert.ok(error instanceof OpenAI.APIError);
        assert.match(error.message, /disconnected/);
        return true;
      },
    );
    assert.ok(seen >= 3);
  });

  test("one proxy serves two independent routers, and goes on serving one when the other is killed", async () => {
    const other = await network.startRouter();
    const home = { url: network.file.router_url, routerId: network.file.router_id };
    await network.startProvider({ models: ["demo.fixed-4"], routers: [home, other] });
    const there = new OpenAI({ baseURL: `${other.url}/api/v1`, apiKey: other.userKey, maxRetries: 0 });
    const ask = { model: "test/demo.fixed-4", messages };
    assert.equal((await there.chat.completions.create(ask)).usage?.completion_tokens, 4);
    assert.equal((await network.client.chat.completions.create(ask)).usage?.completion_tokens, 4);
    await other.child.kill();
    assert.equal((await network.client.chat.completions.create(ask)).usage?.completion_tokens, 4);
    await assert.rejects(there.chat.completions.create(ask), OpenAI.APIConnectionError);
    await waitForOffer(home.url, "test/demo.fixed-4");
  });

  test("a user key of one router is refused at another, and says why", async () => {
    const other = await network.startRouter();
    const stranger = new OpenAI({ baseURL: `${other.url}/api/v1`, apiKey: network.file.user.api_key, maxRetries: 0 });
    await assert.rejects(stranger.chat.completions.create({ model: "x/y", messages }), (error) => {
      assert.ok(error instanceof OpenAI.AuthenticationError);
      assert.match(error.message, /bound to another router/);
      return true;
    });
  });
});
