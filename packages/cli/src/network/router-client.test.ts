// One exchange with a router: packed answers, long ones, and those that break in the middle.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { ROUTER_ANSWER_BYTES_MAX } from "../limits.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { startScriptedRouter } from "../test-bed/scripted-router.ts";
import type { Answer } from "../test-bed/scripted-router.ts";
import { VERSION } from "../version.ts";
import { RouterClient } from "./router-client.ts";

function packed(bytes: Uint8Array): Answer {
  return (request, response) => {
    assert.equal(request.headers["accept-encoding"], "gzip");
    response.writeHead(200, { "content-encoding": "gzip" }).end(bytes);
  };
}

test("an answer arrives whole, packed or not, with every digit of its numbers", async (t) => {
  const text = '{"data":[0.000000000001,9007199254740993,7,"ü"]}';
  const plain: Answer = (_request, response) => void response.end(text);
  const { url } = await startScriptedRouter(t, { "/plain": plain, "/packed": packed(gzipSync(text)) });
  const client = new RouterClient(`${url}/`, openReadingBed(t).context);
  const expected = { data: ["0.000000000001", "9007199254740993", 7, "ü"] };
  assert.deepEqual(await client.call("/plain"), expected);
  assert.deepEqual(await client.call("/packed"), expected);
});

test("a question has its method, its body, its key and who asks", async (t) => {
  const asked: string[] = [];
  const echo: Answer = (request, response) => {
    const { method = "", headers } = request;
    asked.push(method, headers.authorization ?? "", headers["content-type"] ?? "", headers["user-agent"] ?? "");
    request.pipe(response);
  };
  const { url } = await startScriptedRouter(t, { "/echo": echo });
  const client = new RouterClient(url, openReadingBed(t).context);
  assert.deepEqual(await client.call("/echo", { bearer: "key", body: { a: "ü" }, query: { no: undefined } }), {
    a: "ü",
  });
  assert.deepEqual(asked, ["POST", "Bearer key", "application/json", `aimo/${VERSION}`]);
  await client.callWhole("/echo", { method: "DELETE" });
  assert.equal(asked[4], "DELETE");
});

test("an answer that is longer than any router's ends there, however small it was packed", async (t) => {
  const bomb = gzipSync(Buffer.alloc(ROUTER_ANSWER_BYTES_MAX + 1));
  const { url } = await startScriptedRouter(t, { "/bomb": packed(bomb) });
  const fault = await faultOf(new RouterClient(url, openReadingBed(t).context).call("/bomb"));
  assert.match(fault.what, /too long/);
});

test("an answer that breaks in the middle is told as a broken connection", async (t) => {
  const half: Answer = (_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"data":');
    setImmediate(() => response.destroy());
  };
  const torn = gzipSync("{}").subarray(0, 12);
  const { url } = await startScriptedRouter(t, {
    "/half": half,
    "/torn": packed(torn),
    "/none": packed(Buffer.from("none")),
  });
  for (const path of ["/half", "/torn", "/none"]) {
    const fault = await faultOf(new RouterClient(url, openReadingBed(t).context).call(path));
    assert.match(fault.why ?? "", /the connection to 127\.0\.0\.1:\d+ broke/, path);
  }
});

test("a stream is as fetch has it, and follows nobody either", async (t) => {
  const { url } = await startScriptedRouter(t, {
    "/stream": (_request, response) => void response.end("data: 1\n\n"),
    "/away": (_request, response) => void response.writeHead(302, { location: "/stream" }).end(),
  });
  const client = new RouterClient(url, openReadingBed(t).context);
  assert.equal(await (await client.open("/stream", {})).text(), "data: 1\n\n");
  assert.equal((await faultOf(client.open("/away", {}))).code, "redirected");
});
