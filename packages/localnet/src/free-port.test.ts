import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { findFreePort } from "./free-port.ts";

const HOST = "127.0.0.1";
const skipped = process.platform !== "linux" && "only Linux has 127.0.0.2, where ports are claimed";

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

test("of a process that finds many ports, the last 64 are claimed", { skip: skipped }, async () => {
  const isClaimed = async (port: number): Promise<boolean> => {
    const server = createServer().listen(port, "127.0.0.2");
    const listening = once(server, "listening").then(() => false);
    const found = await listening.catch((error: unknown) => (error as NodeJS.ErrnoException).code === "EADDRINUSE");
    server.close();
    return found;
  };
  const first = await findFreePort(0, HOST);
  const second = await findFreePort(0, HOST);
  for (let more = 0; more < 62; more += 1) await findFreePort(0, HOST);
  assert.deepEqual([await isClaimed(first), await isClaimed(second)], [true, true]);
  await findFreePort(0, HOST);
  assert.deepEqual([await isClaimed(first), await isClaimed(second)], [false, true]);
});

test("a port found for later is found by nobody else until its finder ends", { skip: skipped }, async () => {
  const script = `
    import { findFreePort } from ${JSON.stringify(import.meta.resolve("./free-port.ts"))};
    process.stdout.write(String(await findFreePort(0, "${HOST}", 3)));
    process.stdin.resume(); // holds what it found until we close its input
  `;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const [found] = (await once(other.stdout, "data")) as [Buffer];
  const port = Number(found.toString());
  await assert.rejects(once(createServer().listen(port + 1, "127.0.0.2"), "listening"), { code: "EADDRINUSE" });
  assert.equal(await findFreePort(port, HOST), port, "one that is asked for by number is whoever's");
  other.stdin.end();
  await once(other, "exit");
  const after = createServer().listen(port + 1, "127.0.0.2");
  await once(after, "listening");
  after.close();
});
