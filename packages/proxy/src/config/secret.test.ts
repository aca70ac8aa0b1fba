// Secrets print nowhere: not by themselves, not in a configuration, not in faults.
import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { GUIDE, GUIDE_ENVIRONMENT, faultsOf, guideWith, parsed } from "./sample-config.ts";
import { Secret } from "./secret.ts";

test("a secret prints as [redacted] however it is printed", () => {
  const secret = new Secret("hunter2");
  const printed = [
    secret.toString(),
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true, customInspect: false }),
    format("%s %o %j", secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
  ].join(" ");
  assert.ok(!printed.includes("hunter2"), printed);
  assert.ok(printed.startsWith('[redacted] [redacted] {"secret":"[redacted]"} { secret: [redacted] }'), printed);
});

test("a secret reveals its text to who asks for it", () => {
  assert.equal(new Secret("hunter2").reveal(), "hunter2");
});

test("a printed configuration holds no secret", () => {
  const headers = '\nheaders = { x-token = "headersecret" }';
  const config = parsed(GUIDE + headers);
  assert.equal(config.models[2]?.upstream.headers["x-token"]?.reveal(), "headersecret");
  const printed = `${JSON.stringify(config)} ${inspect(config, { depth: 20, showHidden: true })}`;
  for (const secret of [...Object.values(GUIDE_ENVIRONMENT), "headersecret"]) {
    assert.ok(secret !== undefined && !printed.includes(secret));
  }
});

test("faults of secrets do not show them", () => {
  const toml = guideWith(
    ["std::env::AIMO_PROVIDER_KEY", "hunter2"],
    ["std::env::OPENAI_API_KEY", "Bearer hunter2"],
    ["std::env::DEEPSEEK_API_KEY", "std::env::SPACED"],
    ["https://api.openai.com/v1", "https://user:hunter2@api.openai.com/v1"],
    ["https://api.deepseek.com/v1", "hunter2"],
    ["https://generativelanguage.googleapis.com/v1", "https://host.example/v1?key=hunter2"],
    ['api_key = "std::env::GOOGLE_API_KEY"', 'headers = { authorization = "hunter2\\n" }\napi_key = 4815162342'],
  );
  const faults = faultsOf(toml, { SPACED: "hunter2 hunter2" });
  assert.equal(faults.length, 9);
  const printed = inspect(faults, { depth: 9 });
  assert.ok(!/hunter2|4815162342/.test(printed), printed);
});

test("a syntax fault does not show the line it is in, nor does its cause", () => {
  const faults = faultsOf("[router]\napi_key = hunter2\n");
  assert.equal(faults[0]?.line, 2);
  try {
    parsed("[router]\napi_key = hunter2\n");
  } catch (error) {
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes("hunter2"));
  }
});
