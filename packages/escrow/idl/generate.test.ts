import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { test } from "node:test";
import { address, generateKeyPairSigner, isSignerRole } from "@solana/kit";
import { getConfigDecoder, getConfigEncoder } from "../src/generated/accounts/config.ts";
import type { ConfigArgs } from "../src/generated/accounts/config.ts";
import { AIMO_ESCROW_ERROR__SEQ_GAP, getAimoEscrowErrorMessage } from "../src/generated/errors/aimoEscrow.ts";
import { getDepositInstructionAsync } from "../src/generated/instructions/deposit.ts";
import { getInitConfigInstructionDataEncoder } from "../src/generated/instructions/initConfig.ts";
import { getSetRolesInstruction } from "../src/generated/instructions/setRoles.ts";
import { getSettleBatchInstruction } from "../src/generated/instructions/settleBatch.ts";
import { findVaultPda } from "../src/generated/pdas/vault.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS, AimoEscrowInstruction } from "../src/generated/programs/aimoEscrow.ts";
import { CLIENT_FOLDER, generateFiles } from "./generate.ts";

const PACKAGE = join(import.meta.dirname, "..");
const NOBODY = address("11111111111111111111111111111111");
const ROLES = { settler: NOBODY, cosigner: NOBODY, guardian: NOBODY, feeOwner: NOBODY };
const PARAMS = {
  feeBps: 1n,
  minDeposit: 2n,
  userExitDelay: 3n,
  providerExitDelay: 4n,
  allowanceNotice: 5n,
  settlerWindow: 6n,
  settlerWindowCap: 7n,
};

function bytesOf(hex: string): number[] {
  return [...Buffer.from(hex.replaceAll(" ", ""), "hex")];
}

test("what is committed is what the description makes, byte for byte and file for file", async () => {
  const files = await generateFiles();
  for (const [path, text] of files) {
    const advice = `${path} differs: npm run generate -w @aimo-network/escrow`;
    assert.equal(readFileSync(join(PACKAGE, path), "utf8"), text, advice);
  }
  const committed = readdirSync(join(PACKAGE, CLIENT_FOLDER), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(PACKAGE.length + 1)
        .replaceAll(sep, "/"),
    );
  const generated = [...files.keys()].filter((path) => path.startsWith(`${CLIENT_FOLDER}/`));
  assert.deepEqual(committed.toSorted(), generated.toSorted());
});

test("a config is read back as it was written, its URL without the zeros behind it", () => {
  const written: ConfigArgs = {
    bump: 1,
    vaultBump: 2,
    authorityBump: 3,
    routerId: AIMO_ESCROW_PROGRAM_ADDRESS,
    mint: NOBODY,
    vault: NOBODY,
    vaultAuthority: NOBODY,
    admin: NOBODY,
    pendingAdmin: NOBODY,
    roles: { ...ROLES, guardian: AIMO_ESCROW_PROGRAM_ADDRESS },
    pendingRoles: ROLES,
    params: PARAMS,
    pendingParams: PARAMS,
    pendingAdminAt: 0n,
    pendingRolesAt: 0n,
    pendingParamsAt: 0n,
    pauseUntil: [1n, 2n, 3n],
    pauseNotBefore: [0n, 0n, 0n],
    windowStart: 0n,
    windowSpent: 0n,
    totalUser: 0n,
    totalProvider: 0n,
    feeAccrued: 0n,
    batchCount: 9n,
    lastRoot: new Uint8Array(32).fill(4),
    url: "https://router.example",
  };
  const data = getConfigEncoder().encode(written);
  assert.equal(data.length, 1120);
  assert.deepEqual([...data.subarray(0, 8)], [1, 1, 1, 2, 3, 0, 0, 0]);
  const read = getConfigDecoder().decode(data);
  assert.deepEqual({ ...read, ...written }, read);
});

test("instruction data is the number, then the arguments without padding", async () => {
  const data = getInitConfigInstructionDataEncoder().encode({ roles: ROLES, params: PARAMS, url: "ab" });
  assert.deepEqual(
    [...data],
    [
      0,
      ...new Uint8Array(128),
      ...[1, 2, 3, 4, 5, 6, 7].flatMap((low) => [low, 0, 0, 0, 0, 0, 0, 0]),
      ...[2, 0x61, 0x62],
    ],
  );
  const settler = await generateKeyPairSigner();
  const batch = getSettleBatchInstruction({
    settler,
    config: NOBODY,
    root: new Uint8Array(32),
    batchId: 5n,
    entries: [{ escrow: 0, provider: 1, amount: 258n, seq: 3 }],
    ledgerAccounts: [NOBODY, AIMO_ESCROW_PROGRAM_ADDRESS],
  });
  assert.deepEqual(
    [...(batch.data as Uint8Array)],
    [
      AimoEscrowInstruction.SettleBatch,
      ...new Uint8Array(32),
      ...bytesOf("0500000000000000 01 00 01 0201000000000000 03000000"),
    ],
  );
  assert.equal(batch.accounts.length, 4);
});

test("a derived account follows the address of the deployment that the caller names", async () => {
  const programAddress = address("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
  const funder = await generateKeyPairSigner();
  const place = { funder, source: NOBODY, config: NOBODY, escrow: NOBODY, mint: NOBODY, amount: 1n };
  const elsewhere = await getDepositInstructionAsync(place, { programAddress });
  const [vault] = await findVaultPda({ config: NOBODY }, { programAddress });
  assert.equal(elsewhere.accounts[4].address, vault);
  assert.notEqual((await getDepositInstructionAsync(place)).accounts[4].address, vault);
});

test("a cosigner signs where one is given, and nobody does where none is", async () => {
  const [admin, cosigner] = [await generateKeyPairSigner(), await generateKeyPairSigner()];
  const alone = getSetRolesInstruction({ admin, config: NOBODY, roles: ROLES });
  assert.deepEqual(alone.accounts[1], { address: AIMO_ESCROW_PROGRAM_ADDRESS, role: alone.accounts[1].role });
  assert.equal(isSignerRole(alone.accounts[1].role), false);
  const together = getSetRolesInstruction({ admin, cosigner, config: NOBODY, roles: ROLES });
  assert.equal(together.accounts[1].address, cosigner.address);
  assert.equal(isSignerRole(together.accounts[1].role), true);
});

test("an error has its message also in production", (t) => {
  const before = process.env["NODE_ENV"];
  t.after(() => {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  });
  process.env["NODE_ENV"] = "production";
  assert.match(getAimoEscrowErrorMessage(AIMO_ESCROW_ERROR__SEQ_GAP), /sequence number/);
});
