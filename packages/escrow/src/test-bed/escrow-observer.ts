// Reads an account of the chain in the model's words, and holds what the model does not know to what it has to be.
import assert from "node:assert/strict";
import type { EncodedAccount } from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS, getTokenDecoder } from "@solana-program/token";
import { getConfigDecoder } from "../generated/accounts/config.ts";
import { getEscrowDecoder } from "../generated/accounts/escrow.ts";
import { getProviderDecoder } from "../generated/accounts/provider.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import type { Account, Config, Escrow, Key, PerPause, Provider, Token } from "./model/records.ts";

const configs = getConfigDecoder();
const escrows = getEscrowDecoder();
const providers = getProviderDecoder();
const tokens = getTokenDecoder();
const TOKEN_STATES = ["uninitialized", "initialized", "frozen"] as const;

type Bumps = ReadonlyMap<Key, number>;

function observeConfig({ address, data, lamports }: EncodedAccount, bumps: Bumps): Config {
  const { kind, version, bump, vaultBump, authorityBump, reserved, reservedEnd, ...seen } = configs.decode(data);
  assert.deepEqual([kind, version], [1, 1]);
  const derived = [address, seen.vault, seen.vaultAuthority].map((key) => bumps.get(key));
  assert.deepEqual([bump, vaultBump, authorityBump], derived, "the bumps of a config");
  assert.deepEqual([reserved.length, reservedEnd.length], [3, 272]);
  assert.ok(
    [...reserved, ...reservedEnd].every((byte) => byte === 0),
    "reserved bytes stay zeros",
  );
  const [until, notBefore] = [seen.pauseUntil, seen.pauseNotBefore];
  return {
    ...seen,
    kind: "config",
    lamports,
    pauseUntil: until as readonly bigint[] as PerPause,
    pauseNotBefore: notBefore as readonly bigint[] as PerPause,
    lastRoot: Buffer.from(seen.lastRoot).toString("hex"),
    url: seen.url.replace(/\0*$/, ""),
  };
}

function observeEscrow({ address, data, lamports }: EncodedAccount, bumps: Bumps): Escrow {
  const { kind, version, bump, reserved, ...seen } = escrows.decode(data);
  assert.deepEqual([kind, version, bump], [2, 1, bumps.get(address)]);
  assert.deepEqual([...reserved], [0, 0, 0, 0, 0]);
  return { ...seen, kind: "escrow", lamports };
}

function observeProvider({ address, data, lamports }: EncodedAccount, bumps: Bumps): Provider {
  const { kind, version, bump, reserved, reservedEnd, ...seen } = providers.decode(data);
  assert.deepEqual([kind, version, bump], [3, 1, bumps.get(address)]);
  assert.deepEqual([...reserved, ...reservedEnd], [0, 0, 0, 0, 0, 0, 0, 0, 0]);
  return { ...seen, kind: "provider", lamports };
}

function observeToken({ data, lamports }: EncodedAccount): Token {
  const { mint, owner, amount, state, delegate, closeAuthority } = tokens.decode(data);
  assert.deepEqual([delegate, closeAuthority], [{ __option: "None" }, { __option: "None" }]);
  return { kind: "token", lamports, mint, owner, amount, state: TOKEN_STATES[state] ?? assert.fail() };
}

/** What is at an address; what nobody of the model's knows how to read is a fault. */
export function observe(found: EncodedAccount | undefined, bumps: Bumps): Account {
  if (found === undefined || found.data.length === 0) return { kind: "wallet", lamports: found?.lamports ?? 0n };
  const { programAddress, data } = found;
  if (programAddress === TOKEN_PROGRAM_ADDRESS && data.length === 165) return observeToken(found);
  assert.equal(programAddress, AIMO_ESCROW_PROGRAM_ADDRESS, "whose account this is");
  switch (data.length) {
    case 1_120:
      return observeConfig(found, bumps);
    case 216:
      return observeEscrow(found, bumps);
    case 232:
      return observeProvider(found, bumps);
    default:
      assert.fail(`an account of the program of ${data.length} bytes`);
  }
}
