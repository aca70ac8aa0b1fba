// Money over HTTP as a browser and a first-generation command line move it, and what a router without a chain says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import type { MoneyServer } from "../../test-bed/money-server.ts";
import { startMoneyServer } from "../../test-bed/money-server.ts";
import { walletKey } from "../../test-bed/test-keys.ts";
import { MONEY_CALLS_MS, MONEY_CALLS_PER_NETWORK_MAX } from "./limits.ts";

const USDC = 1_000_000n;
const DAY_MS = 24 * 3_600_000;

interface Composed {
  readonly transaction: string;
  readonly message: string;
  readonly last_valid_block_height: number;
  readonly signers: readonly string[];
  readonly description: {
    readonly version: string;
    readonly words: readonly string[];
    readonly actions: readonly { readonly program: string; readonly name: string | null }[];
    readonly signers: readonly { readonly signature: string }[];
    readonly fee: { readonly payer: string; readonly base_lamports: string };
  };
}
interface Landing {
  readonly signature: string;
  readonly status: string;
  readonly slot: number | null;
  readonly failure: string | null;
}

const names = ({ description }: Composed): (string | null)[] =>
  description.actions.filter(({ program }) => program === "escrow").map(({ name }) => name);
const balanceOf = async ({ bed }: MoneyServer, wallet: string): Promise<bigint> =>
  (await bed.userBalance(wallet)).available;

