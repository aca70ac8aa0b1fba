// A proxy for tests: the real one on the system's sockets, with a config made from text and a log that is kept.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@aimo-network/protocol/clock";
import { systemClock } from "@aimo-network/protocol/clock";
import { seededRandom } from "@aimo-network/protocol/random";
import type { ProxyConfig } from "../config/proxy-config.ts";
import { parseProxyConfig } from "../config/proxy-config.ts";
import { createLog } from "../log.ts";
import type { ResolveHost } from "../crossing/media.ts";
import type { Proxy } from "../proxy.ts";
import { createProxy } from "../proxy.ts";

/** The key that a test's config sends to its routers. */
export const ROUTER_KEY = "aimo-sk-test-router-key";
/** The key that a test's config sends to its upstream. */
export const UPSTREAM_KEY = "sk-test-upstream-key";

/** What a test's config says; the rest has its defaults. */
export interface TestConfig {
  readonly routers: readonly string[];
  readonly apiBase: string;
  readonly model?: string;
  readonly routerKey?: string;
  /** The `id` of every router. */
  readonly routerId?: string;
  /** Lines before the first section. */
  readonly top?: string;
  /** Lines in `[[models]]`. */
  readonly offer?: string;
  /** Lines in `[models.params]`. */
  readonly params?: string;
  /** Whole sections. */
  readonly sections?: string;
}

/** The text of a config with one model. */
export function configText({ routers, apiBase, ...more }: TestConfig): string {
  const id = more.routerId === undefined ? "" : `\nid = "${more.routerId}"`;
  const key = more.routerKey ?? ROUTER_KEY;
  const sections = routers.map((url) => `[[routers]]\nurl = "${url}"\napi_key = "${key}"${id}`);
  return `${more.top ?? ""}
${sections.join("\n")}
[[models]]
name = "${more.model ?? "demo"}"
display_name = "Demo"
provider_name = "maker"
${more.offer ?? ""}
[models.pricing]
prompt = 1
completion = 2
[models.params]
model = "upstream-demo"
api_base = "${apiBase}"
api_key = "${UPSTREAM_KEY}"
${more.params ?? ""}
${more.sections ?? ""}
`;
}

/** The config of a test, parsed. */
export function testConfig(parts: TestConfig): ProxyConfig {
  return parseProxyConfig(configText(parts), { fileName: "config.toml", env: {} });
}

/** A proxy under test. */
export interface TestProxy {
  readonly proxy: Proxy;
  readonly logLines: string[];
  /** Resolves when a line of the log contains `text`. */
  logged(text: string): Promise<string>;
  readonly allRefused: Promise<true>;
  readonly spoolPath: string;
  stop(): Promise<void>;
}

/** What a test may pass in. */
export interface TestProxyOptions {
  readonly clock?: Clock;
  readonly resolve?: ResolveHost;
  readonly spoolPath?: string;
}

/** Starts a proxy with `config`. */
export function startProxy(config: ProxyConfig, options: TestProxyOptions = {}): TestProxy {
  const directory = mkdtempSync(join(tmpdir(), "aimo-proxy-"));
  const spoolPath = options.spoolPath ?? join(directory, "ends.jsonl");
  const logLines: string[] = [];
  const watchers: { text: string; resolve: (line: string) => void }[] = [];
  const log = createLog({
    write(line) {
      logLines.push(line);
      for (const watcher of watchers) if (line.includes(watcher.text)) watcher.resolve(line);
    },
  });
  log.level = "debug";
  const refused = Promise.withResolvers<true>();
  const tools = {
    clock: options.clock ?? systemClock,
    random: seededRandom(1),
    log,
    environment: {},
    resolve: options.resolve ?? (() => Promise.resolve(["93.184.215.14"])),
  };
  const proxy = createProxy(tools, config, { spoolPath, allRefused: () => refused.resolve(true) });
  proxy.start();
  return {
    proxy,
    logLines,
    allRefused: refused.promise,
    spoolPath,
    logged(text) {
      const line = logLines.find((logged) => logged.includes(text));
      if (line !== undefined) return Promise.resolve(line);
      const logged = Promise.withResolvers<string>();
      watchers.push({ text, resolve: logged.resolve });
      return logged.promise;
    },
    async stop() {
      await proxy.drain("test over", 0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
