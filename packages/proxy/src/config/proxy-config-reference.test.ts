// The reference page and the table of keys say the same, and every example is valid.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PROXY_KEYS } from "./proxy-config.ts";
import type { Key, KeyTable, Reading } from "./reading.ts";
import { GUIDE_ENVIRONMENT } from "./sample-config.ts";
import { parseToml } from "./toml-document.ts";

interface Row {
  readonly path: string;
  readonly name: string;
  readonly key: Key;
}

function rows(keys: KeyTable, prefix = ""): readonly Row[] {
  return Object.entries(keys).flatMap(([name, key]) => {
    const shape = key.reader.section;
    const path = `${prefix}${name}${shape?.heading.startsWith("[[") === true ? "[]" : ""}`;
    return [{ path, name, key }, ...(shape === undefined ? [] : rows(shape.keys, `${path}.`))];
  });
}

function defaultText({ presence, reader, fallback }: Key): string {
  if (presence !== "default") return presence;
  if (JSON.stringify(fallback) === "{}") return "none";
  return reader.section === undefined ? `\`${JSON.stringify(fallback)}\`` : "its defaults";
}

test("docs/proxy-config.md has a row with the default of every key, and no other rows", () => {
  const page = readFileSync(new URL("../../../../docs/proxy-config.md", import.meta.url), "utf8");
  const documented = page.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\| \S.*\. +\|$/gm);
  assert.deepEqual(
    Array.from(documented, ([, path, fallback]) => `${path} ${fallback}`).toSorted(),
    rows(PROXY_KEYS)
      .map(({ path, key }) => `${path} ${defaultText(key)}`)
      .toSorted(),
  );
  assert.equal(page.match(/^\| `/gm)?.length, rows(PROXY_KEYS).length);
});

test("docs/proxy-config.md names every word that a list of words accepts", () => {
  const page = readFileSync(new URL("../../../../docs/proxy-config.md", import.meta.url), "utf8");
  for (const { path, key } of rows(PROXY_KEYS)) {
    const line = page.split("\n").find((each) => each.startsWith(`| \`${path}\` `)) ?? "";
    if (line.includes("As `")) continue;
    for (const [, word] of key.reader.expected.matchAll(/"(\w+)"/g)) {
      assert.match(line, new RegExp(`\`"?${word}"?\``), `${path} accepts ${word}`);
    }
  }
});

test("the example of every key is valid in its place", () => {
  for (const { path, name, key } of rows(PROXY_KEYS)) {
    const document = parseToml(key.example, "example.toml");
    if (key.reader.section !== undefined) {
      assert.equal(key.example, key.reader.section.heading, path);
      assert.equal(key.example.replaceAll(/[[\]]/g, ""), path.replaceAll("[]", ""), path);
      continue;
    }
    const reading: Reading = { environment: {}, root: PROXY_KEYS, faults: [], linesOfUnique: new Map() };
    const environment = { ...GUIDE_ENVIRONMENT, AIMO_PROVIDER_KEY: "aimo-sk-v2-a" };
    const entry = document.entries.get(name);
    assert.ok(entry !== undefined, `${path}: ${key.example}`);
    const place = { reading: { ...reading, environment }, path, at: entry.at, example: key.example };
    assert.notEqual(key.reader.read(entry.value, place), undefined, `${path}: ${JSON.stringify(reading.faults)}`);
  }
});
