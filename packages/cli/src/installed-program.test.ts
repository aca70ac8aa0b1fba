// The proxy and the router are found where npm puts them, and run with their exit codes.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { findProgram, runInstalledProgram } from "./installed-program.ts";
import { openReadingBed } from "./test-bed/reading-bed.ts";
import { serve } from "./test-bed/serve.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "aimo-programs-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function install(folder: string, name: string, bin: unknown): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "package.json"), JSON.stringify({ name, bin }));
}

describe("finding an installed program", () => {
  test("a package is found in the first folder that has it, by its bin, and run by this Node", (t) => {
    const [near, far] = [folderOf(t), folderOf(t)];
    install(far, "aimo-proxy", { "aimo-proxy": "./bin/far.js" });
    assert.deepEqual(findProgram("aimo-proxy", [near, far], ""), [
      process.execPath,
      join(far, "aimo-proxy/bin/far.js"),
    ]);
    install(near, "aimo-proxy", "bin/near.js");
    assert.deepEqual(findProgram("aimo-proxy", [near, far], ""), [
      process.execPath,
      join(near, "aimo-proxy/bin/near.js"),
    ]);
    assert.equal(findProgram("aimo-router", [near, far], ""), undefined);
  });

  test("else an executable of that name on the PATH is, and none that may not be executed", (t) => {
    const [first, second] = [folderOf(t), folderOf(t)];
    for (const folder of [first, second]) writeFileSync(join(folder, "aimo-router"), "#!/bin/sh\n");
    chmodSync(join(second, "aimo-router"), 0o755);
    chmodSync(join(first, "aimo-router"), 0o644);
    const path = ["", first, second].join(delimiter);
    assert.deepEqual(findProgram("aimo-router", [], path), [join(second, "aimo-router")]);
    assert.equal(findProgram("aimo-router", [], first), undefined);
  });
});

describe("running it", () => {
  const environment = { PATH: process.env["PATH"] };

  test("what it prints is told by stream, and its exit code is the result", async (t) => {
    const { context } = openReadingBed(t, { environment });
    const said = { output: "", errors: "" };
    const heard = (text: string, stream: "output" | "errors"): void => void (said[stream] += text);
    assert.equal(await runInstalledProgram(context, "aimo-proxy", ["--version"], { heard }), 0);
    assert.match(said.output, /^\d+\.\d+\.\d+\n$/);
    assert.equal(await runInstalledProgram(context, "aimo-proxy", ["--config", "none.toml"], { heard }), 1);
    assert.match(said.errors, /cannot read .*none\.toml \(ENOENT\)/);
  });

  test("it gets variables besides its parent's, and its folder", async (t) => {
    const { context, home } = openReadingBed(t, { environment });
    let said = "";
    const heard = (text: string): void => void (said += text);
    const more = { heard, folder: home, environment: { CONFIG_FILE_PATH: "there.toml" } };
    assert.equal(await runInstalledProgram(context, "aimo-proxy", ["check"], more), 1);
    assert.match(said, new RegExp(`cannot read ${home}/there\\.toml`));
  });

  test("nobody who waits for it any more leaves it running", async (t) => {
    const { context, home } = openReadingBed(t, { environment });
    const asked = Promise.withResolvers<undefined>();
    const apiBase = `${await serve(t, () => asked.resolve(undefined))}/v1`;
    writeFileSync(
      join(home, "config.toml"),
      `[router]\nurl = "http://127.0.0.1:1"\napi_key = "aimo-sk-v2-x"\n[[models]]\nname = "m"\ndisplay_name = "m"\n[models.pricing]\nprompt = 1\ncompletion = 1\n[models.params]\nmodel = "m"\napi_base = "${apiBase}"\n`,
    );
    const over = new AbortController();
    const heard = (): void => undefined;
    const running = runInstalledProgram(context, "aimo-proxy", ["check"], { heard, signal: over.signal });
    await asked.promise;
    over.abort();
    assert.equal(await running, 143, "ended by SIGTERM");
    const late = runInstalledProgram(context, "aimo-proxy", ["check"], { heard, signal: over.signal });
    assert.equal(await late, 143);
  });
});
