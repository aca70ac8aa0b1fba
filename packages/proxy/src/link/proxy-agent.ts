// The way to a router on another machine: straight, or through the HTTPS proxy that the environment names.
import { Agent } from "node:https";
import { isLoopbackHost } from "../config/network-address.ts";
import type { RouterTarget } from "../config/proxy-config.ts";
import type { Environment } from "../config/reading.ts";

/** This Node cannot dial through the proxy that the environment names; its message says what to do. */
export class NodeTooOld extends Error {
  override readonly name = "NodeTooOld";
}

function needsWay(url: URL): boolean {
  return (url.protocol === "https:" || url.protocol === "wss:") && !isLoopbackHost(url.hostname);
}

/** The agent for an address; undefined where it is dialled straight. */
export function routerAgent(url: URL, environment: Environment): Agent | undefined {
  return needsWay(url) ? new Agent({ proxyEnv: environment }) : undefined;
}

/** Whether Node's agents know proxies of the environment: since 22.21 and 24.5; older ones would dial past them. */
export function knowsProxies(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split(".").map((part) => Number.parseInt(part, 10));
  if (major === 22) return minor >= 21;
  if (major === 24) return minor >= 5;
  return major > 24;
}

/** Throws `NodeTooOld` where a router would be dialled past the proxy of the environment. */
export function requireProxySupport(
  routers: readonly RouterTarget[],
  environment: Environment,
  nodeVersion = process.versions.node,
): void {
  const named = ["https_proxy", "HTTPS_PROXY"].find((name) => (environment[name] ?? "") !== "");
  if (named === undefined || knowsProxies(nodeVersion)) return;
  if (!routers.some(({ url }) => needsWay(new URL(url)))) return;
  throw new NodeTooOld(
    `${named} names a proxy, which Node.js v${nodeVersion} cannot dial routers through: install Node.js 22.21 or newer, or 24.5 or newer.`,
  );
}
