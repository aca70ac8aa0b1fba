// What a container engine is told: whether a router link is live, and by which command it asks.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { askHealth, HealthFault, serveHealth } from "./health.ts";
import { startRecordingProxy } from "./test-bed/recording-proxy.ts";
import type { ProxyStatus } from "./proxy.ts";
import type { LinkState } from "./link/router-link.ts";
import { Tally } from "./serving/tally.ts";

function statusOf(...states: readonly LinkState[]): ProxyStatus {
  const routers = states.map((state) => ({ url: "https://router.example", state }));
  return { routers, models: 2, running: 1, tally: new Tally() };
}

async function served(context: TestContext, status: () => ProxyStatus | undefined): Promise<string> {
  const server = await serveHealth({ AIMO_PROXY_HEALTH: "127.0.0.1:0" }, status);
  assert.ok(server !== undefined);
  context.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function asked(environment: Record<string, string>): Promise<{ code: number; output: string; errors: string }> {
  const written = { output: "", errors: "" };
  const code = await askHealth({
    environment,
    output: { write: (text) => (written.output += text) },
    errors: { write: (text) => (written.errors += text) },
    parentId: () => 1,
    exit: () => assert.fail(),
  });
  return { code, ...written };
}

describe("health", () => {
  for (const [states, httpStatus] of [
    [["live"], 200],
    [["waiting", "live"], 200],
    [["connecting"], 503],
    [["refused", "waiting"], 503],
    [["stopped"], 503],
  ] as const) {
    test(`${states.join(" and ")} is ${httpStatus}, and the command says the same`, async (context) => {
      const address = await served(context, () => statusOf(...states));
      const response = await fetch(`http://${address}/whatever`);
      assert.equal(response.status, httpStatus);
      const live = httpStatus === 200 ? 1 : 0;
      assert.deepEqual(await response.json(), {
        status: live === 1 ? "live" : "offline",
        routers_live: live,
        routers: states.length,
        models: 2,
        running: 1,
      });
      const { code, output } = await asked({ AIMO_PROXY_HEALTH: address });
      assert.equal(code, live === 1 ? 0 : 1);
      assert.match(output, /"routers_live":/);
    });
  }

  test("before the proxy has started it is not healthy", async (context) => {
    const response = await fetch(`http://${await served(context, () => undefined)}/`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { status: "starting" });
  });

  test("without the variable nothing listens, and the command says what to set", async () => {
    const status = (): undefined => assert.fail();
    assert.equal(await serveHealth({}, status), undefined);
    assert.equal(await serveHealth({ AIMO_PROXY_HEALTH: "" }, status), undefined);
    await assert.rejects(
      asked({}),
      (error) => error instanceof HealthFault && /AIMO_PROXY_HEALTH is not set/.test(error.message),
    );
  });

  for (const address of ["9797", "127.0.0.1", "http://127.0.0.1:9797", "127.0.0.1:65536", "::1:80", ":80", "a b:80"]) {
    test(`${address} is no address to listen at`, async () => {
      await assert.rejects(
        serveHealth({ AIMO_PROXY_HEALTH: address }, () => undefined),
        HealthFault,
      );
    });
  }

  test("an address of the sixth version stands in brackets", async (context) => {
    const server = await serveHealth({ AIMO_PROXY_HEALTH: "[::1]:0" }, () => statusOf("live"));
    assert.ok(server !== undefined);
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    assert.equal((await asked({ AIMO_PROXY_HEALTH: `[::1]:${port}` })).code, 0);
    assert.equal((await asked({ AIMO_PROXY_HEALTH: `[::]:${port}` })).code, 0);
  });

  test("a port that is taken is told", async (context) => {
    const taken = await startRecordingProxy("");
    context.after(() => taken.close());
    const { host } = new URL(taken.url);
    await assert.rejects(
      serveHealth({ AIMO_PROXY_HEALTH: host }, () => undefined),
      (error) => error instanceof HealthFault && error.message.includes(`cannot listen at ${host} (EADDRINUSE)`),
    );
  });

  test("a proxy that is not there is told in words", async () => {
    const { code, errors } = await asked({ AIMO_PROXY_HEALTH: "127.0.0.1:1" });
    assert.equal(code, 1);
    assert.match(errors, /no proxy answers at 127\.0\.0\.1:1/);
  });
});
