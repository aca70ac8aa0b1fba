// Who may ask for a withdrawal and who may not, and the whole way of one over HTTP, for users and for providers.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { base58 } from "@scure/base";
import type { WithdrawalIntent } from "@aimo-network/protocol/keys/money-intent";
import { withdrawalMessage } from "@aimo-network/protocol/keys/money-intent";
import { microUsdc } from "@aimo-network/protocol/money";
import { transactionBytes, transactionMessage } from "@aimo-network/protocol/test-bed/memo-transaction-bytes";
import type { MoneyAnswer, MoneyCaller, MoneyServer } from "../../test-bed/money-server.ts";
import { startMoneyServer } from "../../test-bed/money-server.ts";
import { walletKey } from "../../test-bed/test-keys.ts";

const USDC = 1_000_000n;

type Person = Awaited<ReturnType<MoneyServer["bed"]["chain"]["person"]>>;

interface Answer {
  readonly id: string;
  readonly state: string;
  readonly amount: string;
  readonly destination: string | null;
  readonly transaction: string | null;
  readonly signature: string | null;
  readonly last_valid_block_height: number | null;
  readonly expires_at: string | null;
  readonly failure: string | null;
  readonly ended_at: string | null;
  readonly description: { readonly words: readonly string[] } | null;
  readonly landing: { readonly status: string } | null;
}

let server: MoneyServer;
let user: Person;
let session: string;
beforeEach(async (t) => {
  server = await startMoneyServer(t as { after(close: () => Promise<void>): void });
  user = await server.bed.chain.user(100n * USDC);
  await server.bed.observe();
  session = await server.signIn(user.address);
});

const ask = (body: object, caller?: MoneyCaller) =>
  server.call<Answer>("POST", "/account/withdraw", caller ?? { session }, body);
const keyOf = (person: Person, scopes: readonly ("completion_model" | "account" | "keys")[]): Promise<string> =>
  walletKey(server.bed.walletOf(person), server.bed.routerId, server.bed.ledger.clock.now(), { scopes });

function assertCode(answer: MoneyAnswer<unknown>, status: number, code: string, words = /./): void {
  assert.deepEqual([answer.status, answer.code], [status, code], answer.text);
  assert.match(answer.message, words);
}

test("a user withdraws with a session: asked for, described, signed, handed in without a login, and listed", async () => {
  const asked = await ask({ amount: "5" });
  assert.equal(asked.status, 200, asked.text);
  const { data } = asked;
  assert.deepEqual([data.state, data.amount, data.destination], ["router-signed", "5", null]);
  assert.match(data.description?.words.join(" ") ?? "", /Withdraws 5\.00 USDC/);
  const nowMs = server.bed.ledger.clock.now();
  assert.ok(Date.parse(data.expires_at ?? "") > nowMs && (data.last_valid_block_height ?? 0) > 1_000_000);
  const shown = await server.call<Answer>("GET", `/account/withdrawals/${data.id}`, { session });
  assert.deepEqual(shown.data, data);
  const transaction = await server.bed.sign(data.transaction ?? "", user);
  const submitted = await server.call<Answer>("POST", `/account/withdrawals/${data.id}/submit`, {}, { transaction });
  assert.equal(submitted.status, 200, submitted.text);
  assert.deepEqual([submitted.data.state, submitted.data.landing?.status], ["confirmed", "confirmed"]);
  assert.deepEqual([submitted.data.expires_at, typeof submitted.data.ended_at], [null, "string"]);
  assert.equal(server.bed.chain.scene.tokensOf(user.address), 905n * USDC);
  const list = await server.call<readonly Answer[]>("GET", "/account/withdrawals", { session });
  assert.deepEqual(
    list.data.map(({ id, state }) => [id, state]),
    [[data.id, "confirmed"]],
  );
  assert.deepEqual(server.newcomers, []);
});

