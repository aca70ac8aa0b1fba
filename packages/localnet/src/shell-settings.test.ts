import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { LocalnetFile } from "./localnet-file.ts";
import { removeShellSettings, writeShellSettings } from "./shell-settings.ts";

const FILE: LocalnetFile = {
  router_url: "http://127.0.0.1:8787",
  router_id: "router",
  rpc_url: "http://127.0.0.1:8899",
  program_id: "program",
  user: { api_key: "aimo-sk-user", wallet: "U", wallet_file: "/it's here/user.json" },
  provider: { api_key: "aimo-sk-provider", wallet: "P", wallet_file: "/provider.json" },
  model: "aimo/demo",
  pid: 1,
};

function sourced(file: string, variables: readonly string[]): string[] {
  const script = `. "$1"; for name in ${variables.join(" ")}; do printenv "$name" || echo -; done`;
  return execFileSync("sh", ["-c", script, "sh", file], { env: { PATH: process.env["PATH"] ?? "" } })
    .toString()
    .trim()
    .split("\n");
}

describe("settings for a shell", () => {
  const directory = join(mkdtempSync(join(tmpdir(), "aimo-shell-")), "a $folder");
  mkdirSync(directory);
  const user = join(directory, "user.sh");
  const names = ["AIMO_ROUTER", "AIMO_WALLET", "AIMO_RPC_URL", "AIMO_PROGRAM_ID", "AIMO_API_KEY", "AIMO_PROVIDER_KEY"];

  test("make a shell the user, or the provider, of this network, whatever is in a path", () => {
    writeShellSettings(directory, FILE);
    const chain = ["http://127.0.0.1:8899", "program"];
    assert.deepEqual(sourced(user, names), [FILE.router_url, "/it's here/user.json", ...chain, "aimo-sk-user", "-"]);
    assert.deepEqual(sourced(join(directory, "provider.sh"), names), [
      FILE.router_url,
      "/provider.json",
      ...chain,
      "-",
      "aimo-sk-provider",
    ]);
    assert.deepEqual(sourced(user, ["AIMO_HOME"]), [join(directory, "aimo")]);
  });

  test("leave nothing of the one that a shell was before", () => {
    const script = '. "$1"; . "$2"; for name in WALLET API_KEY PROVIDER_KEY; do printenv "AIMO_$name" || echo -; done';
    const provider = join(directory, "provider.sh");
    const after = (first: string, second: string): string[] =>
      execFileSync("sh", ["-c", script, "sh", first, second]).toString().trim().split("\n");
    assert.deepEqual(after(user, provider), ["/provider.json", "-", "aimo-sk-provider"]);
    assert.deepEqual(after(provider, user), ["/it's here/user.json", "aimo-sk-user", "-"]);
  });

  test("say nothing of a chain where there is none", () => {
    const { rpc_url: _url, program_id: _program, ...without } = FILE;
    writeShellSettings(directory, without);
    assert.deepEqual(sourced(user, ["AIMO_RPC_URL", "AIMO_PROGRAM_ID"]), ["-", "-"]);
  });

  test("are for their owner only, and are gone with the network", () => {
    assert.equal(statSync(user).mode & 0o777, 0o600);
    removeShellSettings(directory);
    assert.equal(existsSync(user), false);
  });
});
