// Preflights as files: whole or not at all, for the router's eyes only, and a broken one costs nobody else anything.
import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { pino } from "pino";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { openFilePreflightStore } from "./file-preflight-store.ts";
import type { Preflight } from "./preflight.ts";
import type { PreflightStore } from "./preflight-store.ts";

const WALLET = "HYuUE11tAS3QhCAioazawLSp96MJDQcTTeQhD74nZcPG";
const OTHER = "11111111111111111111111111111112";
const PREFLIGHT: Preflight = [
  { name: "meta/llama", offer: plainOffer("meta-llama", { pricing: { prompt: "0.1", completion: "0.000001" } }) },
];

describe("a file store of preflights", () => {
  let root: string;
  let directory: string;
  let logLines: string[];
  const open = (): Promise<PreflightStore> =>
    openFilePreflightStore(pino({ level: "info" }, { write: (line: string) => void logLines.push(line) }), directory);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "aimo-preflights-"));
    directory = join(root, "preflights");
    logLines = [];
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("gives back what was written, also to the next process", async () => {
    const store = await open();
    assert.equal(await store.read(WALLET), undefined);
    await store.write(WALLET, [{ name: "old", offer: plainOffer("old") }]);
    await store.write(WALLET, PREFLIGHT);
    assert.deepEqual(await store.read(WALLET), PREFLIGHT);
    assert.deepEqual(await (await open()).read(WALLET), PREFLIGHT);
    assert.deepEqual(logLines, []);
  });

  test("lets nobody else read its files", async () => {
    const store = await open();
    await store.write(WALLET, PREFLIGHT);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.equal(statSync(join(directory, `${WALLET}.json`)).mode & 0o777, 0o600);
  });

  test("lists its wallets, that written longest ago first, and nothing that is none", async () => {
    const store = await open();
    for (const wallet of [WALLET, OTHER]) await store.write(wallet, PREFLIGHT);
    for (const name of ["notes.txt", "short.json", `${WALLET}.json.bak`]) writeFileSync(join(directory, name), "x");
    utimesSync(join(directory, `${WALLET}.json`), 1_000, 2_000);
    utimesSync(join(directory, `${OTHER}.json`), 1_000, 1_999);
    assert.deepEqual(await store.wallets(), [OTHER, WALLET]);
    await store.remove(OTHER);
    await store.remove(OTHER);
    assert.deepEqual(await store.wallets(), [WALLET]);
  });

  test("leaves no draft behind, not even that of a process which ended while it wrote", async () => {
    await (await open()).write(WALLET, PREFLIGHT);
    writeFileSync(join(directory, `${OTHER}.draft`), '{"wallet":');
    assert.deepEqual(await (await open()).wallets(), [WALLET]);
    assert.deepEqual(readdirSync(directory), [`${WALLET}.json`]);
  });

  for (const [name, text] of [
    ["is cut off", (whole: string) => whole.slice(0, -20)],
    ["is empty", () => ""],
    ["holds something else", () => "[]"],
    ["is another wallet's", (whole: string) => whole.replace(WALLET, OTHER)],
    ["has an offer that none can be", (whole: string) => whole.replace('"meta-llama"', '"meta llama"')],
    ["has a price that none can be", (whole: string) => whole.replace('"0.1"', '"9999999"')],
    ["has a price that is a number", (whole: string) => whole.replace('"0.1"', "0.1")],
  ] as const) {
    test(`says which file ${name}, and goes on as if it were not there`, async () => {
      const store = await open();
      await store.write(WALLET, PREFLIGHT);
      await store.write(OTHER, PREFLIGHT);
      const path = join(directory, `${WALLET}.json`);
      writeFileSync(path, text(readFileSync(path, "utf8")));
      assert.equal(await store.read(WALLET), undefined);
      assert.equal(logLines.length, 1);
      assert.ok(logLines[0]?.includes(path));
      assert.deepEqual(await store.read(OTHER), PREFLIGHT);
      await store.write(WALLET, PREFLIGHT);
      assert.deepEqual(await store.read(WALLET), PREFLIGHT);
    });
  }

  test("is not stopped by something that is no file", async () => {
    const store = await open();
    mkdirSync(join(directory, `${WALLET}.json`));
    assert.equal(await store.read(WALLET), undefined);
    assert.equal(logLines.length, 1);
  });
});
