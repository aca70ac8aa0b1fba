// Which file a command means, and where its Ends go.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { ConfigFileMissing, defaultSpoolPath, readConfigFile } from "./config-file.ts";
import { configText } from "./test-bed/test-proxy.ts";

describe("config file", () => {
  test("the command line goes before CONFIG_FILE_PATH", (context) => {
    const directory = mkdtempSync(join(tmpdir(), "aimo-config-"));
    context.after(() => rmSync(directory, { recursive: true, force: true }));
    const write = (name: string): string => {
      const path = join(directory, `${name}.toml`);
      writeFileSync(
        path,
        configText({ routers: ["http://127.0.0.1:1"], apiBase: "http://127.0.0.1:2/v1", model: name }),
      );
      return path;
    };
    const environment = { CONFIG_FILE_PATH: write("environment") };
    const given = write("given");
    assert.equal(readConfigFile(given, environment).path, given);
    assert.equal(readConfigFile(undefined, environment).config.models[0]?.offer.name, "environment");
  });

  test("without either it is config.toml, and a missing one says what to do", () => {
    const expected = resolve("config.toml");
    assert.throws(
      () => readConfigFile(undefined, { CONFIG_FILE_PATH: "" }),
      (error) =>
        error instanceof ConfigFileMissing && error.message.includes(expected) && /--config/.test(error.message),
    );
  });

  test("each config file has its own spool in the user's state directory", () => {
    const first = defaultSpoolPath("/a/config.toml", { XDG_STATE_HOME: "/state" });
    assert.match(first, /^\/state\/aimo-proxy\/ends-[0-9a-f]{16}\.jsonl$/);
    assert.notEqual(first, defaultSpoolPath("/b/config.toml", { XDG_STATE_HOME: "/state" }));
    assert.match(defaultSpoolPath("/a/config.toml", { XDG_STATE_HOME: "relative" }), /\.local\/state\/aimo-proxy/);
  });
});
