// Neither a prompt nor a completion nor a key reaches the log, whatever happens to a request.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { createLog, readableLine } from "./log.ts";
import { startRouter } from "./test-bed/scripted-router.ts";
import { startUpstream } from "./test-bed/scripted-upstream.ts";
import { ROUTER_KEY, startProxy, testConfig, UPSTREAM_KEY } from "./test-bed/test-proxy.ts";

const PROMPT = "MARKER-PROMPT-7f3a";
const COMPLETION = "MARKER-COMPLETION-91cd";
const HEADER = "MARKER-HEADER-55e0";

describe("the log", () => {
  test("requests of every outcome leave no prompt, completion, key or header in it, nor in the spool", async (context) => {
    let turn = 0;
    const upstream = await startUpstream(({ response }) => {
      turn += 1;
      const json = { "content-type": "application/json", "x-request-id": HEADER };
      const events = { "content-type": "text/event-stream" };
      if (turn === 1) response.writeHead(200, json).end(`{"choices":[{"message":{"content":"${COMPLETION}"}}]}`);
      else if (turn === 2)
        response.writeHead(401, json).end(`{"error":{"message":"${COMPLETION} bad key ${UPSTREAM_KEY}"}}`);
      else if (turn === 3) response.writeHead(200, json).end(`${COMPLETION} no json`);
      else if (turn === 4)
        response.writeHead(200, events).end(`data: {"choices":[{"delta":{"content":"${COMPLETION}"}}]}\n\n`);
      else response.writeHead(200, events).write(`data: ${COMPLETION}\n\n`, () => response.destroy());
    });
    const router = await startRouter({ acknowledges: false });
    const config = testConfig({
      routers: [router.url],
      apiBase: upstream.apiBase,
      params: `headers = { x-own = "${HEADER}" }`,
      sections: `[body]\ndeny = ["logit_bias"]`,
    });
    const { stop, logLines, proxy, spoolPath } = startProxy(config);
    context.after(async () => {
      await stop();
      await router.close();
      await upstream.close();
    });
    const link = await router.link();
    await link.message("offers");
    const message = { role: "user", content: PROMPT };
    const headers = { "user-agent": HEADER, traceparent: HEADER };
    for (let count = 0; count < 5; count += 1) {
      await link.send(JSON.stringify({ messages: [message], stream: count > 2 }), { headers }).end;
    }
    await link.send(`${PROMPT} no json`, { headers }).end;
    await link.send(JSON.stringify({ messages: [message], logit_bias: PROMPT })).end;
    await link.send(JSON.stringify({ messages: [{ content: [{ image_url: { url: `http://${PROMPT}/` } }] }] })).end;
    const refused = await link.send(`{"${PROMPT}":1,"${PROMPT}":2}`).end;
    assert.match(refused.error?.message ?? "", new RegExp(PROMPT), "the router may tell its client");
    await proxy.drain("over", 0);
    const spool = readFileSync(spoolPath, "utf8");
    assert.match(spool, /"error":\{"code":"invalid_request","message":""\}/);
    const text = logLines.join("") + spool;
    assert.ok(logLines.length > 8, "the log was written");
    for (const marker of [PROMPT, COMPLETION, HEADER, ROUTER_KEY, UPSTREAM_KEY]) {
      assert.equal(text.toLowerCase().includes(marker.toLowerCase()), false, `${marker} is in the log:\n${text}`);
    }
  });

  test("a router that repeats the key it was sent does not get it in", async (context) => {
    const body = JSON.stringify({ error: { message: `The key ${ROUTER_KEY} is revoked.` } });
    const router = await startRouter({ refuse: () => ({ status: 401, body }) });
    const config = testConfig({ routers: [router.url], apiBase: "http://127.0.0.1:1/v1" });
    const { stop, logged } = startProxy(config);
    context.after(async () => {
      await stop();
      await router.close();
    });
    assert.match(await logged("refuses the key"), /"says":"The key \[a key\] is revoked\."/);
  });

  test("an error is logged by its name, code and place", () => {
    const lines: string[] = [];
    const log = createLog({ write: (line) => void lines.push(line) });
    log.error({ error: Object.assign(new Error("S1"), { code: "ECONNRESET" }), ["err"]: new TypeError("S2") }, "x");
    assert.doesNotMatch(lines.join(""), /S\d/);
    assert.match(lines.join(""), /"error":\{"name":"Error","code":"ECONNRESET","frames":\["at /);
  });

  test("a whole object that somebody logs is redacted", () => {
    const lines: string[] = [];
    const log = createLog({ write: (line) => void lines.push(line) });
    log.info(
      {
        authorization: "S1",
        body: "S2",
        request: { headers: { authorization: "S3" }, messages: ["S4"] },
        apiKey: "S5",
      },
      "x",
    );
    assert.doesNotMatch(lines.join(""), /S\d/);
    assert.match(lines.join(""), /\[redacted\]/);
  });

  test("on a terminal a line is readable and cannot steer it", () => {
    const line = JSON.stringify({
      level: 40,
      time: "2026-01-02T03:04:05.678Z",
      ["msg"]: "gone",
      says: "a\u001B[2Jb\nc",
      code: 1006,
    });
    assert.equal(readableLine(line), "03:04:05 warning: gone says=a [2Jb c code=1006");
  });
});