describe("a user's own transactions", () => {
  test("are composed without a login, signed, handed in, and can be spent when the answer comes", async (t) => {
    const server = await startMoneyServer(t);
    const user = await server.bed.chain.person();
    const opened = await server.call<Composed>("POST", "/account/open", {}, { amount: "12.5", wallet: user.address });
    assert.equal(opened.status, 200, opened.text);
    assert.deepEqual(names(opened.data), ["open_escrow", "deposit"]);
    assert.deepEqual(opened.data.signers, [user.address]);
    assert.equal(opened.data.description.fee.payer, user.address);
    assert.equal(opened.data.last_valid_block_height, Number(server.bed.chain.chain.slot) + 150);
    assert.match(opened.data.description.words.join(" "), /Deposits 12\.50 USDC/);
    const transaction = await server.bed.sign(opened.data.transaction, user);
    const landed = await server.call<Landing>("POST", "/account/transactions", {}, { transaction });
    assert.equal(landed.status, 200, landed.text);
    assert.equal(landed.data.status, "confirmed");
    assert.equal(await balanceOf(server, user.address), 12_500_000_000n);
    const again = await server.call<Landing>("POST", "/account/transactions", {}, { transaction });
    assert.deepEqual(again.data, landed.data);
    const found = await server.call<Landing>("GET", `/account/transactions/${landed.data.signature}`);
    assert.deepEqual(found.data, landed.data);
  });

  test("are about the wallet that is signed in where none is named", async (t) => {
    const server = await startMoneyServer(t);
    const user = await server.bed.chain.user();
    const session = await server.signIn(user.address);
    const composed = await server.call<Composed>("POST", "/account/deposit", { session }, { amount: "5" });
    assert.deepEqual(names(composed.data), ["set_allowance", "deposit"]);
    assert.deepEqual(composed.data.signers, [user.address]);
    const forged = await server.call("POST", "/account/deposit", { session, csrf: "no" }, { amount: "5" });
    assert.equal(forged.code, "csrf_missing");
    assert.equal((await server.call("POST", "/account/deposit", {}, { amount: "5" })).code, "missing_key");
    const wallet = server.bed.walletOf(user);
    const { routerId, ledger } = server.bed;
    const bearer = await walletKey(wallet, routerId, ledger.clock.now(), { scopes: ["account"] });
    const byKey = await server.call<Composed>("POST", "/account/deposit", { bearer }, { amount: "5" });
    assert.deepEqual(byKey.data.signers, [user.address]);
  });

  test("change allowances and leave, with moments as ISO 8601", async (t) => {
    const server = await startMoneyServer(t);
    const { chain } = server.bed;
    const user = await chain.user();
    const expires = new Date(Number(chain.chain.time) * 1_000 + 400 * DAY_MS).toISOString();
    const body = { total: "2000", expires_at: expires, wallet: user.address };
    const allowance = await server.call<Composed>("POST", "/account/allowance", {}, body);
    chain.land(await server.bed.sign(allowance.data.transaction, user));
    const escrow = chain.scene.bed.readEscrow(user.address);
    assert.deepEqual([escrow.allowTotal, escrow.allowExpiresAt], [2_000n * USDC, BigInt(Date.parse(expires)) / 1_000n]);
    const exit = await server.call<Composed>("POST", "/account/exit", {}, { action: "request", wallet: user.address });
    assert.deepEqual(names(exit.data), ["request_exit"]);
    const transaction = await server.bed.sign(exit.data.transaction, user);
    const left = await server.call<Landing>("POST", "/account/transactions", {}, { transaction });
    assert.equal(left.data.status, "confirmed");
    const early = await server.call("POST", "/account/exit", {}, { action: "finalize", wallet: user.address });
    assert.deepEqual([early.status, early.code], [409, "escrow_refused"]);
    assert.match(early.message, /ExitTooEarly/);
  });

  test("are refused with what is wrong: fields, amounts, transactions, signatures", async (t) => {
    const server = await startMoneyServer(t);
    const user = await server.bed.chain.person();
    const wallet = user.address;
    for (const [path, body, code] of [
      ["/account/open", { amount: "5", wallet, allowence: "9" }, "invalid_request"],
      ["/account/open", { amount: 5, wallet }, "invalid_request"],
      ["/account/open", { amount: "5.0000001", wallet }, "invalid_amount"],
      ["/account/open", { amount: "-5", wallet }, "invalid_amount"],
      ["/account/open", { amount: "0.1", wallet }, "escrow_refused"],
      ["/account/open", { amount: "5", wallet: "somebody" }, "invalid_request"],
      ["/account/open", { amount: "5", wallet, allowance_expires_at: "tomorrow" }, "invalid_request"],
      ["/account/exit", { action: "flee", wallet }, "invalid_request"],
      ["/account/exit", { action: "request", wallet }, "escrow_not_opened"],
      ["/account/allowance", { total: "5", wallet }, "invalid_request"],
      ["/account/transactions", { transaction: "AAAA" }, "transaction_unreadable"],
      ["/account/transactions", { transaction: "A".repeat(5_000) }, "invalid_request"],
      ["/account/transactions", {}, "invalid_request"],
      ["/users/topup/message", { user_address: wallet, token: "SOL", amount: 5_000_000 }, "invalid_request"],
      ["/users/topup/message", { user_address: wallet, token: "USDC", amount: 1.5 }, "invalid_request"],
      ["/users/topup/message", { user_address: wallet, token: "USDC", amount: 5 }, "escrow_refused"],
    ] as const) {
      const answer = await server.call("POST", path, {}, body);
      assert.equal(answer.code, code, `${path} ${JSON.stringify(body).slice(0, 100)}: ${answer.text}`);
    }
    const opened = await server.call<Composed>("POST", "/account/open", {}, { amount: "5", wallet });
    const { transaction } = opened.data;
    const unsigned = await server.call("POST", "/account/transactions", {}, { transaction });
    assert.deepEqual([unsigned.status, unsigned.code], [400, "transaction_unsigned"]);
    for (const signature of ["nonsense", "5".repeat(99), "2".repeat(87)]) {
      const unknown = await server.call("GET", `/account/transactions/${signature}`);
      assert.deepEqual([unknown.status, unknown.code], [404, "transaction_not_found"], signature);
    }
  });
});

