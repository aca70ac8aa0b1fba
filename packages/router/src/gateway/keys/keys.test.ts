// Making and checking keys over HTTP: the round trip of both versions, and what is refused with which words.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { sendRaw } from "../../test-bed/raw-request.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const NOW = systemClock.now();
const METADATA = { created_at: NOW, valid_for: 3_600_000, usage_limit: 1_500_000, scopes: ["completion_model"] };

interface Verdict {
  readonly result: boolean;
  readonly kind?: string;
  readonly wallet?: string;
  readonly key_id?: string;
  readonly tag?: string;
  readonly bound_to?: string;
  readonly expires_at?: string;
  readonly payload?: { readonly version: number; readonly metadata: object; readonly signer: string };
  readonly error?: {
    readonly code: number | string;
    readonly metadata: { readonly error_code: string; readonly fault?: string };
  };
}

interface Failure {
  readonly error: { readonly code: number; readonly message: string; readonly param: string | null };
}

describe("keys over HTTP", () => {
  let router: TestRouter;
  before(async () => (router = await startTestRouter()));
  after(() => router.close());

  const post = async <Answer>(path: string, body: unknown, base = "/api/v1"): Promise<Answer> => {
    const response = await fetch(`${router.url}${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  };
  const verify = (key: string, base?: string): Promise<Verdict> => post("/keys/verify", { secret_key: key }, base);

  /** Makes a key the way a web page does: asks for the message, lets the wallet sign it, asks for the key. */
  const make = async (
    wallet: Wallet,
    {
      metadata = METADATA,
      version,
      tag,
      toMessage,
    }: { metadata?: object; version?: number; tag?: string; toMessage?: object } = {},
  ): Promise<string> => {
    const asked = {
      metadata,
      ...(version !== undefined && { version }),
      ...(tag !== undefined && { tag }),
      ...toMessage,
    };
    const { message } = await post<{ message: string }>("/keys/message", asked);
    const signature = await wallet.sign(Buffer.from(message));
    const payload = {
      version: version ?? 2,
      wallet: "solana",
      signer: base58.encode(wallet.publicKey),
      signature: base58.encode(signature),
      metadata,
    };
    const made = await post<{ secret_key: string }>("/keys/generate", { payload, ...(tag !== undefined && { tag }) });
    return made.secret_key;
  };

  test("a version 2 key goes round: message, signature, key, verdict", async () => {
    const wallet = newWallet();
    const asked = { metadata: METADATA, tag: "laptop_1" };
    const { message, router: boundTo } = await post<{ message: string; router: string }>("/keys/message", asked);
    assert.equal(boundTo, router.routerId);
    assert.deepEqual(message.split("\n"), [
      "AiMo Network API key v2",
      `Router: ${router.routerId}`,
      "Scopes: completion_model",
      "Tag: laptop_1",
      "Spending limit: 1.500000 USDC",
      `Created: ${new Date(NOW).toISOString()}`,
      `Expires: ${new Date(NOW + 3_600_000).toISOString()}`,
      "Anyone holding this key can act for this wallet within these limits.",
    ]);
    const key = await make(wallet, { tag: "laptop_1" });
    assert.match(key, /^aimo-sk-v2-[1-9A-HJ-NP-Za-km-z]+$/);
    const { key_id: id, ...verdict } = await verify(key);
    assert.match(id ?? "", /^[0-9a-f]{32}$/);
    assert.deepEqual(verdict, {
      result: true,
      payload: {
        version: 2,
        wallet: "solana",
        signer: base58.encode(wallet.publicKey),
        signature: verdict.payload === undefined ? "" : (verdict.payload as { signature?: string }).signature,
        metadata: METADATA,
      },
      wallet: base58.encode(wallet.publicKey),
      tag: "laptop_1",
      bound_to: router.routerId,
      expires_at: new Date(NOW + 3_600_000).toISOString(),
    });
  });

  test("a first-generation key goes round, with its free tag", async () => {
    const wallet = newWallet();
    const { message, router: boundTo } = await post<{ message: string; router: string }>("/keys/message", {
      metadata: METADATA,
      version: 1,
    });
    assert.equal(boundTo, "any");
    assert.equal(message, `Created at ${NOW}; valid for 3600000; usage limit 1500000; scopes [CompletionModel]`);
    const key = await make(wallet, { version: 1, tag: "mine" });
    assert.match(key, /^aimo-sk-mine-/);
    assert.match(await make(wallet, { version: 1 }), /^aimo-sk-dev-/);
    const verdict = await verify(key);
    assert.deepEqual(
      [verdict.result, verdict.payload?.version, verdict.bound_to, verdict.tag],
      [true, 1, "any", undefined],
    );
    assert.deepEqual(verdict.payload?.metadata, METADATA);
  });

  test("a key made here calls models here", async () => {
    const key = await make(newWallet());
    const response = await router.chat(key, { model: "none", messages: [{ role: "user", content: "x" }] });
    assert.equal(response.status, 404);
  });

  for (const [limit, shown, words] of [
    [0, 0, "none"],
    ["0", 0, "none"],
    ["earn_only", "earn_only", "earn only"],
    ["18446744073709551615", "earn_only", "earn only"],
    [1, 1, "0.000001 USDC"],
    ["9007199254740993", "9007199254740993", "9007199254.740993 USDC"],
    [999_999_999_999_999, 999_999_999_999_999, "999999999.999999 USDC"],
    ["9223372036854775807", "9223372036854775807", "9223372036854.775807 USDC"],
  ] as const) {
    test(`a usage limit of ${JSON.stringify(limit)} is signed as ${words} and read back as ${JSON.stringify(shown)}`, async () => {
      const metadata = { ...METADATA, usage_limit: limit };
      const { message } = await post<{ message: string }>("/keys/message", { metadata });
      assert.match(message, new RegExp(`\nSpending limit: ${words.replaceAll(".", "\\.")}\n`));
      const verdict = await verify(await make(newWallet(), { metadata }));
      assert.deepEqual(verdict.payload?.metadata, { ...METADATA, usage_limit: shown });
    });
  }

  test("a key for any router is accepted, one for another is not", async () => {
    const any = await make(newWallet(), { toMessage: { router: "any" } });
    assert.equal((await verify(any)).bound_to, "any");
    const foreign = await make(newWallet(), { toMessage: { router: "11111111111111111111111111111111" } });
    const verdict = await verify(foreign);
    assert.deepEqual([verdict.result, verdict.error?.metadata.error_code], [false, "key_for_other_router"]);
  });

  test("a verdict on what is no good key says why, with the code of its surface", async () => {
    const expired = await make(newWallet(), { metadata: { ...METADATA, created_at: NOW - 7_200_000 } });
    for (const [key, code, fault] of [
      [expired, "key_expired", undefined],
      ["", "missing_key", undefined],
      ["hello", "malformed_key", "prefix"],
      ["aimo-sk-v2-0", "malformed_key", "base58"],
      ["aimo-sk-v2-11", "malformed_key", "length"],
      [`aimo-sk-v2-${"1".repeat(900)}`, "malformed_key", "length"],
    ] as const) {
      const verdict = await verify(key);
      assert.equal(verdict.result, false);
      assert.deepEqual([verdict.error?.metadata.error_code, verdict.error?.metadata.fault], [code, fault]);
      assert.equal(verdict.error?.code, 401);
      assert.equal((await verify(key, "/v1")).error?.code, code);
    }
  });

  test("a verdict on an issued key says that only its router knows", async () => {
    const issued = `aimo-sk-u1-${base58.encode(new Uint8Array(32).fill(7))}`;
    assert.equal(parseKey(issued).kind, "issued");
    assert.deepEqual(await verify(issued), { result: false, kind: "issued" });
  });

  describe("metadata bytes", () => {
    const expected = [...Buffer.alloc(32)];
    const view = Buffer.alloc(32);
    view.writeBigInt64BE(1_754_401_735_372n, 0);
    view.writeBigInt64BE(5_000_000_000n, 8);
    view.writeBigUInt64BE(1_234n, 16);
    view.writeBigUInt64BE(1n, 24);
    expected.splice(0, 32, ...view);
    const metadata = {
      created_at: 1_754_401_735_372,
      valid_for: 5_000_000_000,
      usage_limit: 1_234,
      scopes: ["completion_model"],
    };

    test("come for a query", async () => {
      const query = "created_at=1754401735372&valid_for=5000000000&usage_limit=1234&scopes=completion_model";
      assert.deepEqual(await (await fetch(`${router.url}/api/v1/keys/metadata_bytes?${query}`)).json(), expected);
    });

    test("come for a GET with a body, as first-generation clients send it", async () => {
      const body = JSON.stringify({ metadata });
      const head = `host: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
      const reply = await sendRaw(router.url, `GET /api/v1/keys/metadata_bytes HTTP/1.1\r\n${head}\r\n\r\n${body}`);
      assert.deepEqual(JSON.parse(reply.body), expected);
    });

    test("of a first-generation key that is valid for years come too", async () => {
      const query = "created_at=1754401735372&valid_for=315360000000&scopes=completion_model";
      const bytes = (await (await fetch(`${router.url}/api/v1/keys/metadata_bytes?${query}`)).json()) as number[];
      assert.equal(Buffer.from(bytes).readBigInt64BE(8), 315_360_000_000n);
    });

    test("need both times", async () => {
      const response = await fetch(`${router.url}/api/v1/keys/metadata_bytes?created_at=1`);
      assert.equal(response.status, 400);
      assert.match(((await response.json()) as Failure).error.message, /`created_at` and `valid_for`/);
    });
  });

  describe("is refused", () => {
    const wallet = newWallet();
    const payload = {
      version: 2,
      wallet: "solana",
      signer: base58.encode(wallet.publicKey),
      signature: base58.encode(new Uint8Array(64)),
      metadata: METADATA,
    };
    for (const [name, path, body, words] of [
      ["a key that is valid for nothing", "message", { metadata: { ...METADATA, valid_for: 0 } }, /valid_for.*above 0/],
      [
        "a version 2 key for more than a year",
        "message",
        { metadata: { ...METADATA, valid_for: 32_000_000_000 } },
        /366 days/,
      ],
      [
        "an earn-only key that issues keys",
        "message",
        { metadata: { ...METADATA, usage_limit: "earn_only", scopes: ["keys"] } },
        /no scope `keys`/,
      ],
      [
        "an earn-only key of version 1",
        "message",
        { metadata: { ...METADATA, usage_limit: "earn_only" }, version: 1 },
        /version 2/,
      ],
      [
        "a scope that version 1 does not know",
        "message",
        { metadata: { ...METADATA, scopes: ["account"] }, version: 1 },
        /scopes/,
      ],
      ["an unknown scope", "message", { metadata: { ...METADATA, scopes: ["root"] } }, /scopes/],
      ["a scope twice", "message", { metadata: { ...METADATA, scopes: ["keys", "keys"] } }, /scopes/],
      ["a version 3", "message", { metadata: METADATA, version: 3 }, /version/],
      ["a tag with capitals", "message", { metadata: METADATA, tag: "Laptop" }, /tag.*a-z/],
      ["a router that smuggles a line", "message", { metadata: METADATA, router: "any\nScopes: keys" }, /router/],
      ["a fraction of a limit", "message", { metadata: { ...METADATA, usage_limit: 1.5 } }, /usage_limit/],
      ["a negative limit", "message", { metadata: { ...METADATA, usage_limit: -1 } }, /usage_limit/],
      [
        "a limit of null, which is not no limit",
        "message",
        { metadata: { ...METADATA, usage_limit: null } },
        /usage_limit/,
      ],
      ["a limit of false", "message", { metadata: { ...METADATA, usage_limit: false } }, /usage_limit/],
      ["a time as text", "message", { metadata: { ...METADATA, created_at: `${NOW}` } }, /created_at/],
      [
        "a limit beyond any amount",
        "message",
        { metadata: { ...METADATA, usage_limit: "18446744073709551614" } },
        /Amount/,
      ],
      ["no metadata", "message", {}, /metadata/],
      ["a signer that is no key", "generate", { payload: { ...payload, signer: "11" } }, /signer.*32-byte/],
      [
        "a signer that is not base58",
        "generate",
        { payload: { ...payload, signer: "0OIl" } },
        /payload\.signer.*base58/,
      ],
      ["a short signature", "generate", { payload: { ...payload, signature: "11" } }, /signature of 64 bytes/],
      ["another chain's wallet", "generate", { payload: { ...payload, wallet: "ethereum" } }, /wallet/],
      ["nothing to verify", "verify", {}, /secret_key/],
    ] as const) {
      test(name, async () => {
        const { error } = await post<Failure>(`/keys/${path}`, body);
        assert.equal(error.code, 400);
        assert.match(error.message, words);
      });
    }
  });
});
