import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { findFreePort } from "./free-port.ts";

const HOST = "127.0.0.1";

async function occupy(t: TestContext, port: number): Promise<void> {
  const server = createServer().listen(port, HOST);
  t.after(() => server.close());
  await once(server, "listening");
  assert.equal((server.address() as AddressInfo).port, port);
}

test("a busy port gives way to the next, and two in a row to the next two", async (t) => {
  const port = await findFreePort(0, HOST, 6);
  await occupy(t, port);
  await occupy(t, port + 2);
  assert.equal(await findFreePort(port, HOST), port + 1);
  assert.equal(await findFreePort(port, HOST, 2), port + 3);
});

test("any port is one that the system gives to no connection", async () => {
  const port = await findFreePort(0, HOST);
  assert.ok(port >= 20_000 && port < 32_100);
});