test("a first-generation command line deposits with its 3 %, in micro-USDC, as number or text", async (t) => {
  const server = await startMoneyServer(t);
  const { chain } = server.bed;
  const user = await chain.person();
  for (const amount of [5_150_000, "5150000"]) {
    const body = { user_address: user.address, token: "USDC", amount };
    const answer = await server.call("POST", "/users/topup/message", {}, body);
    assert.equal(answer.status, 200, answer.text);
    const { tx } = answer.json as { tx: string };
    chain.chain.svm.expireBlockhash();
    chain.land(await server.bed.signLegacy(tx, user, chain.chain.svm.latestBlockhash()));
  }
  await server.bed.observe();
  assert.equal(await balanceOf(server, user.address), 10_300_000_000n);
});

test("a router tells its terms and its solvency to anybody", async (t) => {
  const server = await startMoneyServer(t);
  const { chain } = server.bed;
  const { config, vault, mint } = chain.scene.bed;
  const told = await server.call<{ chain: object }>("GET", "/router");
  const { programAddress } = chain.chain;
  assert.deepEqual(told.data.chain, {
    network: "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    public_rpc_url: "https://api.mainnet-beta.solana.com",
    program_id: programAddress,
    config,
    vault,
    mint,
    fee_bps: 250,
    min_deposit: "1",
    user_exit_delay: 86_400,
    provider_exit_delay: 604_800,
    allowance_notice: 43_200,
    commitment: "confirmed",
  });
  await chain.provider(40n * USDC);
  chain.clock.advance(2_000);
  const solvency = await server.call<Record<string, unknown>>("GET", "/router/solvency");
  assert.deepEqual(solvency.data, {
    program_id: programAddress,
    config,
    vault,
    mint,
    slot: Number(chain.chain.slot),
    time: new Date(Number(chain.chain.time) * 1_000).toISOString(),
    vault_amount: "200",
    liabilities: { users: "160", providers: "39", fees: "1", total: formatMicroUsdc(microUsdc(200n * USDC)) },
    surplus: "0",
    shortfall: "0",
    liability_root: null,
  });
});

test("calls from one address are bounded, and begin anew after their time", async (t) => {
  const server = await startMoneyServer(t);
  const address = "203.0.113.9";
  for (let count = 0; count < MONEY_CALLS_PER_NETWORK_MAX; count += 1) {
    const reply = await server.server.inject({ url: "/api/v1/account/transactions/none", remoteAddress: address });
    assert.equal(reply.statusCode, 404);
  }
  const surplus = await server.call("GET", "/account/transactions/none", { address });
  assert.deepEqual([surplus.status, surplus.code], [503, "overloaded"]);
  assert.equal((await server.call("GET", "/account/transactions/none", { address: "203.0.113.10" })).status, 404);
  server.bed.ledger.clock.advance(MONEY_CALLS_MS);
  assert.equal((await server.call("GET", "/account/transactions/none", { address })).status, 404);
});

test("a router without a chain says so at every endpoint of money, whatever is sent", async (t) => {
  const server = await startMoneyServer(t, { hasChain: false });
  for (const [method, path] of [
    ["POST", "/account/open"],
    ["POST", "/account/deposit"],
    ["POST", "/account/allowance"],
    ["POST", "/account/exit"],
    ["POST", "/account/withdraw"],
    ["POST", "/account/transactions"],
    ["GET", "/account/transactions/x"],
    ["GET", "/account/escrow"],
    ["GET", "/provider/account"],
    ["GET", "/account/withdrawals"],
    ["GET", "/account/withdrawals/x"],
    ["POST", "/account/withdrawals/x/submit"],
    ["POST", "/provider/withdrawals"],
    ["GET", "/provider/withdrawals"],
    ["GET", "/provider/withdrawals/x"],
    ["POST", "/provider/withdrawals/x/submit"],
    ["POST", "/users/topup/message"],
    ["GET", "/router/solvency"],
    ["GET", "/account/solvency-proof"],
    ["GET", "/generation/x/proof"],
  ] as const) {
    const answer = await server.call(method, path, {}, method === "POST" ? { anything: 1 } : undefined);
    assert.deepEqual([answer.status, answer.code], [503, "chain_absent"], path);
  }
  assert.equal(Object.hasOwn((await server.call<object>("GET", "/router")).data, "chain"), false);
});
