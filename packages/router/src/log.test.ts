// The log writes no words of an error and redacts what must never be in it, the web framework's lines included.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError } from "@aimo-network/protocol/errors";
import { frameworkLog } from "./gateway/framework-log.ts";
import { createLog } from "./log.ts";

function bench(level = "trace") {
  const lines: string[] = [];
  return { lines, log: createLog(level, { write: (line) => void lines.push(line) }) };
}

test("an error is logged by name, code and place", () => {
  const { lines, log } = bench();
  const cause = new Error("SECRET");
  log.error(
    { error: new AimoError("provider_error", { provider: "w", detail: "SECRET", raw: "SECRET" }, { cause }) },
    "x",
  );
  log.error({ ["err"]: cause }, "x");
  assert.doesNotMatch(lines.join(""), /SECRET/);
  assert.match(
    lines[0] ?? "",
    /"error":\{"name":"AimoError","code":"provider_error","frames":\["at .*"cause":\{"name":"Error"/,
  );
  assert.match(lines[1] ?? "", /"err":\{"name":"Error","frames":\["at /);
});

test("a whole object that somebody logs is redacted", () => {
  const { lines, log } = bench();
  const headers = { authorization: "SECRET", "x-api-key": "SECRET" };
  log.info({ request: { url: "/SECRET", headers, body: "SECRET" } }, "x");
  log.info({ request: { raw: { headers: "SECRET", url: "SECRET" } }, failure: { context: "SECRET" } }, "x");
  log.info({ chat: { messages: ["SECRET"], prompt: "SECRET" }, key: { text: "SECRET" } }, "x");
  assert.equal(lines.length, 3);
  assert.doesNotMatch(lines.join(""), /SECRET/);
  assert.match(lines[0] ?? "", /\[redacted\]/);
});

test("the web framework's complaints keep their place and lose their words, and all else it says is dropped", () => {
  const { lines, log } = bench();
  const framework = frameworkLog(log).child({ reqId: "SECRET" });
  framework.warn("Reply was already sent for /SECRET?key=SECRET");
  framework.error({ ["err"]: new TypeError("SECRET"), ["req"]: { url: "SECRET" } }, "SECRET");
  framework.fatal(new RangeError("SECRET"));
  framework.info("Route GET:/SECRET not found");
  framework.debug("SECRET");
  framework.trace({ ["err"]: new Error("SECRET") }, "SECRET");
  assert.equal(lines.length, 3);
  assert.doesNotMatch(lines.join(""), /SECRET/);
  assert.deepEqual(
    lines
      .map((line) => JSON.parse(line) as { level: number; error?: { name: string } })
      .map(({ level, error }) => [level, error?.name]),
    [
      [40, undefined],
      [50, "TypeError"],
      [60, "RangeError"],
    ],
  );
});
