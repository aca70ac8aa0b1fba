// A router for tests: real sockets on free ports, a temporary data directory, keys to call it with.
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Clock, ManualClock } from "@aimo-network/protocol/clock";
import { systemClock } from "@aimo-network/protocol/clock";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import { systemRandom } from "@aimo-network/protocol/random";
import { parseConfig } from "../config.ts";
import { createLog } from "../log.ts";
import type { Router } from "../router.ts";
import { startRouter } from "../router.ts";

/** A wallet with a fresh key. */
export function newWallet(): Wallet {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ format: "der", type: "spki" }).subarray(-32),
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}

/** A router under test; it may be closed twice, by a test and by what cleans up after it. */
export interface TestRouter extends Router {
  readonly logLines: string[];
  /** A key of a new wallet, or of the one given. */
  key(content?: Partial<KeyContentV2>, wallet?: Wallet, boundTo?: string): Promise<string>;
  chat(key: string, body: unknown, more?: RequestInit): Promise<Response>;
}

/** Lets time pass on a manual clock until something that waits for it has ended. */
async function passTime(clock: ManualClock, ending: Promise<void>): Promise<void> {
  const ended = new AbortController();
  void ending.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    clock.advance(10);
    await setImmediate();
  }
  await ending;
}

/** Starts a router with `settings` over the defaults; `close` also removes its data. */
export async function startTestRouter(
  settings: Record<string, string> = {},
  clock: Clock | ManualClock = systemClock,
): Promise<TestRouter> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "aimo-router-"));
  const logLines: string[] = [];
  const log = createLog("trace", { write: (line) => void logLines.push(line) });
  const config = parseConfig({
    AIMO_PORT: "0",
    AIMO_OPERATOR_PORT: "0",
    AIMO_DATA_DIR: dataDirectory,
    AIMO_DRAIN_MS: "2000",
    ...settings,
  });
  const removeData = (): void => rmSync(dataDirectory, { recursive: true, force: true });
  const router = await startRouter(config, { clock, random: systemRandom, log }).catch((error: unknown) => {
    removeData();
    throw error;
  });
  const close = async (): Promise<void> => {
    if ("advance" in clock) await passTime(clock, router.close());
    else await router.close();
    removeData();
  };
  let closed: Promise<void> | undefined;
  return {
    ...router,
    logLines,
    close: () => (closed ??= close()),
    key: (content = {}, wallet = newWallet(), boundTo = router.routerId) =>
      signKey(
        wallet,
        {
          version: 2,
          createdAtMs: clock.now() - 1_000,
          validForMs: 3_600_000,
          spending: { kind: "unlimited" },
          scopes: ["completion_model"],
          ...content,
        },
        boundTo,
      ),
    chat: (key, body, more = {}) =>
      fetch(`${router.url}/api/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...more,
      }),
  };
}
