// Which file a command means, and where its Ends go.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { ConfigFileMissing, defaultSpoolPath, readConfigFile } from "./config-file.ts";
import { ConfigFaults } from "./config/config-faults.ts";
import { VARIABLES_FILE_BYTES_MAX } from "./limits.ts";
import { configText } from "./test-bed/test-proxy.ts";

function configWithVariables(context: TestContext, variables: string): { path: string; variablesPath: string } {
  const directory = mkdtempSync(join(tmpdir(), "aimo-config-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const [path, variablesPath] = [join(directory, "config.toml"), join(directory, ".env")];
  const routerKey = "std::env::ROUTER_KEY";
  writeFileSync(path, configText({ routers: ["http://127.0.0.1:1"], apiBase: "http://127.0.0.1:2/v1", routerKey }));
  writeFileSync(variablesPath, variables, { mode: 0o600 });
  return { path, variablesPath };
}

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

  for (const [what, environment, key] of [
    ["a variable that the process lacks comes from the .env beside the config", {}, "aimo-sk-beside"],
    ["an empty variable counts as none", { ROUTER_KEY: "" }, "aimo-sk-beside"],
    ["a variable of the process goes before the .env", { ROUTER_KEY: "aimo-sk-process" }, "aimo-sk-process"],
  ] as const) {
    test(what, (context) => {
      const { path } = configWithVariables(
        context,
        "# keys\nROUTER_KEY=aimo-sk-beside\nHTTPS_PROXY=http://elsewhere\n",
      );
      const { config, variables } = readConfigFile(path, environment);
      assert.equal(config.routers[0]?.apiKey.reveal(), key);
      assert.equal(Object.hasOwn(variables, "HTTPS_PROXY"), false, "what the config does not name is not taken");
    });
  }

  test("a .env that others can read is refused with what to type, where a key in it is needed", (context) => {
    const { path, variablesPath } = configWithVariables(context, "ROUTER_KEY=aimo-sk-beside\n");
    chmodSync(variablesPath, 0o640);
    assert.throws(
      () => readConfigFile(path, {}),
      (error) =>
        error instanceof ConfigFileMissing &&
        error.message === `others on this machine can read ROUTER_KEY in ${variablesPath}: chmod 600 ${variablesPath}`,
    );
    assert.equal(
      readConfigFile(path, { ROUTER_KEY: "aimo-sk-process" }).config.routers[0]?.apiKey.reveal(),
      "aimo-sk-process",
    );
  });

  test("a .env that is too long is no file of variables", (context) => {
    const line = "ROUTER_KEY=aimo-sk-beside\n";
    const { path, variablesPath } = configWithVariables(context, line.padEnd(VARIABLES_FILE_BYTES_MAX, "#"));
    assert.equal(readConfigFile(path, {}).config.routers.length, 1);
    writeFileSync(variablesPath, line.padEnd(VARIABLES_FILE_BYTES_MAX + 1, "#"));
    assert.throws(() => readConfigFile(path, {}), ConfigFaults);
  });

  test("each config file has its own spool in the user's state directory", () => {
    const first = defaultSpoolPath("/a/config.toml", { XDG_STATE_HOME: "/state" });
    assert.match(first, /^\/state\/aimo-proxy\/ends-[0-9a-f]{16}\.jsonl$/);
    assert.notEqual(first, defaultSpoolPath("/b/config.toml", { XDG_STATE_HOME: "/state" }));
    assert.match(defaultSpoolPath("/a/config.toml", { XDG_STATE_HOME: "relative" }), /\.local\/state\/aimo-proxy/);
  });
});
