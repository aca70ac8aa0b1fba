import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseCompose } from "./compose-file.ts";

const ROUTER = readFileSync(join(import.meta.dirname, "../../deploy/docker/router/compose.yaml"), "utf8");

function faultOf(from: string, to: string): string {
  assert.ok(ROUTER.includes(from), `the file has no ${from}`);
  try {
    parseCompose(ROUTER.replace(from, to));
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail(`${to} is taken`);
}

test("a key that is misspelt, a value of another kind and a port that is open to everybody are refused", () => {
  assert.match(faultOf("read_only:", "readonly:"), /services\/router/);
  assert.match(faultOf("restart: unless-stopped", "restart: sometimes"), /services\/router\/restart/);
  assert.match(faultOf("127.0.0.1:8787:8787", "8787:8787"), /services\/router\/ports/);
  assert.match(faultOf("pids_limit: 256", 'pids_limit: "many"'), /services\/router\/pids_limit/);
  assert.match(faultOf("interval: 5s", "interval: 5"), /services\/postgres\/healthcheck\/interval/);
});

test("what a service needs has to be declared", () => {
  assert.match(faultOf("volumes:\n  database:", "volumes:\n  other:"), /postgres: volume database/);
  assert.match(faultOf("secrets: [postgres_password]", "secrets: [password]"), /postgres: secret password/);
  assert.match(
    faultOf("      postgres:\n        condition", "      database:\n        condition"),
    /health of database/,
  );
});
