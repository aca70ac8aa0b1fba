// A whole life at an address of the program that nothing here knows by heart: each cluster has its own deployment.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { listEscrows, listProviders } from "./accounts/ledger-accounts.ts";
import { fetchRouter } from "./accounts/views.ts";
import { batchInstructions } from "./batch/batch-instructions.ts";
import { packEntries } from "./batch/pack.ts";
import * as providers from "./build/provider-payments.ts";
import * as fees from "./build/router-fees.ts";
import * as keys from "./build/router-keys.ts";
import * as params from "./build/router-params.ts";
import { buildSettleBatch } from "./build/settle-batch.ts";
import * as exits from "./build/user-exit.ts";
import * as money from "./build/user-money.ts";
import { describeTransaction } from "./describe/describe-transaction.ts";
import { findRouter, listRouters } from "./directory.ts";
import { explainFailure } from "./failure.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS, AimoEscrowInstruction } from "./generated/programs/aimoEscrow.ts";
import { readSettleLog } from "./logs/settle-events.ts";
import { ANN, PAT, SUCCESSOR } from "./test-bed/cast.ts";
import { signer } from "./test-bed/chain.ts";
import {
  ELSEWHERE_MINT as MINT,
  ELSEWHERE_PROGRAM as PROGRAM,
  ELSEWHERE_ROLES as ROLES,
  Elsewhere,
} from "./test-bed/elsewhere.ts";
import { findForgottenDeployments } from "./test-bed/forgotten-deployments.ts";
import { PARAMS } from "./test-bed/router-bed.ts";
import { DAY, USDC } from "./test-bed/router-instructions.ts";
import { bytesOf, unsigned } from "./test-bed/wire-bytes.ts";

const ROOT = new Uint8Array(32).fill(7);
const [user, owner] = [signer(ANN), signer(PAT)];
const [settler, cosigner] = [signer(ROLES.settler), signer(ROLES.cosigner)];
const [guardian, feeOwner] = [signer(ROLES.guardian), signer(ROLES.feeOwner)];

async function settle(life: Elsewhere): Promise<void> {
  const [escrow, provider] = [await life.escrow(), await life.provider()];
  const entry = { escrow: escrow.address, provider: provider.address, amount: microUsdc(20n * USDC) };
  const { router } = await life.view();
  const now = life.chain.time;
  const ledger = await life.ledger();
  const batch = { settler, root: ROOT, batchId: 1n };
  const logs = await life.land(
    await buildSettleBatch({ ...batch, router, entries: [{ ...entry, seq: 1 }], now, ledger }),
  );
  const [packed] = packEntries([{ ...entry, seq: 2 }], { settler: settler.address, config: router.address });
  assert.ok(packed !== undefined);
  const next = batchInstructions(packed, { ...batch, router, batchId: 2n, computeUnitPrice: 1n });
  for (const [batchId, lines] of [[1n, logs] as const, [2n, await life.land(next)] as const]) {
    const { batches } = readSettleLog(lines, PROGRAM);
    assert.deepEqual(
      batches.map((seen) => [seen.batchId, seen.applied]),
      [[batchId, [20n * USDC]]],
    );
    assert.deepEqual(readSettleLog(lines, AIMO_ESCROW_PROGRAM_ADDRESS).batches, []);
  }
  assert.equal((await life.ledger()).providers.get(provider.address)?.earnedTotal, 39n * USDC);
}

async function withdraw(life: Elsewhere): Promise<void> {
  const { router } = await life.view();
  const now = life.chain.time;
  const amount = microUsdc(10n * USDC);
  const cosigned = { cosigner, router, amount, now, payer: life.payer };
  await life.land(await exits.buildWithdrawUser({ ...cosigned, user, escrow: await life.escrow() }));
  await life.land(await exits.buildRequestExit({ user, router, escrow: await life.escrow() }));
  await life.land(await exits.buildCancelExit({ user, router, escrow: await life.escrow() }));
  const again = await exits.buildRequestExit({ user, router, escrow: await life.escrow() });
  await life.land(again);
  const refused = { error: { InstructionError: [0, { Custom: 40 }] }, logs: life.chain.send(...again).logs };
  assert.equal(explainFailure(refused, PROGRAM).name, "ExitPending");
  assert.equal(explainFailure(refused, AIMO_ESCROW_PROGRAM_ADDRESS).name, undefined);
  const where = { owner, router, payer: life.payer };
  await life.land(await providers.buildSetPayout({ ...where, provider: await life.provider(), cosigner }));
  await life.land(await providers.buildWithdrawProvider({ ...cosigned, owner, provider: await life.provider() }));
  const exit = { owner, router, provider: await life.provider(), amount };
  await life.land(await providers.buildProviderRequestExit(exit));
}

