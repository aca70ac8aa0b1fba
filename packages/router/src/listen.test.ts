// An address that cannot be had is told with the setting to change.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import fastify from "fastify";
import { ConfigError } from "./config.ts";
import { listen } from "./listen.ts";

test("a busy port names its setting and what to do", async (context) => {
  const squatter = createServer().listen(0, "127.0.0.1");
  context.after(() => squatter.close());
  await once(squatter, "listening");
  const { port } = squatter.address() as AddressInfo;
  const server = fastify();
  context.after(() => server.close());
  await assert.rejects(listen(server, { host: "127.0.0.1", port, settings: "AIMO_PORT" }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, new RegExp(`AIMO_PORT: cannot listen on 127\\.0\\.0\\.1:${port}: another program`));
    return true;
  });
});

test("an address of another machine names its setting", async (context) => {
  const server = fastify();
  context.after(() => server.close());
  await assert.rejects(listen(server, { host: "192.0.2.1", port: 0, settings: "AIMO_HOST" }), /no such address/);
});
