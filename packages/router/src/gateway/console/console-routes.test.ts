// The console as a browser meets it: files by their names, the page for its addresses, and what was there before for all else.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { sendRaw } from "../../test-bed/raw-request.ts";

const PAGE = "<!doctype html><title>AiMo</title><script type=module src=/assets/main-1a2b.js></script>";
const SCRIPT = `console.log(${JSON.stringify("words ".repeat(500))});`;
const FONT = Buffer.from([0x77, 0x4f, 0x46, 0x32, 0, 255, 254]);
const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

function writeConsole(folder: string): void {
  for (const [name, content] of Object.entries({
    "index.html": PAGE,
    "favicon.svg": "<svg/>",
    "assets/main-1a2b.js": SCRIPT,
    "assets/inter-3c4d.woff2": FONT,
    ".vite/manifest.json": "{}",
  })) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

describe("the console", () => {
  let folder: string;
  let router: TestRouter;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aimo-console-"));
    writeConsole(folder);
    router = await startTestRouter({ AIMO_CONSOLE_DIR: folder });
  });
  after(async () => {
    await router.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> =>
    fetch(`${router.url}${path}`, { method, headers: { "accept-encoding": "identity", ...headers } });

  test("is at / for whoever asks, with what it may do in a browser", async () => {
    const answer = await get("/?utm=x");
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), PAGE);
    const headers = Object.fromEntries(answer.headers);
    const told = (name: string): unknown => headers[name];
    assert.equal(told("content-type"), "text/html; charset=utf-8");
    assert.equal(
      told("content-security-policy"),
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'",
    );
    assert.equal(told("cache-control"), "no-cache");
    assert.equal(told("x-content-type-options"), "nosniff");
    assert.equal(told("referrer-policy"), "same-origin");
    assert.equal(told("x-frame-options"), "DENY");
    assert.equal(told("cross-origin-opener-policy"), "same-origin-allow-popups");
    assert.equal(told("permissions-policy"), "camera=(), microphone=(), geolocation=()");
  });

  for (const path of [
    "/keys",
    "/activity/generations/",
    "/models/openai/gpt-4.1",
    "/providers/9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
    "/modelsandmore",
    "/apiary",
    "/a/b.c/d",
    "/%2e%2e/%2e%2e/etc/passwd",
  ]) {
    test(`opens at ${path} in a browser, and for nobody else`, async () => {
      const answer = await get(path, HTML);
      assert.equal(await answer.text(), PAGE);
      assert.ok(answer.headers.has("content-security-policy"));
      for (const accept of ["*/*", "application/json", "text/htmlx"]) {
        assert.equal((await get(path, { accept })).status, 404, accept);
      }
    });
  }

  for (const path of [
    "/api",
    "/api/v1/nothing",
    "/v1/nothing",
    "/.well-known/nothing",
    "/assets/gone-0000.js",
    "/assets/",
    "/assets",
    "/healthz",
    "/readyz",
    "/metrics",
    "/index.php",
    "/favicon.ico",
    "/.vite/manifest.json",
    "/models.json",
    "/keys/index.html",
  ]) {
    test(`leaves ${path} what it was, also for a browser`, async () => {
      const answer = await get(path, HTML);
      assert.equal(answer.status, 404);
      const { error } = (await answer.json()) as { error: { metadata: { error_code: string } } };
      assert.equal(error.metadata.error_code, "not_found");
    });
  }

  test("answers no method but GET and HEAD", async () => {
    for (const method of ["POST", "PUT", "DELETE"])
      assert.equal((await get("/keys", HTML, method)).status, 404, method);
    const head = await get("/keys", HTML, "HEAD");
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    assert.equal(head.headers.get("content-length"), `${PAGE.length}`);
    assert.ok(head.headers.has("content-security-policy"));
  });

  test("has its files by their names, those with a hash for good", async () => {
    const script = await get("/assets/main-1a2b.js");
    assert.equal(await script.text(), SCRIPT);
    assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
    assert.equal(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(script.headers.get("x-content-type-options"), "nosniff");
    const signedIn = await get("/assets/main-1a2b.js", { cookie: "aimo-session=x" });
    assert.equal(signedIn.headers.get("cache-control"), "public, max-age=31536000, immutable");
    const font = await get("/assets/inter-3c4d.woff2");
    assert.deepEqual(Buffer.from(await font.arrayBuffer()), FONT);
    assert.equal(font.headers.get("content-type"), "font/woff2");
    const icon = await get("/favicon.svg");
    assert.deepEqual(
      [icon.headers.get("content-type"), icon.headers.get("cache-control")],
      ["image/svg+xml", "no-cache"],
    );
  });

  test("is the same for who sends a whole URL", async () => {
    for (const [target, expected] of [
      ["http://router.example/favicon.svg", "<svg/>"],
      ["HTTP://router.example?utm=x", PAGE],
    ] as const) {
      const { status, body } = await sendRaw(
        router.url,
        `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      );
      assert.deepEqual([status, body], [200, expected], target);
    }
  });

  test("gives no file outside its folder", async () => {
    writeFileSync(join(folder, "..", "aimo-console-secret.txt"), "secret");
    const paths = [
      "/../aimo-console-secret.txt",
      "/assets/../../aimo-console-secret.txt",
      "/..%2faimo-console-secret.txt",
    ];
    for (const path of [...paths, "/assets/..\\..\\aimo-console-secret.txt", "//etc/passwd", "/%00"]) {
      const request = `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
      const { status, body } = await sendRaw(router.url, request);
      assert.ok(status === 400 || status === 404, `${path}: ${status}`);
      assert.doesNotMatch(body, /^secret|root:/, path);
    }
    rmSync(join(folder, "..", "aimo-console-secret.txt"));
  });

  test("comes as its client reads it best, and not again to who has it", async () => {
    const path = "/assets/main-1a2b.js";
    const tags = new Set<string | null>();
    for (const coding of ["identity", "gzip", "br"]) {
      const first = await get(path, { "accept-encoding": coding });
      assert.equal(first.headers.get("content-encoding"), coding === "identity" ? null : coding);
      assert.equal(await first.text(), SCRIPT); // decoded again
      const isSmaller = Number(first.headers.get("content-length")) < SCRIPT.length;
      assert.equal(isSmaller, coding !== "identity");
      const tag = first.headers.get("etag");
      tags.add(tag);
      assert.match(tag ?? "", /^"[\w-]+"$/);
      assert.equal(first.headers.get("vary"), "accept-encoding");
      const again = await get(path, { "accept-encoding": coding, "if-none-match": tag ?? "" });
      assert.deepEqual([again.status, await again.text()], [304, ""]);
      assert.equal(again.headers.get("etag"), tag);
      assert.equal(again.headers.get("cache-control"), "public, max-age=31536000, immutable");
    }
    assert.equal(tags.size, 3);
    assert.equal(
      (await get("/assets/inter-3c4d.woff2", { "accept-encoding": "br" })).headers.get("content-encoding"),
      null,
    );
  });

  test("may talk to the RPC node of its reader's choice, and is another page then", async () => {
    const plain = await get("/");
    const cookie = `aimo_rpc=${encodeURIComponent("https://rpc.example/?key=secret")}`;
    const chosen = await get("/", { cookie });
    assert.match(
      chosen.headers.get("content-security-policy") ?? "",
      /; connect-src 'self' https:\/\/rpc\.example; form-/,
    );
    assert.equal(chosen.headers.get("cache-control"), "private, no-cache");
    assert.equal((await get("/", { cookie, "if-none-match": plain.headers.get("etag") ?? "" })).status, 200);
    const known = await get("/", { cookie, "if-none-match": chosen.headers.get("etag") ?? "" });
    assert.equal(known.status, 304);
    assert.match(known.headers.get("content-security-policy") ?? "", /rpc\.example/);
  });

  test("is no part of the OpenAPI document", async () => {
    const { paths } = (await (await get("/api/v1/openapi.json")).json()) as { paths: object };
    assert.deepEqual(
      Object.keys(paths).filter((path) => !/^\/(?:api\/v1|\.well-known)\//.test(path)),
      [],
    );
  });
});

test("a router without a console says at / what it is, and leaves everything else what it was", async () => {
  const router = await startTestRouter();
  try {
    const answer = await fetch(router.url, { headers: HTML });
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/plain; charset=utf-8"]);
    const sentence = `This is an AiMo router: its API is at ${router.url}/api/v1, and its web console is not installed.\n`;
    assert.equal(await answer.text(), sentence);
    assert.equal((await fetch(`${router.url}/keys`, { headers: HTML })).status, 404);
  } finally {
    await router.close();
  }
});