async function govern(life: Elsewhere): Promise<void> {
  const { admin } = life;
  const { router } = await life.view();
  const now = life.chain.time;
  await life.land(await keys.buildSetPause({ signer: guardian, router, set: ["deposit"], clear: [], now }));
  await life.land(await keys.buildSetRoles({ admin, router, roles: ROLES, cosigner }));
  await life.land(await keys.buildProposeAdmin({ admin, router, newAdmin: SUCCESSOR }));
  await life.land(await params.buildScheduleParams({ admin, router, params: { ...PARAMS, feeBps: 300n } }));
  await life.land(await params.buildSetUrl({ admin, router, url: "https://elsewhere.example" }));
}

async function leave(life: Elsewhere): Promise<void> {
  const { chain, payer } = life;
  chain.advance(8n * DAY);
  const { router: before } = await life.view();
  const now = life.chain.time;
  await life.land(await exits.buildFinalizeExit({ payer, router: before, escrow: await life.escrow(), now }));
  const paid = { payer, router: before, provider: await life.provider(), now };
  await life.land(await providers.buildProviderFinalizeExit(paid));
  await life.land(await params.buildApplyParams({ admin: life.admin, router: before, now }));
  await life.land(await keys.buildAcceptAdmin({ newAdmin: signer(SUCCESSOR), router: before, now }));
  const { vault, vaultAuthority } = before.data;
  chain.plantToken(vault, MINT, vaultAuthority, chain.tokens(vault) + 5n);
  const view = await life.view();
  const feesOf = { feeOwner, router: view.router, vault: view.vault, payer };
  await life.land(await fees.buildCollectFees({ ...feesOf, amount: microUsdc(USDC) }));
  const rest = await life.view();
  await life.land(await fees.buildSweepSurplus({ feeOwner, router: rest.router, vault: rest.vault, payer }));
  chain.advance(DAY);
  const closed = { closer: user, router: rest.router, escrow: await life.escrow(), slot: chain.slot };
  await life.land(await exits.buildCloseEscrow(closed));
}

test("a router's whole life takes place at whatever address the program has", async () => {
  const life = await Elsewhere.start();
  const { rpc, chain, place } = life;
  await life.settleIn();
  await settle(life);
  assert.deepEqual(
    (await listEscrows(rpc, place)).accounts.map(({ data }) => data.user),
    [ANN],
  );
  await withdraw(life);
  await govern(life);
  await leave(life);
  assert.deepEqual((await listEscrows(rpc, place)).accounts, []);
  assert.deepEqual(
    (await listProviders(rpc, place)).accounts.map(({ data }) => data.withdrawnTotal),
    [20n * USDC],
  );
  assert.equal(chain.tokens(life.tokens), 960n * USDC);
  const { router } = await life.view();
  assert.deepEqual([router.programAddress, router.data.admin, router.data.params.feeBps], [PROGRAM, SUCCESSOR, 300n]);
  assert.deepEqual((await listRouters(rpc, PROGRAM)).routers, [router]);
  assert.deepEqual(await findRouter(rpc, { programAddress: PROGRAM, routerId: life.routerId }), router);
  const names = Object.keys(AimoEscrowInstruction).map((name) => name.replaceAll(/(?<=.)[A-Z]/g, "_$&").toLowerCase());
  assert.deepEqual(life.told, new Set(names), "all 24 instructions were sent");
});

test("for who expects another deployment nothing of this one is ours", async () => {
  const life = await Elsewhere.start();
  const { router } = await life.view();
  const programAddress = AIMO_ESCROW_PROGRAM_ADDRESS;
  assert.deepEqual((await listRouters(life.rpc, programAddress)).routers, []);
  await assert.rejects(fetchRouter(life.rpc, { ...life.place, programAddress }), /BadOwner/);
  const url = await params.buildSetUrl({ admin: life.admin, router, url: "https://elsewhere.example" });
  const described = await describeTransaction(bytesOf(unsigned(life.chain.payer, url)), { programAddress });
  assert.ok(described.kind === "transaction");
  assert.deepEqual(
    described.flags.map(({ code }) => code),
    ["unknown_program"],
  );
});

