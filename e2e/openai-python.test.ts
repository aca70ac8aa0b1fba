// OpenAI's client for Python, unmodified: the tests beside, in openai-python, run against the real network.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import type { BusyUpstream } from "./busy-upstream.ts";
import { startBusyUpstream } from "./busy-upstream.ts";
import type { Network } from "./network.ts";
import { startNetwork } from "./network.ts";
import { findPython, preparePython } from "./python-environment.ts";

const FOLDER = join(import.meta.dirname, "openai-python");
const found = findPython(process.env);

/** How many tests the Python files hold, whatever their runner makes of them. */
function writtenTests(): number {
  const files = readdirSync(FOLDER).filter((name) => name.startsWith("test_"));
  const source = files.map((name) => readFileSync(join(FOLDER, name), "utf8")).join("\n");
  return [...source.matchAll(/^\s+(?:async )?def test_/gm)].length;
}

describe("OpenAI's client for Python", { skip: found.skip }, () => {
  let network: Network;
  let busy: BusyUpstream;
  let python: string;

  before(async () => {
    python = preparePython(found, join(FOLDER, "requirements.txt"));
    [network, busy] = await Promise.all([startNetwork(), startBusyUpstream()]);
    await network.startProvider({
      models: [
        "demo.status-400",
        "demo.status-500",
        "demo.rate-limited-7",
        "demo.error-after-3.pace-100ms",
        "demo.silent.fixed-1",
        "demo.silent.fixed-2",
        "demo.pace-20ms.fixed-3001",
        "demo.pace-20ms.fixed-3002",
      ],
    });
    await network.startProvider({ models: ["busy-429"], upstreamUrl: busy.url });
  });
  after(async () => {
    await network.stop();
    await busy.close();
  });

  test("does with this network what its own tests say", async (t) => {
    const { file, modelUrl = "" } = network;
    const tests = spawn(python, [join(FOLDER, "report.py")], {
      env: {
        ...process.env,
        NO_PROXY: "127.0.0.1",
        PYTHONDONTWRITEBYTECODE: "1",
        AIMO_ROUTER_URL: file.router_url,
        AIMO_USER_KEY: file.user.api_key,
        AIMO_PROVIDER_KEY: file.provider.api_key,
        AIMO_MODEL: file.model,
        AIMO_DEMO_MODEL_URL: new URL(modelUrl).origin,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => tests.kill());
    const complaints = text(tests.stderr);
    const ended = once(tests, "close");
    let told = 0;
    for await (const line of createInterface({ input: tests.stdout })) {
      const { claim, failure } = JSON.parse(line) as { claim: string; failure: string | null };
      told += 1;
      await t.test(claim, () => {
        if (failure !== null) assert.fail(failure);
      });
    }
    await ended;
    assert.equal(told, writtenTests(), await complaints);
    assert.deepEqual(busy.calls, ["busy-429", "busy-429"]);
  });
});
