// What the first page costs to load, and what must not be in it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { buildConsole } from "@aimo-network/dashboard/build/build-console";

const FIRST_LOAD_BYTES_MAX = 200 * 1024; // of JavaScript, gzipped: issue and competition measure it so
const TEST_WALLET = "aimo-test-wallet"; // a word that only its code has

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}
type Chunks = Readonly<Record<string, Chunk>>;

describe("the console's files", () => {
  let folder: string;
  let chunks: Chunks;
  before(async () => {
    folder = await buildConsole({ mode: "production" });
    chunks = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8")) as Chunks;
  });

  /** The files that are loaded before anything is clicked. */
  const firstLoad = (): ReadonlySet<string> => {
    const found = new Set<string>();
    const follow = (name: string): void => {
      const chunk = chunks[name];
      if (chunk === undefined || found.has(chunk.file)) return;
      found.add(chunk.file);
      for (const imported of chunk.imports ?? []) follow(imported);
    };
    for (const [name, { isEntry }] of Object.entries(chunks)) if (isEntry === true) follow(name);
    return found;
  };

  const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");
  const scripts = (at: string): string[] => readdirSync(join(at, "assets")).filter((name) => name.endsWith(".js"));

  test("the market's page loads at most 200 KB of JavaScript, gzipped", (t) => {
    let bytes = 0;
    for (const file of firstLoad()) bytes += gzipSync(textOf(file)).length;
    t.diagnostic(`${Math.round(bytes / 1024)} KB`);
    assert.ok(bytes > 0 && bytes <= FIRST_LOAD_BYTES_MAX, `${bytes} bytes`);
  });

  test("charts, Markdown and Solana's library are loaded when somebody needs them", () => {
    const first = [...firstLoad()].map(textOf).join("\n");
    const rest = scripts(folder)
      .filter((name) => !firstLoad().has(`assets/${name}`))
      .map((name) => textOf(`assets/${name}`))
      .join("\n");
    for (const [library, word] of [
      ["recharts", "recharts-"],
      ["Markdown", "mdast"],
      ["Solana's", "getLatestBlockhash"],
    ] as const) {
      assert.equal(first.includes(word), false, `${library} library in the first load`);
      assert.ok(rest.includes(word), `${library} library nowhere: the word that shows it has changed`);
    }
  });

  test("the test wallet is in the localnet's build and in no other", async () => {
    const localnet = await buildConsole({ mode: "localnet" });
    const hasWallet = (at: string): boolean =>
      scripts(at).some((name) => readFileSync(join(at, "assets", name), "utf8").includes(TEST_WALLET));
    assert.equal(hasWallet(localnet), true);
    assert.equal(hasWallet(folder), false);
  });

  test("nothing in the page needs inline scripts or other sites", () => {
    const page = textOf("index.html");
    assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/);
    assert.doesNotMatch(page, /(?:src|href)="(?!\/)/);
    for (const name of readdirSync(join(folder, "assets")).filter((file) => file.endsWith(".css"))) {
      assert.doesNotMatch(textOf(`assets/${name}`), /url\((?!["']?(?:\/assets\/|data:image))/);
    }
  });
});
