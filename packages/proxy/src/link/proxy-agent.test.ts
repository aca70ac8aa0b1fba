// A proxy of the environment is used, or an old Node says that it cannot; it is never dialled past.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../config/secret.ts";
import { knowsProxies, NodeTooOld, requireProxySupport, routerAgent } from "./proxy-agent.ts";

const AWAY = [{ url: "https://router.example", apiKey: new Secret("aimo-sk-x") }];
const HERE = [{ url: "http://127.0.0.1:8080", apiKey: new Secret("aimo-sk-x") }];
const PROXY = { HTTPS_PROXY: "http://proxy.example:3128" };

test("Node knows proxies of the environment since 22.21 and 24.5", () => {
  for (const version of ["22.21.0", "22.22.1", "24.5.0", "24.21.0", "25.0.0"])
    assert.ok(knowsProxies(version), version);
  for (const version of ["22.18.0", "22.20.9", "23.11.0", "24.4.9", "20.20.2"])
    assert.ok(!knowsProxies(version), version);
});

test("an old Node with a proxy in the environment says so, where a router is reached by it", () => {
  assert.throws(
    () => requireProxySupport(AWAY, PROXY, "22.18.0"),
    (error) =>
      error instanceof NodeTooOld && /HTTPS_PROXY names a proxy, which Node\.js v22\.18\.0 cannot/.test(error.message),
  );
  assert.throws(() => requireProxySupport(AWAY, { https_proxy: "http://proxy.example" }, "22.20.0"), NodeTooOld);
  requireProxySupport(AWAY, PROXY, "22.21.0");
  requireProxySupport(AWAY, { HTTPS_PROXY: "" }, "22.18.0");
  requireProxySupport(HERE, PROXY, "22.18.0");
});

test("only another machine's address over TLS has an agent", () => {
  assert.ok(routerAgent(new URL("wss://router.example"), {}) !== undefined);
  assert.equal(routerAgent(new URL("wss://localhost:1"), {}), undefined);
  assert.equal(routerAgent(new URL("ws://127.0.0.1:1"), {}), undefined);
});
