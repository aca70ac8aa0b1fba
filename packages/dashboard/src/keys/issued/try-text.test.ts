// The command that people paste into a shell, run by one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { tryText } from "./try-text.ts";

const BASE = "https://router.example/api/v1";

/** The arguments that curl would get, as a shell makes them of the text. */
function wordsOf(command: string): readonly string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}\n`;
  const environment = { AIMO_API_KEY: "aimo-sk-u1-x" };
  return execFileSync("/bin/sh", ["-c", script], { env: environment, encoding: "utf8" }).split("\0").slice(0, -1);
}

test("the command asks the model with the key of the variable", () => {
  const [url, , bearer, , type, , body = ""] = wordsOf(tryText(BASE, "meta/llama3.2"));
  assert.equal(url, "https://router.example/api/v1/chat/completions");
  assert.deepEqual([bearer, type], ["Authorization: Bearer aimo-sk-u1-x", "Content-Type: application/json"]);
  assert.deepEqual(JSON.parse(body), {
    model: "meta/llama3.2",
    messages: [{ role: "user", content: "Say hello." }],
  });
});

test("a model's name that would be a command is only a name", () => {
  for (const model of ["a/b'; echo pwned; '", "a/$(echo pwned)", "a/`echo pwned`", String.raw`a/\'"`]) {
    const words = wordsOf(tryText(BASE, model));
    assert.equal(words.length, 7);
    assert.equal((JSON.parse(words[6] ?? "") as { model: string }).model, model);
  }
});
