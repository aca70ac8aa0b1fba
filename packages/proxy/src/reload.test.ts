// A changed config file takes effect once it rests; a faulty or missing one changes nothing.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { systemClock } from "@aimo-network/protocol/clock";
import type { ConfigFaults } from "./config/config-faults.ts";
import type { ProxyConfig } from "./config/proxy-config.ts";
import { parseProxyConfig } from "./config/proxy-config.ts";
import { RELOAD_REST_MS } from "./limits.ts";
import { createLog } from "./log.ts";
import type { Reload } from "./reload.ts";
import { createReload } from "./reload.ts";
import { configText } from "./test-bed/test-proxy.ts";

const text = (model: string): string =>
  configText({ routers: ["http://127.0.0.1:1"], apiBase: "http://127.0.0.1:2/v1", model });

interface Bench {
  readonly path: string;
  readonly reload: Reload;
  readonly applied: string[];
  readonly faults: ConfigFaults[];
  readonly logLines: string[];
  /** Resolves when the watch has seen a change and waits for rest. */
  seen(): Promise<void>;
  /** The rest is over. */
  rest(): void;
}

function bench(context: TestContext, prepare: (directory: string) => string = plainFile): Bench {
  const directory = mkdtempSync(join(tmpdir(), "aimo-reload-"));
  const path = prepare(directory);
  const logLines: string[] = [];
  const applied: string[] = [];
  const faults: ConfigFaults[] = [];
  const waiting: (() => void)[] = [];
  let fire: (() => void) | undefined;
  const timer: Timer = { refresh: () => tell(), cancel: () => (fire = undefined) };
  const tell = (): void => {
    for (const told of waiting.splice(0)) told();
  };
  const clock: Clock = {
    ...systemClock,
    timer(delayMs, fired) {
      assert.equal(delayMs, RELOAD_REST_MS);
      fire = fired;
      tell();
      return timer;
    },
  };
  const reload = createReload(clock, createLog({ write: (line) => void logLines.push(line) }), {
    path,
    text: text("first"),
    parse: (toml) => parseProxyConfig(toml, { fileName: "config.toml", env: {} }),
    apply: (config: ProxyConfig) => applied.push(config.models[0]?.offer.name ?? ""),
    showFaults: (found) => faults.push(found),
  });
  context.after(() => {
    reload.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    path,
    reload,
    applied,
    faults,
    logLines,
    seen: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    rest: () => fire?.(),
  };
}

function plainFile(directory: string): string {
  const path = join(directory, "config.toml");
  writeFileSync(path, text("first"));
  return path;
}

describe("reload", () => {
  test("a changed file is applied once it rests", async (context) => {
    const { path, applied, seen, rest } = bench(context);
    const change = seen();
    writeFileSync(path, text("second"));
    await change;
    assert.deepEqual(applied, []);
    rest();
    assert.deepEqual(applied, ["second"]);
  });

  test("a file that was replaced by renaming is seen", async (context) => {
    const { path, applied, seen, rest } = bench(context);
    const change = seen();
    writeFileSync(`${path}.new`, text("second"));
    renameSync(`${path}.new`, path);
    await change;
    rest();
    assert.deepEqual(applied, ["second"]);
  });

  test("a file behind the link of an orchestrator is seen", async (context) => {
    const { path, applied, seen, rest } = bench(context, (directory) => {
      for (const [folder, model] of [
        ["..1", "first"],
        ["..2", "second"],
      ] as const) {
        mkdirSync(join(directory, folder));
        writeFileSync(join(directory, folder, "config.toml"), text(model));
      }
      symlinkSync("..1", join(directory, "..data"));
      symlinkSync(join("..data", "config.toml"), join(directory, "config.toml"));
      return join(directory, "config.toml");
    });
    const change = seen();
    const data = join(path, "..", "..data");
    symlinkSync("..2", `${data}_tmp`);
    renameSync(`${data}_tmp`, data);
    await change;
    rest();
    assert.deepEqual(applied, ["second"]);
  });

  test("a file that was only touched is not applied again, unless it is asked for", async (context) => {
    const { path, reload, applied, seen, rest } = bench(context);
    const change = seen();
    writeFileSync(path, text("first"));
    await change;
    rest();
    assert.deepEqual(applied, []);
    reload.reload();
    assert.deepEqual(applied, ["first"]);
  });

  test("faults are shown, the running config stays, and the corrected file is applied", (context) => {
    const { path, reload, applied, faults, logLines } = bench(context);
    writeFileSync(path, `${text("second")}\nunknown = 1\nprice = -1\n`);
    reload.reload();
    assert.deepEqual(applied, []);
    assert.equal(faults.length, 1);
    assert.match(faults[0]?.message ?? "", /config\.toml:\d+/);
    assert.match(logLines.join(""), /the running one stays/);
    writeFileSync(path, text("third"));
    reload.reload();
    assert.deepEqual(applied, ["third"]);
  });

  test("a missing file changes nothing", (context) => {
    const { path, reload, applied, logLines } = bench(context);
    rmSync(path);
    reload.reload();
    assert.deepEqual(applied, []);
    assert.match(logLines.join(""), /ENOENT/);
  });

  test("a directory that cannot be watched is said, and asking still works", (context) => {
    const { path, reload, applied, logLines } = bench(context, (directory) =>
      join(directory, "missing", "config.toml"),
    );
    assert.match(logLines.join(""), /send SIGHUP/);
    mkdirSync(join(path, ".."));
    writeFileSync(path, text("second"));
    reload.reload();
    assert.deepEqual(applied, ["second"]);
  });
});
