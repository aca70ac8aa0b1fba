import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { shellWord } from "./shell-word.ts";

test("a word that a shell reads as it is stays as it is", () => {
  for (const word of ["id.json", "/srv/ada/.config/solana/id.json", "a-b_c@d:e=f%g+h,i"])
    assert.equal(shellWord(word), word);
});

test("every other word comes back from a shell as what it was", () => {
  const words = ["two words", "it's", "$HOME", "`id`", "a\\b", "new\nline", "*", "~", "", "#x", "größe", "a;b|c&d"];
  for (const word of words) {
    const { stdout } = spawnSync("sh", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" });
    assert.equal(stdout, word, JSON.stringify(word));
  }
});
