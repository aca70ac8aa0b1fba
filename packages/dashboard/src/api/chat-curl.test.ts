// The command that people paste into a shell, run by one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { askCurl } from "./chat-curl.ts";

const BASE = "https://router.example/api/v1";

/** The arguments that curl would get, as a shell makes them of the text. */
function wordsOf(command: string): readonly string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}\n`;
  const environment = { AIMO_API_KEY: "aimo-sk-u1-x" };
  return execFileSync("/bin/sh", ["-c", script], { env: environment, encoding: "utf8" }).split("\0").slice(0, -1);
}

test("the command asks the model with the key of the variable", () => {
  const [url, , bearer, , type, , body = ""] = wordsOf(askCurl(BASE, "meta/llama3.2", "Say hello."));
  assert.equal(url, "https://router.example/api/v1/chat/completions");
  assert.deepEqual([bearer, type], ["Authorization: Bearer aimo-sk-u1-x", "Content-Type: application/json"]);
  assert.deepEqual(JSON.parse(body), {
    model: "meta/llama3.2",
    messages: [{ role: "user", content: "Say hello." }],
  });
});

test("a model's name that would be a command is only a name", () => {
  for (const model of ["a/b'; echo pwned; '", "a/$(echo pwned)", "a/`echo pwned`", String.raw`a/\'"`]) {
    const words = wordsOf(askCurl(BASE, model, "Say hello."));
    assert.equal(words.length, 7);
    assert.equal((JSON.parse(words[6] ?? "") as { model: string }).model, model);
  }
});

test("a shell hands curl the URL, the key and the request", () => {
  const words = wordsOf(askCurl(BASE, "openai/gpt-4.1", "Hello"));
  assert.deepEqual(words, [
    ...["https://router.example/api/v1/chat/completions", "-H", "Authorization: Bearer aimo-sk-u1-x"],
    ...["-H", "Content-Type: application/json", "-d"],
    '{"model":"openai/gpt-4.1","messages":[{"role":"user","content":"Hello"}]}',
  ]);
});

test("a name that would leave its quotes stays within them", () => {
  const model = "a/b'; touch /nowhere/x; echo '$(id)`id`";
  const words = wordsOf(askCurl(BASE, model, "Hello"));
  assert.equal(words.length, 7);
  assert.equal((JSON.parse(words[6] ?? "") as { model: string }).model, model);
});
