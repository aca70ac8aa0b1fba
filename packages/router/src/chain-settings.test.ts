// The settings of the chain: where it is, what is settled when, and who signs; without a node there is no chain.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainConfig } from "./chain-settings.ts";
import { isChainAddress, isRpcUrls, isUsdcAmount, isWebSocketUrl } from "./chain-settings.ts";
import { ConfigError, parseConfig } from "./config.ts";

const PROGRAM = "E9W5PwPWpfPdMgE3AEimTTZuRrkxCKnn6CCGvq68q273";
const LEAST = { AIMO_RPC_URL: "https://rpc.example/?key=secret", AIMO_PROGRAM_ID: PROGRAM, AIMO_DATA_DIR: "/data" };

function chainOf(environment: Record<string, string>): ChainConfig | undefined {
  return parseConfig(environment).chain;
}

function faultsOf(environment: Record<string, string>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

test("without a node there is no chain, whatever else is said of it", () => {
  assert.equal(chainOf({}), undefined);
  assert.equal(chainOf({ AIMO_PROGRAM_ID: PROGRAM, AIMO_COMMITMENT: "confirmed" }), undefined);
});

test("with a node and a program everything else has a default", () => {
  assert.deepEqual(chainOf(LEAST), {
    rpcUrls: ["https://rpc.example/?key=secret"],
    wsUrl: undefined,
    publicRpcUrl: undefined,
    programId: PROGRAM,
    commitment: "finalized",
    pollMs: 1_000,
    settleAgeMs: 600_000,
    settleMin: 10_000_000n,
    sponsorMin: 1_000_000n,
    priorityFeeMax: 1_000_000n,
    windowMax: undefined,
    signer: { kind: "files", settler: "/data/settler.json", cosigner: "/data/cosigner.json" },
  });
});

test("each setting of the chain is read from its variable", () => {
  assert.deepEqual(
    chainOf({
      ...LEAST,
      AIMO_RPC_URL: "http://127.0.0.1:8899, https://rpc.example/",
      AIMO_RPC_WS_URL: "wss://rpc.example/ws",
      AIMO_PUBLIC_RPC_URL: "https://public.example/solana",
      AIMO_COMMITMENT: "confirmed",
      AIMO_CHAIN_POLL_MS: "50",
      AIMO_SETTLE_AGE_MS: "100",
      AIMO_SETTLE_USDC: "0.25",
      AIMO_SPONSOR_MIN_USDC: "0",
      AIMO_PRIORITY_FEE_MAX: "0",
      AIMO_SIGNER_WINDOW_USDC: "12.5",
      AIMO_SETTLER_KEY_FILE: "/keys/one.json",
      AIMO_COSIGNER_KEY_FILE: "/keys/two.json",
    }),
    {
      rpcUrls: ["http://127.0.0.1:8899", "https://rpc.example/"],
      wsUrl: "wss://rpc.example/ws",
      publicRpcUrl: "https://public.example/solana",
      programId: PROGRAM,
      commitment: "confirmed",
      pollMs: 50,
      settleAgeMs: 100,
      settleMin: 250_000n,
      sponsorMin: 0n,
      priorityFeeMax: 0n,
      windowMax: 12_500_000n,
      signer: { kind: "files", settler: "/keys/one.json", cosigner: "/keys/two.json" },
    },
  );
});

test("a signer's socket takes the place of the files", () => {
  const { signer } = chainOf({ ...LEAST, AIMO_SIGNER_SOCKET: "/run/signer.sock", AIMO_SETTLER_KEY_FILE: "/x" })!;
  assert.deepEqual(signer, { kind: "process", socket: "/run/signer.sock" });
});

test("a node without a program is refused", () => {
  assert.match(
    faultsOf({ AIMO_RPC_URL: "https://rpc.example/" }),
    /AIMO_PROGRAM_ID: expected the escrow program's address beside AIMO_RPC_URL, found none/,
  );
});

const REFUSED: readonly (readonly [string, string])[] = [
  ["AIMO_RPC_URL", "rpc.example"],
  ["AIMO_RPC_URL", "ws://rpc.example/"],
  ["AIMO_RPC_URL", "https://rpc.example/,"],
  ["AIMO_RPC_WS_URL", "https://rpc.example/"],
  ["AIMO_PUBLIC_RPC_URL", "rpc.example"],
  ["AIMO_PUBLIC_RPC_URL", "wss://rpc.example/"],
  ["AIMO_PUBLIC_RPC_URL", "https://user:secret@rpc.example/"],
  ["AIMO_PUBLIC_RPC_URL", "https://rpc.example;script-src/"],
  ["AIMO_PUBLIC_RPC_URL", "http://[::1]:8899"],
  ["AIMO_PROGRAM_ID", "not-an-address"],
  ["AIMO_COMMITMENT", "processed"],
  ["AIMO_CHAIN_POLL_MS", "49"],
  ["AIMO_CHAIN_POLL_MS", "60001"],
  ["AIMO_SETTLE_AGE_MS", "99"],
  ["AIMO_SETTLE_AGE_MS", "3600001"],
  ["AIMO_SETTLE_USDC", "0.0000001"],
  ["AIMO_SETTLE_USDC", "-1"],
  ["AIMO_SETTLE_USDC", "1e3"],
  ["AIMO_SPONSOR_MIN_USDC", ""],
  ["AIMO_PRIORITY_FEE_MAX", "-1"],
  ["AIMO_SIGNER_WINDOW_USDC", "much"],
];
for (const [name, value] of REFUSED) {
  test(`${name} of "${value}" is refused`, () => {
    assert.match(faultsOf({ ...LEAST, [name]: value }), new RegExp(`^ *${name}: expected `, "m"));
  });
}

test("what may hold a secret is not shown where it is refused", () => {
  for (const name of ["AIMO_RPC_URL", "AIMO_RPC_WS_URL"]) {
    assert.doesNotMatch(faultsOf({ ...LEAST, [name]: "ftp://user:hunter2@rpc.example/" }), /hunter2/);
  }
});

test("an address is 32 bytes in base58", () => {
  assert.ok(isChainAddress(PROGRAM));
  assert.ok(isChainAddress("11111111111111111111111111111111"));
  for (const text of ["", PROGRAM.slice(1, 30), `${PROGRAM}1`, `${PROGRAM.slice(0, -1)}0`, "1".repeat(44)]) {
    assert.ok(!isChainAddress(text), text);
  }
});

test("URLs and amounts are what they are read as", () => {
  assert.ok(isRpcUrls("") && isRpcUrls("http://a/,https://b/?c=d"));
  assert.ok(!isRpcUrls(",") && !isRpcUrls("http://a/,ftp://b/"));
  assert.ok(isWebSocketUrl("") && isWebSocketUrl("ws://a/") && !isWebSocketUrl("http://a/"));
  assert.ok(isUsdcAmount("999999999.999999") && isUsdcAmount("0") && isUsdcAmount("1.5"));
  assert.ok(!isUsdcAmount("1000000000") && !isUsdcAmount(".5") && !isUsdcAmount("1.") && !isUsdcAmount(""));
});
