import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curlCode } from "./call-code.ts";

/** What a shell hands to curl. */
function wordsOf(code: string): readonly string[] {
  const show = 'curl() { for word in "$@"; do printf "%s\\0" "$word"; done; }';
  const env = { ...process.env, AIMO_API_KEY: "aimo-sk-1" };
  return execFileSync("sh", ["-c", `${show}\n${code}`], { encoding: "utf8", env })
    .split("\0")
    .slice(0, -1);
}

test("a shell hands curl the URL, the key and the request", () => {
  const words = wordsOf(curlCode("https://router.example/api/v1", "openai/gpt-4.1"));
  assert.deepEqual(words, [
    ...["https://router.example/api/v1/chat/completions", "-H", "Authorization: Bearer aimo-sk-1"],
    ...["-H", "Content-Type: application/json", "-d"],
    '{"model":"openai/gpt-4.1","messages":[{"role":"user","content":"Hello"}]}',
  ]);
});

test("a name that would leave its quotes stays within them", () => {
  const model = "a/b'; touch /nowhere/x; echo '$(id)`id`";
  const words = wordsOf(curlCode("https://router.example/api/v1", model));
  assert.equal(words.length, 7);
  assert.equal((JSON.parse(words[6] ?? "") as { model: string }).model, model);
});