test("a cosigner who was left out is told as nobody, and one who signs as who it is", async () => {
  const life = await Elsewhere.start();
  await life.settleIn();
  const [{ router }, provider] = [await life.view(), await life.provider()];
  const { admin } = life;
  for (const [build, name] of [
    [(by: object) => providers.buildSetPayout({ owner, router, provider, payer: life.payer, ...by }), "set_payout"],
    [(by: object) => keys.buildSetRoles({ admin, router, roles: ROLES, ...by }), "set_roles"],
  ] as const) {
    for (const [by, expected] of [[{}, undefined] as const, [{ cosigner }, ROLES.cosigner] as const]) {
      const instructions = await build(by);
      const action = (await life.tell(instructions)).find((found) => found.name === name);
      assert.ok(action?.escrow !== undefined);
      const told = "cosigner" in action.escrow.accounts ? action.escrow.accounts.cosigner?.address : undefined;
      assert.equal(told, expected);
      await life.land(instructions);
    }
  }
});

test("accounts of two deployments are never built into one instruction", async () => {
  const life = await Elsewhere.start();
  await life.settleIn();
  const { router } = await life.view();
  const now = life.chain.time;
  const programAddress = AIMO_ESCROW_PROGRAM_ADDRESS;
  const escrow = { ...(await life.escrow()), programAddress };
  const provider = { ...(await life.provider()), programAddress };
  const amount = microUsdc(USDC);
  const ledger = { ...(await life.ledger()), programAddress };
  const entry = { escrow: escrow.address, provider: provider.address, amount, seq: 1 };
  const { payer } = life;
  const mixed: readonly (() => Promise<unknown>)[] = [
    () => money.buildDeposit({ funder: user, source: life.tokens, router, escrow, amount, now }),
    () => money.buildSetAllowance({ user, router, escrow, total: amount, expiresAt: now, now }),
    () => buildSettleBatch({ settler, router, root: ROOT, batchId: 1n, entries: [entry], now, ledger }),
    () => exits.buildWithdrawUser({ user, cosigner, router, escrow, amount, now }),
    () => exits.buildRequestExit({ user, router, escrow }),
    () => exits.buildCancelExit({ user, router, escrow }),
    () => exits.buildFinalizeExit({ payer, router, escrow, now }),
    () => exits.buildCloseEscrow({ closer: user, router, escrow, slot: now }),
    () => providers.buildWithdrawProvider({ owner, cosigner, router, provider, amount, now }),
    () => providers.buildProviderRequestExit({ owner, router, provider, amount }),
    () => providers.buildProviderFinalizeExit({ payer, router, provider, now }),
    () => providers.buildSetPayout({ owner, router, provider }),
  ];
  for (const build of mixed) {
    const isBadOwner = (error: unknown): boolean =>
      isAimoError(error, "escrow_refused") && error.context.name === "BadOwner";
    await assert.rejects(build, isBadOwner);
  }
});

test("no call of the generated client leaves out the deployment", () => {
  const folder = import.meta.dirname;
  const isClient = (path: string): boolean => !/^generated|test-bed|\.test\.ts$/.test(path);
  const paths = globSync("**/*.ts", { cwd: folder }).filter(isClient);
  assert.ok(paths.length > 40);
  const found = paths.flatMap((path) => findForgottenDeployments(path, readFileSync(join(folder, path), "utf8")));
  assert.deepEqual(found, []);
});

test("a call that leaves it out, the localnet's address and what was renamed are found", () => {
  const source = [
    'import { findVaultPda } from "../generated/pdas/vault.ts";',
    'import { getSetUrlInstruction } from "../generated/instructions/setUrl.ts";',
    'import { getDepositInstruction as deposit } from "../generated/instructions/deposit.ts";',
    'import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";',
    "void findVaultPda({ config });",
    "void findVaultPda({ config }, { programAddress });",
    "void getSetUrlInstruction({ admin, config, url });",
  ].join("\n");
  const found = ["deposit", "AIMO_ESCROW_PROGRAM_ADDRESS", "findVaultPda", "getSetUrlInstruction"];
  assert.deepEqual(
    findForgottenDeployments("a.ts", source),
    found.map((name) => `a.ts: ${name}`),
  );
});
