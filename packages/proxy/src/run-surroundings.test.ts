// What `run` does with its surroundings: a terminal, and the npm that started it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { Surroundings } from "./surroundings.ts";
import { run } from "./run.ts";
import type { ScriptedLink, ScriptedRouter } from "./test-bed/scripted-router.ts";
import { startRouter } from "./test-bed/scripted-router.ts";
import type { ScriptedUpstream } from "./test-bed/scripted-upstream.ts";
import { answerHello, startUpstream } from "./test-bed/scripted-upstream.ts";
import { configText } from "./test-bed/test-proxy.ts";

interface Running {
  readonly router: ScriptedRouter;
  readonly upstream: ScriptedUpstream;
  readonly path: string;
  readonly link: ScriptedLink;
  readonly exitCode: Promise<number>;
  readonly written: { output: string; errors: string };
  readonly exits: number[];
  /** Resolves when the output contains `words`. */
  printed(words: string): Promise<void>;
  /** Resolves when the proxy has seen that its parent is gone. */
  endParent(): Promise<void>;
}

async function running(context: TestContext, isTTY: boolean): Promise<Running> {
  const [router, upstream] = [await startRouter(), await startUpstream()];
  const directory = mkdtempSync(join(tmpdir(), "aimo-run-"));
  const path = join(directory, "config.toml");
  writeFileSync(path, configText({ routers: [router.url], apiBase: upstream.apiBase }));
  const written = { output: "", errors: "" };
  const exits: number[] = [];
  const waiting: { words: string; told: () => void }[] = [];
  let parent = 40;
  const seen = Promise.withResolvers<undefined>();
  const surroundings: Surroundings = {
    environment: { XDG_STATE_HOME: directory, npm_lifecycle_event: "npx" },
    output: {
      isTTY,
      write(text) {
        written.output += text;
        for (const { words, told } of waiting) if (written.output.includes(words)) told();
      },
    },
    errors: { write: (text) => (written.errors += text) },
    parentId() {
      if (parent === 1) seen.resolve(undefined);
      return parent;
    },
    exit: (code) => exits.push(code),
  };
  const listening = new Map((["SIGHUP", "SIGTERM", "SIGINT"] as const).map((name) => [name, process.listeners(name)]));
  const exitCode = run(path, surroundings);
  const endParent = async (): Promise<void> => {
    parent = 1;
    await seen.promise;
  };
  context.after(async () => {
    await endParent();
    await exitCode;
    for (const [name, before] of listening) {
      for (const listener of process.listeners(name)) if (!before.includes(listener)) process.off(name, listener);
    }
    await router.close();
    await upstream.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const link = await router.link();
  await link.message("offers");
  const printed = (words: string): Promise<void> =>
    new Promise((told) => {
      if (written.output.includes(words)) told();
      else waiting.push({ words, told });
    });
  return { router, upstream, path, link, exitCode, written, exits, printed, endParent };
}

for (const [where, isTTY] of [
  ["above the status line of a terminal", true],
  ["to the errors of a program", false],
] as const) {
  test(`faults of a changed file are shown once, ${where}`, async (context) => {
    const { path, written, printed } = await running(context, isTTY);
    writeFileSync(path, "nonsense");
    await printed("the running one stays");
    const shown = (text: string): number => text.split("config.toml:1").length - 1;
    assert.deepEqual([shown(written.output), shown(written.errors)], isTTY ? [1, 0] : [0, 1]);
  });
}

test("a proxy that npx started finishes what runs and ends when its npm has ended", async (context) => {
  const { link, upstream, exitCode, exits, endParent } = await running(context, false);
  const request = link.send('{"messages":[]}');
  const exchange = await upstream.next();
  await endParent();
  assert.equal((await link.message("drain")).reason, "npm has ended");
  answerHello(exchange);
  assert.equal((await request.end).finish_reason, "stop");
  assert.equal(await exitCode, 0);
  assert.deepEqual(exits, []);
});

test("a signal that ends npm too is no second signal", async (context) => {
  const { link, upstream, exitCode, exits, endParent } = await running(context, false);
  const request = link.send('{"messages":[]}');
  const exchange = await upstream.next();
  process.emit("SIGINT", "SIGINT");
  assert.equal((await link.message("drain")).reason, "SIGINT");
  await endParent();
  answerHello(exchange);
  assert.equal((await request.end).finish_reason, "stop");
  assert.equal(await exitCode, 0);
  assert.deepEqual(exits, []);
});