describe("asking for a user's money", () => {
  test("needs the session's CSRF token, and a session at all", async () => {
    assertCode(await ask({ amount: "5" }, { session, csrf: "guessed" }), 403, "csrf_missing");
    assertCode(await ask({ amount: "5" }, {}), 401, "missing_session");
    assertCode(await ask({ amount: "5" }, { session: "A".repeat(43) }), 401, "missing_session");
  });

  test("is never done by a key, whatever its scopes, also beside a session", async () => {
    const bearer = await keyOf(user, ["completion_model", "account", "keys"]);
    assertCode(await ask({ amount: "5" }, { bearer }), 403, "key_cannot_withdraw", /wallet's own signature/);
    assertCode(await ask({ amount: "5" }, { bearer, session }), 403, "key_cannot_withdraw");
    assertCode(
      await server.call("POST", "/provider/withdrawals", { bearer }, { amount: "5" }),
      403,
      "key_cannot_withdraw",
    );
  });

  test("is refused where fields or amounts are wrong", async () => {
    for (const body of [{}, { amount: 5 }, { amount: "5", to: "me" }, { amount: "5", wallet: user.address }]) {
      assertCode(await ask(body), 400, "invalid_request");
    }
    for (const amount of ["5.0000001", "-1", "", "1e3"]) assertCode(await ask({ amount }), 400, "invalid_amount");
    assertCode(await ask({ amount: "0" }), 400, "invalid_request", /above 0/);
    assertCode(await ask({ amount: "100.000001" }), 409, "withdrawal_exceeds_balance", /at most 100 USDC/);
    assertCode(await ask({ amount: "5", destination: "nowhere" }), 400, "invalid_request", /destination/);
    assertCode(await ask({ amount: "5", destination: user.address }), 409, "escrow_refused", /BadDestination/);
  });

  test("again is the same; otherwise it is told which one is open", async () => {
    const first = await ask({ amount: "5" });
    const again = await ask({ amount: "5.000000" });
    assert.deepEqual(again.data, first.data);
    assertCode(await ask({ amount: "6" }), 409, "withdrawal_open", new RegExp(first.data.id));
  });
});

describe("by the wallet's own signature", () => {
  interface Signing extends Partial<WithdrawalIntent> {
    readonly by?: Person;
    readonly body?: object;
  }

  async function signed({ by = user, body = {}, ...changes }: Signing = {}): Promise<object> {
    const { clock } = server.bed.ledger;
    const intent: WithdrawalIntent = {
      party: "user",
      amount: microUsdc(5n * USDC),
      destination: undefined,
      routerId: server.bed.routerId,
      dateMs: clock.now(),
      ...changes,
    };
    const signature = await server.bed.walletOf(by).sign(Buffer.from(withdrawalMessage(intent)));
    return {
      amount: "5",
      wallet: by.address,
      date: new Date(intent.dateMs).toISOString(),
      signature: base58.encode(signature),
      ...body,
    };
  }

  test("needs no login, counts as a newcomer, and said again is the same withdrawal, also when it has ended", async () => {
    const body = await signed();
    const asked = await ask(body, {});
    assert.equal(asked.status, 200, asked.text);
    assert.deepEqual((await ask(body, {})).data, asked.data);
    const transaction = await server.bed.sign(asked.data.transaction ?? "", user);
    await server.call("POST", `/account/withdrawals/${asked.data.id}/submit`, {}, { transaction });
    const replayed = await ask(body, {});
    assert.deepEqual([replayed.data.id, replayed.data.state], [asked.data.id, "confirmed"]);
    assert.equal((await server.bed.userBalance(user.address)).withdrawing, 0n);
    assert.equal(server.newcomers.length, 3);
  });

  test("names the destination that is asked for", async () => {
    const friend = await server.bed.chain.person(0n);
    const destination = server.bed.chain.scene.bed.associatedOf(friend.address);
    const other = await ask(await signed({ body: { destination } }), {});
    assertCode(other, 400, "invalid_request", /signature over/);
    const asked = await ask(await signed({ destination, body: { destination } }), {});
    assert.equal(asked.data.destination, destination, asked.text);
  });

  test("counts for minutes, before and after, and not a millisecond longer", async () => {
    const { clock } = server.bed.ledger;
    const minutes = 5 * 60_000;
    // Later by the server's clock than when it was signed, for the clock goes on with every call.
    const at = async (offsetMs: number): Promise<MoneyAnswer<unknown>> => {
      const payload = await signed({ dateMs: clock.now() + offsetMs });
      return server.answerOf(await server.server.inject({ method: "POST", url: "/api/v1/account/withdraw", payload }));
    };
    assertCode(await at(-minutes - 1), 400, "invalid_request", /`date`: expected a time within 5 minutes/);
    assertCode(await at(minutes + 1), 400, "invalid_request", /`date`/);
    assert.equal((await at(-minutes)).status, 200);
    assert.equal((await at(minutes)).status, 200);
  });

  test("is of one wallet, amount, router and kind, and of nothing else", async () => {
    const other = await server.bed.chain.user();
    for (const [what, body] of Object.entries({
      amount: await signed({ body: { amount: "6" } }),
      wallet: await signed({ body: { wallet: other.address } }),
      signer: await signed({ by: other, body: { wallet: user.address } }),
      router: await signed({ routerId: user.address }),
      kind: await signed({ party: "provider" }),
      date: await signed({ body: { date: new Date(server.bed.ledger.clock.now() + 1_000).toISOString() } }),
      spelling: await signed({ body: { date: "2026-11-25" } }),
      signature: await signed({ body: { signature: base58.encode(new Uint8Array(64).fill(3)) } }),
      base58: await signed({ body: { signature: "0OIl" } }),
      address: await signed({ body: { wallet: "somebody" } }),
    })) {
      assertCode(await ask(body, {}), 400, "invalid_request");
      assert.deepEqual(await server.bed.withdrawals.open(10), [], what);
    }
    assertCode(await server.call("POST", "/provider/withdrawals", {}, await signed()), 400, "invalid_request");
    assert.deepEqual(server.newcomers, []);
  });

  test("may be a memo that is never sent, of wallets that sign only transactions", async () => {
    const { clock } = server.bed.ledger;
    const intent: WithdrawalIntent = {
      party: "user",
      amount: microUsdc(5n * USDC),
      destination: undefined,
      routerId: server.bed.routerId,
      dateMs: clock.now(),
    };
    const wallet = server.bed.walletOf(user);
    const memo = async (text: string): Promise<object> => {
      const message = transactionMessage({ signer: wallet.publicKey, memo: text });
      const bytes = transactionBytes(message, await wallet.sign(message));
      const date = new Date(intent.dateMs).toISOString();
      return { amount: "5", date, transaction: Buffer.from(bytes).toString("base64") };
    };
    const wrong = await ask(await memo(withdrawalMessage({ ...intent, amount: microUsdc(6n * USDC) })), {});
    assertCode(wrong, 400, "invalid_request", /`transaction`/);
    assertCode(await ask({ ...(await memo("x")), transaction: "!" }, {}), 400, "invalid_request", /base64/);
    const asked = await ask(await memo(withdrawalMessage(intent)), {});
    assert.equal(asked.data.state, "router-signed", asked.text);
  });

  test("a provider is paid what it has earned", async () => {
    const provider = await server.bed.chain.provider(40n * USDC);
    await server.bed.observe();
    const body = await signed({
      by: provider,
      party: "provider",
      amount: microUsdc(39n * USDC),
      body: { amount: "39" },
    });
    const asked = await server.call<Answer>("POST", "/provider/withdrawals", {}, body);
    assert.equal(asked.status, 200, asked.text);
    const transaction = await server.bed.sign(asked.data.transaction ?? "", provider);
    const path = `/provider/withdrawals/${asked.data.id}/submit`;
    assertCode(
      await server.call("POST", path.replace("provider", "account"), {}, { transaction }),
      404,
      "withdrawal_not_found",
    );
    const submitted = await server.call<Answer>("POST", path, {}, { transaction });
    assert.equal(submitted.data.state, "confirmed", submitted.text);
    assert.equal(server.bed.chain.scene.tokensOf(provider.address), 39n * USDC);
    const bearer = await keyOf(provider, ["completion_model"]);
    const list = await server.call<readonly Answer[]>("GET", "/provider/withdrawals", { bearer });
    assert.deepEqual(
      list.data.map(({ id }) => id),
      [asked.data.id],
    );
    const shown = await server.call<Answer>("GET", `/provider/withdrawals/${asked.data.id}`, { bearer });
    assert.equal(shown.data.state, "confirmed");
    assert.deepEqual(
      (await server.call("GET", "/account/withdrawals", { session: await server.signIn(provider.address) })).data,
      [],
    );
  });
});

test("what is handed in is refused by the reason, over HTTP too", async () => {
  const asked = await ask({ amount: "5" });
  const path = `/account/withdrawals/${asked.data.id}/submit`;
  const transaction = asked.data.transaction ?? "";
  const submit = (body: object, at = path) => server.call("POST", at, {}, body);
  assertCode(await submit({ transaction }), 400, "transaction_unsigned", new RegExp(user.address));
  assertCode(await submit({ transaction: "AAAA" }), 400, "transaction_unreadable");
  assertCode(await submit({}), 400, "invalid_request");
  assertCode(await submit({ transaction, more: 1 }), 400, "invalid_request");
  const exit = await server.call<{ transaction: string }>(
    "POST",
    "/account/exit",
    {},
    { action: "request", wallet: user.address },
  );
  const signed = await server.bed.sign(exit.data.transaction, user);
  assertCode(await submit({ transaction: signed }), 400, "transaction_altered", new RegExp(asked.data.id));
  for (const id of ["x", "01a21219-a47b-7fe6-812a-c6054307eea6", "%00"]) {
    assertCode(await submit({ transaction }, `/account/withdrawals/${id}/submit`), 404, "withdrawal_not_found");
  }
});

test("withdrawals are read by their wallet alone, page by page", async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { data } = await ask({ amount: `${count + 1}` });
    const transaction = await server.bed.sign(data.transaction ?? "", user);
    await server.call("POST", `/account/withdrawals/${data.id}/submit`, {}, { transaction });
    ids.unshift(data.id);
    server.bed.chain.chain.svm.expireBlockhash();
  }
  const bearer = await keyOf(user, ["account"]);
  const page = async (query: string) => {
    const { json } = await server.call("GET", `/account/withdrawals${query}`, { bearer });
    const { data, next_cursor: next } = json as { data: readonly Answer[]; next_cursor: string | null };
    return [data.map(({ id }) => id), next];
  };
  assert.deepEqual(await page("?limit=2"), [ids.slice(0, 2), ids[1]]);
  assert.deepEqual(await page(`?limit=2&cursor=${ids[1]}`), [ids.slice(2), null]);
  const other = await server.signIn((await server.bed.chain.person()).address);
  const theirs = await server.call("GET", `/account/withdrawals/${ids[0]}`, { session: other });
  assertCode(theirs, 404, "withdrawal_not_found");
  assertCode(await server.call("GET", "/account/withdrawals"), 401, "missing_key");
  const narrow = await keyOf(user, ["completion_model"]);
  assertCode(await server.call("GET", "/account/withdrawals", { bearer: narrow }), 403, "scope_missing");
  assertCode(await server.call("GET", "/account/withdrawals?limit=0", { bearer }), 400, "invalid_request");
});
