import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, describe, test } from "node:test";
import type { GuideWalk, WalkedBlock } from "./walk-guide.ts";
import { walkGuide } from "./walk-guide.ts";

const fence = "```";
const root = mkdtempSync(join(tmpdir(), "aimo-walk-"));
after(() => rmSync(root, { recursive: true, force: true }));

function emptyFolder(): string {
  return mkdtempSync(join(root, "reader-"));
}

function walk(markdown: string, more: Partial<GuideWalk> = {}): Promise<readonly WalkedBlock[]> {
  const folder = emptyFolder();
  const file = join(emptyFolder(), "guide.md");
  writeFileSync(file, markdown);
  const environment = { PATH: process.env["PATH"] ?? "" };
  return walkGuide({ file: pathToFileURL(file), folder, environment, instead: {}, isReady: /ready/, ...more });
}

const sh = (text: string, words = ""): string => `${fence}sh${words}\n${text}\n${fence}\n`;

describe("walking a guide", () => {
  test("saves files, keeps what is exported, and lets what stays go on", async () => {
    const folder = emptyFolder();
    const walked = await walk(
      [
        sh("export COLOUR=red"),
        `${fence}toml config.toml\n[router]\n${fence}\n`,
        sh('bash -c "echo ready; exec sleep 60"', " stays"),
        sh('echo "$COLOUR $(cat config.toml)"; echo "$HOME" >> seen.txt'),
      ].join("\n"),
      { folder },
    );
    assert.deepEqual(
      walked.map(({ code, output }) => [code, output]),
      [
        [0, ""],
        [0, ""],
        [0, "ready"],
        [0, "red [router]"],
      ],
    );
    assert.equal(readFileSync(join(folder, "seen.txt"), "utf8"), `${folder}\n`);
  });

  test("stops at a command that fails, in the middle of a block too, with what it said", async () => {
    await assert.rejects(
      walk(sh("echo before >&2\nfalse\necho after")),
      /line 1 of .*ended with 1, not 0:[^]*before\n?$/,
    );
    await assert.rejects(walk(sh("exit 7", " stays")), /ended with 7/);
  });

  test("takes a failure that the guide announces, and no other end", async () => {
    const [block] = await walk(sh("exit 4"), { codeOf: () => 4 });
    assert.equal(block?.code, 4);
    await assert.rejects(walk(sh("exit 0"), { codeOf: () => 4 }), /ended with 0, not 4/);
  });

  test("puts the reader's own in place of the examples, which have to be there", async () => {
    const [block] = await walk(sh("echo https://router.example"), {
      instead: { "https://router.example": "http://mine" },
    });
    assert.equal(block?.output, "http://mine");
    await assert.rejects(walk(sh("true"), { instead: { missing: "x" } }), /does not say missing/);
  });

  test("refuses a block that nobody follows, so that none is passed over", async () => {
    await assert.rejects(walk(`${fence}json\n{}\n${fence}\n`), /how to follow a block of json/);
    await assert.rejects(walk(sh("true", " sometimes")), /how to follow a block of sh sometimes/);
  });
});
