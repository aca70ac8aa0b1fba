// What is published, installed from packed tarballs by plain npm in an empty folder, on the oldest Node that will do.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readListening } from "@aimo-network/localnet/localnet";
import type { Listening } from "@aimo-network/localnet/localnet";
import { packAll } from "../tools/pack/pack.ts";
import type { Packed } from "../tools/pack/pack.ts";
import type { CommandResult } from "./command-result.ts";
import {
  bytesBelow,
  endProgram,
  installNode,
  installTarballs,
  lineOf,
  runProgram,
  startProgram,
} from "./installed-packages.ts";
import type { RunOptions } from "./installed-packages.ts";
import { waitForOffer } from "./network.ts";
import { startPlainModel } from "./plain-model.ts";
import type { PlainModel } from "./plain-model.ts";

const OLDEST = "22.18.0";
const TOO_OLD = "12.22.12"; // the oldest that reads modules: what it reads, every later one does
const PROXY_BYTES_MAX = 5_000_000;
const PROGRAMS = ["aimo", "aimo-proxy", "aimo-router"] as const;

describe("the packed packages", { timeout: 400_000 }, () => {
  let root: string;
  let packages: readonly Packed[];
  let installed: RunOptions;
  let router: ChildProcess;
  let listening: Listening;
  let model: PlainModel;

  const aimo = (...words: readonly string[]): Promise<CommandResult> =>
    runProgram("npx", ["aimo", ...words], installed);
  const tarballOf = (name: string): string => {
    const found = packages.find((packed) => packed.name === name);
    return found?.tarball ?? assert.fail(`no package ${name}`);
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "aimo-packages-"));
    packages = await packAll(join(root, "packed"));
    const nodeFolder = await installNode(join(root, "node"), OLDEST);
    installed = { folder: join(root, "empty"), nodeFolder };
    await installTarballs(installed.folder, nodeFolder, PROGRAMS.map(tarballOf));
    model = await startPlainModel();
    const environment = { AIMO_PORT: "0", AIMO_OPERATOR_PORT: "0", AIMO_DATA_DIR: join(root, "router") };
    router = startProgram(join(installed.folder, "node_modules/.bin/aimo-router"), [], { ...installed, environment });
    listening = await lineOf(router, readListening);
  });
  after(async () => {
    if (router !== undefined) await endProgram(router);
    await model?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("run on the oldest Node that is promised", async () => {
    const { stdout } = await runProgram("node", ["--version"], installed);
    assert.equal(stdout.trim(), `v${OLDEST}`);
    for (const name of PROGRAMS) {
      const { code, stdout: help, stderr } = await runProgram("npx", [name, "--help"], installed);
      assert.equal(code, 0, stderr);
      assert.match(help, new RegExp(`^(?:Usage: )?${name}\\b`));
      assert.equal(stderr, "");
      const version = await runProgram("npx", [name, "--version"], installed);
      assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    }
  });

  test("tell an older Node in one sentence what they need", async () => {
    const nodeFolder = await installNode(join(root, "old-node"), TOO_OLD);
    for (const name of PROGRAMS) {
      const file = join(installed.folder, "node_modules", name, "bin", `${name}.js`);
      const { code, stdout, stderr } = await runProgram(join(nodeFolder, "node"), [file, "--help"], installed);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(
        stderr,
        `${name} needs Node.js 22.18 or newer; this is v${TOO_OLD}: https://nodejs.org/en/download\n`,
      );
    }
  });

  test("keep the proxy small, with all that is installed for it", async () => {
    const folder = join(root, "proxy-alone");
    await installTarballs(folder, installed.nodeFolder, [tarballOf("aimo-proxy")]);
    const bytes = bytesBelow(join(folder, "node_modules"));
    assert.ok(bytes <= PROXY_BYTES_MAX, `${bytes} bytes`);
  });

  test("start a router on its own PostgreSQL", async () => {
    assert.equal((await fetch(`${listening.operatorUrl}/readyz`)).status, 200);
    const facts = (await (await fetch(`${listening.url}/.well-known/aimo.json`)).json()) as Record<string, unknown>;
    assert.equal(facts["router_id"], listening.routerId);
    // By aimo, which finds the router that is installed beside it.
    const environment = { AIMO_DATA_DIR: join(root, "router") };
    const look = ["aimo", "router", "check-ledger"];
    const { code, stdout, stderr } = await runProgram("npx", look, { ...installed, environment });
    assert.equal(code, 0, stderr);
    assert.notEqual(stdout, "");
  });

  test("serve the console, with what it may do in a browser", async () => {
    const page = await fetch(listening.url);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src 'self';/);
    const [, script = assert.fail("no script")] = / src="(\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
    const asset = await fetch(`${listening.url}${script}`);
    assert.deepEqual([asset.status, asset.headers.get("content-type")], [200, "text/javascript; charset=utf-8"]);
    assert.match(asset.headers.get("cache-control") ?? "", /immutable/);
    assert.ok((await asset.text()).length > 1_000);
  });

  test("sell and answer a request: wallet, keys, proxy, router", async () => {
    const keygen = ["keygen", "--tag", "dev", "--valid-for", "90", "--router", listening.url];
    const seller = ["--id", join(installed.folder, "seller.json")];
    for (const wallet of [[], seller]) assert.equal((await aimo("wallet", "new", ...wallet)).code, 0);
    const earnKey = await aimo(...keygen, "--scopes", "completion_model", "--earn-only", ...seller);
    assert.match(earnKey.stdout, /^aimo-sk-\S+\n$/, earnKey.stderr);
    const userKey = await aimo(...keygen);
    assert.match(userKey.stdout, /^aimo-sk-\S+\n$/, userKey.stderr);

    const config = join(installed.folder, "config.toml");
    writeFileSync(config, model.configFor(listening.url));
    const environment = { AIMO_PROVIDER_KEY: earnKey.stdout.trim(), CONFIG_FILE_PATH: config };
    for (const words of [
      ["aimo-proxy", "check"],
      ["aimo", "provider", "check"],
    ]) {
      const check = await runProgram("npx", words, { ...installed, environment });
      assert.equal(check.code, 0, `${check.stdout}${check.stderr}`);
      assert.match(check.stdout, /plain/);
    }

    const proxy = startProgram(join(installed.folder, "node_modules/.bin/aimo-proxy"), [], {
      ...installed,
      environment,
    });
    try {
      await waitForOffer(listening.url, "acme/plain");
      const response = await fetch(`${listening.url}/api/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${userKey.stdout.trim()}` },
        body: JSON.stringify({ model: "acme/plain", messages: [{ role: "user", content: "Hello?" }] }),
      });
      const answer = await response.text();
      assert.equal(response.status, 200, answer);
      assert.ok(answer.includes(model.says), answer);
    } finally {
      assert.equal(await endProgram(proxy), 0);
    }
  });
});
