// The provider guide's `config.toml`, exactly as printed, with both spellings of the command.
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { makeProviderKey } from "@aimo-network/localnet/demo-keys";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Network } from "./network.ts";
import { startNetwork, waitFor, waitForOffer } from "./network.ts";
import type { PublicHosts } from "./public-hosts.ts";
import { startPublicHosts } from "./public-hosts.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

const CONFIG = fileURLToPath(new URL("../packages/proxy/src/config/__fixtures__/provider-guide.toml", import.meta.url));

/** Each model of the guide: what a user asks for, and what its host must see. */
const MODELS = [
  { model: "openai/gpt-4o", host: "api.openai.com", authorization: "Bearer sk-openai-test", sent: "gpt-4o" },
  {
    model: "deepseek/deepseek-chat-v3",
    host: "api.deepseek.com",
    authorization: "Bearer sk-deepseek-test",
    sent: "deepseek-chat",
  },
  {
    model: "google/gemini-2.5-flash",
    host: "generativelanguage.googleapis.com",
    authorization: "Bearer google-test",
    sent: "gemini-2.5-flash",
  },
] as const;

describe("the provider guide's config", () => {
  let network: Network;
  let hosts: PublicHosts;

  const startProxy = async (...args: readonly string[]): Promise<Child> => {
    const key = await makeProviderKey(systemClock, newWallet(), network.file.router_id);
    return startChild(
      systemClock,
      {
        name: "guide-provider",
        entry: new URL("../packages/proxy/src/main.ts", import.meta.url),
        arguments: args,
        environment: {
          ...hosts.environment,
          AIMO_PROVIDER_KEY: key,
          OPENAI_API_KEY: "sk-openai-test",
          DEEPSEEK_API_KEY: "sk-deepseek-test",
          GOOGLE_API_KEY: "google-test",
        },
      },
      process.env,
      (line) => network.lines.push(line),
    );
  };

  before(async () => {
    network = await startNetwork({ withProvider: false });
    hosts = await startPublicHosts(network.directory, network.file.router_url);
    copyFileSync(CONFIG, join(network.directory, "config.toml"));
  });
  after(async () => {
    await network.stop();
    await hosts.close();
  });

  test("`aimo-proxy --config` reaches all three hosts, each with its own key and model", async () => {
    const proxy = await startProxy("--config", join(network.directory, "config.toml"));
    for (const { model } of MODELS) await waitForOffer(network.file.router_url, model);
    for (const { model } of MODELS) {
      const { choices } = await network.client.chat.completions.create({
        model,
        messages: [{ role: "user", content: "Hi" }],
      });
      assert.equal(choices[0]?.message.content, "Hi");
    }
    assert.deepEqual(
      hosts.calls,
      MODELS.map(({ host, authorization, sent }) => ({
        host,
        authorization,
        model: sent,
        path: "/v1/chat/completions",
      })),
    );
    await proxy.stop();
  });

  test("`aimo-proxy run -c`, the first generation's spelling, does the same", async () => {
    const proxy = await startProxy("run", "-c", join(network.directory, "config.toml"));
    for (const { model } of MODELS) await waitForOffer(network.file.router_url, model);
    await proxy.stop();
    await waitFor("the offers to leave with their provider", async () => {
      const response = await fetch(`${network.file.router_url}/api/v1/models`);
      const { data } = (await response.json()) as { data: unknown[] };
      return data.length === 0 || undefined;
    });
  });
});
