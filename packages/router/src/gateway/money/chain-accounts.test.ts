// What the chain says of one's own money, over HTTP: an escrow's totals, allowances and exit, and a provider's.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startMoneyServer } from "../../test-bed/money-server.ts";
import { walletKey } from "../../test-bed/test-keys.ts";

const USDC = 1_000_000n;
const HOUR = 3_600n;
const DAY = 24n * HOUR;
const LAST_MOMENT = 2n ** 53n; // the last second that the program takes

interface Escrow {
  readonly is_open: boolean;
  readonly balance: string | null;
  readonly allowance: { readonly total: string; readonly left: string; readonly expires_at: string } | null;
  readonly pending_allowance: { readonly total: string; readonly at: string } | null;
  readonly exit: { readonly requested_at: string; readonly due_at: string; readonly is_due: boolean } | null;
}
interface UserAnswer extends Escrow {
  readonly address: string;
  readonly wallet: { readonly token_account: string; readonly usdc: string };
}

const isoTime = (seconds: bigint): string => new Date(Number(seconds) * 1_000).toISOString();

describe("a wallet's escrow", () => {
  test("is not there before the first deposit, and its wallet's tokens are", async (t) => {
    const server = await startMoneyServer(t);
    const user = await server.bed.chain.person();
    const session = await server.signIn(user.address);
    const { status, data, text } = await server.call<UserAnswer>("GET", "/account/escrow", { session });
    assert.equal(status, 200, text);
    const { is_open: isOpen, balance, allowance, exit, wallet } = data;
    assert.deepEqual([isOpen, balance, allowance, exit, wallet.usdc], [false, null, null, null, "1000"]);
    assert.notEqual(data.address, data.wallet.token_account);
  });

  test("is as the chain has it: what was paid in, what may be settled, and since when it is being left", async (t) => {
    const server = await startMoneyServer(t);
    const { chain } = server.bed;
    const user = await chain.user(100n * USDC);
    const session = await server.signIn(user.address);
    const { ask } = chain.scene;
    chain.withoutSignatures(() =>
      chain.scene.land(ask.setAllowance(user.address, 40n * USDC, chain.chain.time + 30n * DAY)),
    );
    chain.withoutSignatures(() => chain.scene.land(ask.requestExit(user.address)));
    const requested = chain.chain.time;
    const { data } = await server.call<UserAnswer>("GET", "/account/escrow", { session });
    const escrow = data;
    assert.deepEqual([escrow.is_open, escrow.balance, data.wallet.usdc], [true, "100", "900"]);
    assert.deepEqual(escrow.exit, {
      requested_at: isoTime(requested),
      due_at: isoTime(requested + DAY),
      is_due: false,
    });
    assert.deepEqual(
      [escrow.pending_allowance?.total, escrow.pending_allowance?.at],
      ["40", isoTime(requested + 12n * HOUR)],
    );
    assert.deepEqual([escrow.allowance?.total, escrow.allowance?.left], ["1000", "1000"]);
  });

  test("is told where its allowance never ends, as far as dates are written", async (t) => {
    const server = await startMoneyServer(t);
    const { chain } = server.bed;
    const user = await chain.user(1n * USDC);
    const session = await server.signIn(user.address);
    const { ask } = chain.scene;
    chain.withoutSignatures(() => chain.scene.land(ask.setAllowance(user.address, 2_000n * USDC, LAST_MOMENT)));
    const { status, data, text } = await server.call<UserAnswer>("GET", "/account/escrow", { session });
    assert.equal(status, 200, text);
    assert.equal(data.allowance?.expires_at, "9999-12-31T23:59:59.000Z");
  });

  test("is the caller's own, and needs a session or the scope", async (t) => {
    const server = await startMoneyServer(t);
    const user = await server.bed.chain.user(1n * USDC);
    const wallet = server.bed.walletOf(user);
    const nowMs = server.bed.ledger.clock.now();
    const reading = await walletKey(wallet, server.bed.routerId, nowMs, { scopes: ["account"] });
    const { data } = await server.call<UserAnswer>("GET", "/account/escrow", { bearer: reading });
    assert.equal(data.balance, "1");
    const spending = await walletKey(wallet, server.bed.routerId, nowMs);
    assert.equal((await server.call("GET", "/account/escrow", { bearer: spending })).code, "scope_missing");
    assert.equal((await server.call("GET", "/account/escrow")).code, "missing_key");
  });
});

describe("a provider's account", () => {
  test("is as the chain has it, and nothing before it is registered", async (t) => {
    const server = await startMoneyServer(t);
    const { chain } = server.bed;
    const provider = await chain.provider(4n * USDC);
    const session = await server.signIn(provider.address);
    const { data } = await server.call<Record<string, unknown>>("GET", "/provider/account", { session });
    assert.equal(typeof data["payout_account"], "string");
    assert.deepEqual(
      { ...data, address: "", payout_account: "" },
      {
        address: "",
        is_registered: true,
        claimable: "3.9",
        earned: "3.9",
        withdrawn: "0",
        payout_account: "",
        pending_payout: null,
        exit: null,
      },
    );
    const nobody = await server.signIn((await chain.person()).address);
    const { data: none } = await server.call<Record<string, unknown>>("GET", "/provider/account", { session: nobody });
    assert.deepEqual([none["is_registered"], none["claimable"], none["payout_account"]], [false, null, null]);
    assert.equal((await server.call("GET", "/provider/account")).code, "missing_key");
  });
});

test("without a node that answers it is not known", async (t) => {
  const server = await startMoneyServer(t);
  const session = await server.signIn((await server.bed.chain.person()).address);
  server.bed.chain.node.isDown = true;
  for (const path of ["/account/escrow", "/provider/account"]) {
    assert.equal((await server.call("GET", path, { session })).code, "chain_unavailable", path);
  }
});
