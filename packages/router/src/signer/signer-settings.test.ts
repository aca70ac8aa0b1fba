// A signer's settings: all of them are needed but a few, and every fault is told at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, PAT } from "@aimo-network/escrow/test-bed/cast";
import { SIGNER_SETTINGS, parseSignerSettings } from "./signer-settings.ts";

const WHOLE = {
  AIMO_SIGNER_SOCKET: "/run/aimo/signer",
  AIMO_SIGNER_DATABASE_URL: "postgres://signer:SECRET@db.example/aimo",
  AIMO_RPC_URL: "https://one.example/SECRET,http://two.example",
  AIMO_PROGRAM_ID: ANN,
  AIMO_ROUTER_ID: PAT,
  AIMO_SETTLER_KEY_FILE: "/etc/aimo/settler.json",
  AIMO_COSIGNER_KEY_FILE: "/etc/aimo/cosigner.json",
};

function faultsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseSignerSettings(environment);
  assert.ok("faults" in parsed, "there is a fault");
  return parsed.faults;
}

test("settings are read, with defaults for what is the same everywhere", () => {
  const parsed = parseSignerSettings({ ...WHOLE, AIMO_DATA_DIR: "a router's", HOME: "/root" });
  assert.ok("settings" in parsed);
  assert.deepEqual(parsed.settings, {
    socketPath: "/run/aimo/signer",
    databaseUrl: WHOLE.AIMO_SIGNER_DATABASE_URL,
    rpcUrls: ["https://one.example/SECRET", "http://two.example"],
    programId: ANN,
    routerId: PAT,
    settlerKeyFile: "/etc/aimo/settler.json",
    cosignerKeyFile: "/etc/aimo/cosigner.json",
    windowMax: undefined,
    sponsorMin: 1_000_000n,
    priorityFeeMax: 1_000_000n,
    logLevel: "info",
  });
  assert.ok(Object.isFrozen(parsed.settings));
});

test("the signer's own bounds are read in the units of the chain", () => {
  const own = { AIMO_SIGNER_WINDOW_USDC: "250.5", AIMO_SPONSOR_MIN_USDC: "0.25", AIMO_PRIORITY_FEE_MAX: "7" };
  const parsed = parseSignerSettings({ ...WHOLE, ...own });
  assert.ok("settings" in parsed);
  const { windowMax, sponsorMin, priorityFeeMax } = parsed.settings;
  assert.deepEqual([windowMax, sponsorMin, priorityFeeMax], [250_500_000n, 250_000n, 7n]);
});

test("every fault is told at once, and no secret", () => {
  const needed = Object.keys(WHOLE);
  const missing = faultsOf({});
  assert.deepEqual(
    missing.map((fault) => fault.split(":")[0]),
    needed,
  );
  for (const fault of missing) assert.match(fault, /found none/);
  const wrong = faultsOf({
    ...WHOLE,
    AIMO_SIGNER_DATABASE_URL: "mysql://signer:SECRET@db.example",
    AIMO_RPC_URL: "ws://SECRET",
    AIMO_ROUTER_ID: "nobody",
    AIMO_SIGNER_WINDOW_USDC: "1e3",
    AIMO_SIGNER_WINDOW_USD: "5",
  });
  assert.equal(wrong.length, 5);
  assert.match(wrong.join("\n"), /AIMO_ROUTER_ID: expected .*found "nobody"/);
  assert.match(wrong.join("\n"), /AIMO_SIGNER_WINDOW_USD: no such setting. Did you mean AIMO_SIGNER_WINDOW_USDC\?/);
  assert.doesNotMatch(wrong.join("\n"), /SECRET/);
});

test("every default is one that is accepted, or is missing on purpose", () => {
  for (const [name, setting] of Object.entries(SIGNER_SETTINGS)) {
    assert.equal(setting.accepts(setting.fallback), !Object.hasOwn(WHOLE, name), name);
  }
});
