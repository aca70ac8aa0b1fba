// Keys at a router: issued by a session that is ended again, listed to the last page, and revoked by the wallet's word.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import { manualClock } from "@aimo-network/protocol/clock";
import { verifyText } from "@aimo-network/protocol/keys/ed25519";
import { formatIssuedKey } from "@aimo-network/protocol/keys/key-text";
import { signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { CommandInput, Outcome, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import type { Answer, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { newWallet } from "../wallet/new-wallet.ts";
import { createKey } from "./create-key.ts";
import { listKeys } from "./list-keys.ts";
import { revokeKeys } from "./revoke-keys.ts";

const NOW_MS = Date.parse("2026-11-23T07:00:00.000Z");
const BEARER = formatIssuedKey(new Uint8Array(32).fill(9));
const REVOKE = "/api/v1/keys/revoke";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly cookie: string | undefined;
  readonly body: unknown;
}

interface Desk extends ReadingBed {
  readonly router: ScriptedRouter;
  readonly sent: Sent[];
  readonly wallet: string;
  /** Answers a path with what a function makes of the query; what was sent is noted. */
  answer(path: string, make: (query: URLSearchParams, body: unknown) => object): void;
  run(command: RunCommand, options?: CommandInput["options"], words?: readonly string[]): Promise<Outcome>;
}

function recordOf(number: number, change: object = {}): object {
  return {
    ...{ hash: `${number}`.padStart(32, "0"), name: `key ${number}`, label: `key ${number}`, disabled: false },
    ...{ limit: "10.5", limit_remaining: 10, limit_reset: "monthly", usage: "0.5", expires_at: null },
    ...{
      allowed_models: null,
      created_at: "2026-11-01T00:00:00.000Z",
      last_used_at: null,
      revoked_at: null,
      ...change,
    },
  };
}

async function openDesk(
  t: TestContext,
  change: (context: CommandContext) => CommandContext = (same) => same,
): Promise<Desk> {
  const router = await startScriptedRouter(t);
  const bed = openReadingBed(t, { clock: manualClock(NOW_MS), options: { router: router.url } });
  const { text: wallet = "" } = (await newWallet(bed.context, { arguments: [], options: {} })) ?? {};
  bed.said.length = 0;
  const sent: Sent[] = [];
  const answer: Desk["answer"] = (path, make) => {
    const respond: Answer = (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const text = Buffer.concat(pieces).toString();
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        const { cookie } = request.headers;
        sent.push({ method: request.method ?? "", path, cookie, body });
        replyWith(200, make(new URL(request.url ?? "", router.url).searchParams, body))(request, response);
      });
    };
    router.answers[path] = respond;
  };
  const { host, origin } = new URL(router.url);
  const times = { issuedAt: new Date(NOW_MS).toISOString(), expirationTime: new Date(NOW_MS + 1_000).toISOString() };
  const fields = { domain: host, address: wallet, uri: origin, version: "1", nonce: "oBbLoEldZs", ...times };
  answer("/api/v1/auth/challenge", () => ({ message: signInMessage(fields) }));
  router.answers["/api/v1/auth/login"] = (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "set-cookie": "aimo-session=secret" });
    response.end(JSON.stringify({ csrf_token: "token" }));
  };
  answer("/api/v1/auth/logout", () => ({}));
  const run: Desk["run"] = async (command, options = {}, words = []) =>
    (await command(change(bed.context), { arguments: words, options })) as Outcome;
  return { ...bed, router, sent, wallet, answer, run };
}

test("a key is issued with what was asked for, printed once, and the session is ended", async (t) => {
  const { answer, run, sent, said } = await openDesk(t);
  answer("/api/v1/keys", () => ({ key: BEARER, data: recordOf(1) }));
  const models = ["meta/llama,qwen/qwen3", "a/b"];
  const options = { limit: "10.5", reset: "monthly", name: "team", expiresIn: "30", models };
  const { text, data } = await run(createKey, options);
  assert.equal(text, BEARER);
  assert.equal((data as { key: string }).key, BEARER);
  const issued = sent.find(({ path }) => path === "/api/v1/keys");
  assert.deepEqual(issued?.body, {
    ...{ name: "team", limit: "10.5", limit_reset: "monthly", expires_at: "2026-12-23T07:00:00.000Z" },
    allowed_models: ["meta/llama", "qwen/qwen3", "a/b"],
  });
  assert.deepEqual([issued.method, issued.cookie], ["POST", "aimo-session=secret"]);
  assert.equal(sent.at(-1)?.path, "/api/v1/auth/logout");
  assert.ok(!said.join("\n").includes(BEARER));
});

test("the session is ended also where the router issues nothing, and the router says why", async (t) => {
  const { router, run, sent } = await openDesk(t);
  router.answers["/api/v1/keys"] = replyWith(400, { error: { message: "No such model." } });
  const fault = await faultOf(run(createKey, { limit: "1" }));
  assert.deepEqual([fault.what, fault.why], ["The router issued no key.", "No such model."]);
  assert.equal(sent.at(-1)?.path, "/api/v1/auth/logout");
  router.answers["/api/v1/keys"] = { key: "something else\u001B[2J", data: recordOf(1) };
  assert.match((await faultOf(run(createKey))).what, /something that is not a router's/);
});

test("what a router would refuse is refused before anybody signs in", async (t) => {
  const { run, sent } = await openDesk(t);
  for (const [options, expected] of [
    [{ limit: "1.0000000001" }, /--limit: expected USDC with at most 9 decimals/],
    [{ limit: "-1" }, /--limit/],
    [{ reset: "daily" }, /--reset: expected a --limit/],
    [{ expiresIn: "0" }, /--expires-in: expected whole days from 1/],
    [{ expiresIn: "soon" }, /--expires-in/],
    [{ models: ["llama"] }, /--models: expected models as author\/slug/],
  ] as const) {
    assert.match((await faultOf(run(createKey, options))).what, expected);
  }
  assert.equal(sent.length, 0);
});

test("all pages of the list are read, with each key's state", async (t) => {
  const { answer, run, sent } = await openDesk(t);
  const changes = [
    { expires_at: "2026-11-23T07:00:00.000Z" },
    { expires_at: "2026-11-23T07:00:00.001Z" },
    { disabled: true },
    { disabled: true, revoked_at: "2026-11-22T00:00:00.000Z" },
    { limit: null, limit_remaining: null, limit_reset: null, name: "line\nbreak\u001B[2J" },
  ];
  const all = Array.from({ length: 205 }, (_, index) => recordOf(index, changes[index] ?? {}));
  answer("/api/v1/keys", (query) => ({
    data: all.slice(Number(query.get("offset")), Number(query.get("offset")) + Number(query.get("limit"))),
  }));
  const { data, text } = await run(listKeys, { all: true });
  const { keys } = data as { keys: readonly { state: string; limit: string | null; limit_remaining: string | null }[] };
  assert.equal(keys.length, 205);
  assert.deepEqual(
    keys.slice(0, 6).map(({ state }) => state),
    ["expired", "good", "disabled", "revoked", "good", "good"],
  );
  assert.deepEqual([keys[0]?.limit, keys[0]?.limit_remaining, keys[4]?.limit], ["10.5", "10", null]);
  const lines = text.split("\n");
  assert.equal(lines.length, 206);
  assert.match(lines[1] ?? "", /^0{32} {2}key 0 +10\.5 monthly +0\.5 +10 +2026-11-23 +expired$/);
  assert.match(lines[5] ?? "", /line break \[2J +none +0\.5 +never +good$/);
  assert.equal(sent.filter(({ path }) => path === "/api/v1/keys").length, 3);
  assert.equal(sent.at(-1)?.path, "/api/v1/auth/logout");
});

test("a wallet without issued keys is told how to come by one", async (t) => {
  const { answer, run, said } = await openDesk(t);
  answer("/api/v1/keys", () => ({ data: [] }));
  const { text, data } = await run(listKeys);
  assert.deepEqual([text, (data as { keys: unknown[] }).keys], ["", []]);
  assert.match(said.join("\n"), /aimo keys create makes one/);
});

const ID = "beee7c29f9ed26819862e2d586757c4b";

test("a revocation is what the wallet signed, for this router and this moment", async (t) => {
  const yes = (context: CommandContext): CommandContext => ({
    ...context,
    options: { ...context.options, isConfirmed: true },
  });
  const { answer, run, sent, wallet, said } = await openDesk(t, yes);
  answer(REVOKE, (_query, body) => ({
    key_id: (body as { key_id: string }).key_id,
    revoked_at: "2026-11-23T07:00:00.000Z",
  }));
  const second = ID.replace("b", "a");
  const { text, data } = await run(revokeKeys, {}, [ID.toUpperCase(), second, ID]);
  assert.equal(text, `${ID} revoked\n${second} revoked`);
  assert.deepEqual((data as { revoked: unknown[] }).revoked.length, 2);
  const { body } = sent[0]!;
  const { signature, ...rest } = body as Record<string, string>;
  assert.deepEqual(rest, { key_id: ID, wallet, date: "2026-11-23T07:00:00.000Z" });
  const message = `AiMo Network revoke API key\nKey: ${ID}\nRouter: ${ROUTER_ID}\nDate: 2026-11-23T07:00:00.000Z`;
  assert.equal(await verifyText(base58.decode(wallet), message, base58.decode(signature ?? "")), true);
  assert.ok(said.join("\n").includes(`revoke the API key ${ID}`), "--yes leaves out the question, not the words");
});

test("without a yes nothing is signed or sent", async (t) => {
  for (const [isInteractive, why] of [
    [false, "nobody can be asked here: this is no terminal."],
    [true, undefined],
  ] as const) {
    const { run, sent } = await openDesk(t, (context) => ({
      ...context,
      terminal: { ...context.terminal, isInteractive },
    }));
    const fault = await faultOf(run(revokeKeys, {}, [ID]));
    assert.deepEqual([fault.reason, fault.why], ["declined", why]);
    assert.equal(sent.length, 0);
  }
});

test("what is no key id is refused, and a key in its place is not repeated", async (t) => {
  const { run } = await openDesk(t);
  for (const word of ["", ID.slice(1), `${ID}0`, "g".repeat(32)]) {
    assert.match((await faultOf(run(revokeKeys, {}, [word]))).what, /expected ids of 32 hexadecimal digits/);
  }
  const fault = await faultOf(run(revokeKeys, {}, [BEARER]));
  assert.ok(!JSON.stringify(fault).includes(BEARER.slice(12)));
});
