// Makes the published version 2 vectors; run this file to print docs/vectors/api-keys-v2.json anew.
import { base58, hex } from "@scure/base";
import {
  NEUTRAL_POINT,
  respellSignature,
  signatureWithNeutralR,
  universalSignature,
  walletFromSeed,
} from "./test-wallet.ts";
import { plainKey, rawBearer, rawBytes, rawMessage, signText, tagExtension } from "./raw-key.ts";
import type { RawKey } from "./raw-key.ts";

/** A key that verifies at the vectors' router from five minutes before `created_at` to just before its end. */
export interface ValidVector {
  readonly name: string;
  readonly key: string;
  readonly bytes: string;
  readonly message: string;
  readonly bound_to: string;
  readonly created_at: number;
  readonly valid_for: number;
  readonly usage_limit: string;
  readonly spending: "unlimited" | "limited" | "earn_only";
  readonly scopes: readonly string[];
  readonly tag: string | null;
  readonly key_id: string;
}

/** A text that is refused at the vectors' router at the time `at`. */
export interface RejectVector {
  readonly name: string;
  readonly key: string;
  readonly at: number;
  readonly code: string;
  readonly fault: string | null;
}

/** The whole published file. */
export interface VectorFile {
  readonly note: string;
  readonly seeds: { readonly wallet: string; readonly router: string; readonly other_router: string };
  readonly wallet: string;
  readonly router_id: string;
  readonly other_router_id: string;
  readonly valid: readonly ValidVector[];
  readonly reject: readonly RejectVector[];
  readonly revocation: {
    readonly key_id: string;
    readonly date: number;
    readonly message: string;
    readonly signature: string;
  };
}

const SEEDS = {
  wallet: "AiMo Network public test seed 01",
  router: "AiMo Network public test seed 02",
  other_router: "AiMo Network public test seed 03",
};
const NOTE =
  "Version 2 API keys of a test wallet. The seeds are public (each is the 32 ASCII characters shown): never pay to these keys. " +
  "valid: verifies at router_id from created_at - 300000 to created_at + valid_for - 1, with this outcome. " +
  "reject: refused at router_id at the time `at` for the reason given; all but the texts, the damaged and the forged ones carry a good signature. " +
  "Times are milliseconds since 1970, usage_limit is the u64 of the layout, in micro-USDC.";

const wallet = await walletFromSeed(SEEDS.wallet);
const router = (await walletFromSeed(SEEDS.router)).address;
const otherRouter = (await walletFromSeed(SEEDS.other_router)).address;

const DAY = 86_400_000n;
const EARN_ONLY = 2n ** 64n - 1n;

const plain = plainKey(router);

function variant(change: Partial<RawKey>, words: Partial<RawKey["words"]> = {}): RawKey {
  return { ...plain, ...change, words: { ...plain.words, ...words } };
}

async function signedBytes(raw: RawKey): Promise<Uint8Array> {
  return rawBytes(raw, wallet.publicKey, await signText(wallet, rawMessage(raw)));
}

async function idOf(bytes: Uint8Array): Promise<string> {
  const unsigned = Uint8Array.from([...bytes.subarray(0, 34), ...bytes.subarray(98)]);
  return hex.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", unsigned)).subarray(0, 16));
}

async function valid(name: string, raw: RawKey): Promise<ValidVector> {
  const bytes = await signedBytes(raw);
  const limited = raw.usageLimit === 0n ? "unlimited" : "limited";
  return {
    name,
    key: rawBearer(bytes),
    bytes: hex.encode(bytes),
    message: rawMessage(raw),
    bound_to: raw.words.router,
    created_at: Number(raw.createdAt),
    valid_for: Number(raw.validFor),
    usage_limit: raw.usageLimit.toString(),
    spending: raw.usageLimit === EARN_ONLY ? "earn_only" : limited,
    scopes: raw.words.scopes.split(", ").filter((scope) => scope !== ""),
    tag: raw.words.tag === "-" ? null : raw.words.tag,
    key_id: await idOf(bytes),
  };
}

const allScopes = { scopes: "completion_model, account, keys" };
const longestTag = "abcdefghij_0123456789_xy";

const VALID: readonly (readonly [string, RawKey])[] = [
  ["bound to the router, no tag (130 bytes)", plain],
  ["for any router", variant({}, { router: "any" })],
  ["with a tag", variant({ extensions: tagExtension("laptop_1") }, { tag: "laptop_1" })],
  ["with the longest tag", variant({ extensions: tagExtension(longestTag) }, { tag: longestTag })],
  ["with the smallest limit", variant({ usageLimit: 1n }, { limit: "0.000001 USDC" })],
  ["with a limit of 25 USDC", variant({ usageLimit: 25_000_000n }, { limit: "25.000000 USDC" })],
  ["with the largest limit", variant({ usageLimit: 2n ** 63n - 1n }, { limit: "9223372036854.775807 USDC" })],
  ["earn only", variant({ usageLimit: EARN_ONLY }, { limit: "earn only" })],
  ["with every scope", variant({ scopes: 7n }, allScopes)],
  ["with the scope account alone", variant({ scopes: 2n }, { scopes: "account" })],
  ["with no scope", variant({ scopes: 0n }, { scopes: "" })],
  ["valid for the longest time (366 days)", variant({ validFor: 366n * DAY })],
  ["valid for one millisecond", variant({ validFor: 1n })],
  [
    "with everything, for any router",
    variant(
      { usageLimit: 1_234n, scopes: 7n, validFor: DAY, extensions: tagExtension("ci") },
      { router: "any", tag: "ci", limit: "0.001234 USDC", ...allScopes },
    ),
  ],
];

const FORBIDDEN: readonly (readonly [name: string, fault: string, RawKey])[] = [
  ["version 0", "version", variant({ version: 0 })],
  ["version 3", "version", variant({ version: 3 })],
  ["wallet kind 1", "wallet", variant({ wallet: 1 })],
  ["unknown scope bit 3", "scope", variant({ scopes: 9n })],
  ["unknown scope bit 63", "scope", variant({ scopes: 1n + 2n ** 63n })],
  [
    "earn only with the scope keys",
    "scope",
    variant({ usageLimit: EARN_ONLY, scopes: 5n }, { scopes: "completion_model, keys", limit: "earn only" }),
  ],
  ["valid for no time", "validity", variant({ validFor: 0n })],
  ["valid for less than no time", "validity", variant({ validFor: -1n })],
  ["valid for 366 days and a millisecond", "validity", variant({ validFor: 366n * DAY + 1n })],
  ["a limit above 2^63-1", "validity", variant({ usageLimit: 2n ** 63n }, { limit: "9223372036854.775808 USDC" })],
  ["the reserved extension 2", "extension", variant({ extensions: [2, 1, 0] })],
  ["the unknown extension 255", "extension", variant({ extensions: [...tagExtension("ci"), 255, 0] }, { tag: "ci" })],
  ["the unknown extension 0", "extension", variant({ extensions: [0, 0] })],
  ["two tags", "extension", variant({ extensions: [...tagExtension("ci"), ...tagExtension("ci")] }, { tag: "ci" })],
  ["an extension cut short", "extension", variant({ extensions: [1, 3, 0x63, 0x69] }, { tag: "ci" })],
  ["a trailing byte", "extension", variant({ extensions: [0] })],
  ["an empty tag", "tag", variant({ extensions: [1, 0] }, { tag: "" })],
  ["a tag of 25 characters", "tag", variant({ extensions: tagExtension(`${longestTag}z`) }, { tag: `${longestTag}z` })],
  ["a tag in capitals", "tag", variant({ extensions: tagExtension("CI") }, { tag: "CI" })],
  ["a tag with a line break", "tag", variant({ extensions: tagExtension("ci\n") }, { tag: "ci\n" })],
];

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
}

async function texts(): Promise<readonly (readonly [name: string, code: string, fault: string | null, key: string])[]> {
  const bytes = await signedBytes(plain);
  const key = rawBearer(bytes);
  const encoded = key.slice("aimo-sk-v2-".length);
  const issued = base58.encode(bytes.subarray(2, 34));
  return [
    ["nothing", "missing_key", null, ""],
    ["another network's key", "malformed_key", "prefix", "sk-or-v1-0123456789abcdef"],
    ["an issued key, which no one can verify offline", "malformed_key", "prefix", `aimo-sk-u1-${issued}`],
    ["no tag", "malformed_key", "tag", `aimo-sk-${encoded}`],
    ["version 2 under another tag", "malformed_key", "tag", `aimo-sk-prod-${encoded}`],
    ["a character outside base58", "malformed_key", "base58", `${key.slice(0, -1)}0`],
    ["a line break at the end", "malformed_key", "base58", `${key}\n`],
    ["the last character missing", "malformed_key", "length", key.slice(0, -1)],
    ["no bytes", "malformed_key", "length", "aimo-sk-v2-"],
    ["the last byte missing", "malformed_key", "length", rawBearer(bytes.subarray(0, -1))],
    ["a text longer than any key", "malformed_key", "length", `aimo-sk-v2-${"1".repeat(600)}`],
  ];
}

async function forgeries(): Promise<
  readonly (readonly [name: string, code: string, fault: string | null, bytes: Uint8Array])[]
> {
  const bytes = await signedBytes(plain);
  const bit = (offset: number): Uint8Array => flipped(bytes, offset * 8 + 7);
  const signature = bytes.subarray(34, 98);
  const beyondPrime = hex.decode(`f0${"ff".repeat(30)}7f`); // y = p + 3
  const order8 = hex.decode("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  const overflowing = variant({ createdAt: 2n ** 63n - 1n });
  const elsewhere = variant({}, { router: otherRouter });
  return [
    ["bound to another router", "key_for_other_router", null, await signedBytes(elsewhere)],
    ["created_at bit flipped", "key_for_other_router", null, bit(105)],
    ["valid_for bit flipped", "key_for_other_router", null, bit(113)],
    ["usage_limit bit flipped", "key_for_other_router", null, bit(121)],
    ["scope bit flipped", "key_for_other_router", null, bit(129)],
    ["signer bit flipped", "key_for_other_router", null, bit(4)],
    ["signature bit flipped", "key_for_other_router", null, bit(40)],
    ["a signature with S + L", "bad_signature", null, rawBytes(plain, wallet.publicKey, respellSignature(signature))],
    [
      "a signature whose R has low order",
      "bad_signature",
      null,
      rawBytes(plain, wallet.publicKey, await signatureWithNeutralR(wallet, rawMessage(plain))),
    ],
    [
      "a signer of order 1, whose signature fits every message",
      "malformed_key",
      "wallet",
      rawBytes(plain, NEUTRAL_POINT, universalSignature(wallet)),
    ],
    ["a signer of order 8", "malformed_key", "wallet", rawBytes(plain, order8, signature)],
    ["a signer whose y is not below p", "malformed_key", "wallet", rawBytes(plain, beyondPrime, signature)],
    [
      "created_at + valid_for overflows",
      "malformed_key",
      "validity",
      rawBytes(overflowing, wallet.publicKey, signature),
    ],
  ];
}

async function rejects(): Promise<readonly RejectVector[]> {
  const at = Number(plain.createdAt) + 1;
  const key = rawBearer(await signedBytes(plain));
  const endAt = Number(plain.createdAt + plain.validFor);
  return [
    ...(await texts()).map(([name, code, fault, text]) => ({ name, key: text, at, code, fault })),
    ...(await Promise.all(
      FORBIDDEN.map(async ([name, fault, raw]) => ({
        name,
        key: rawBearer(await signedBytes(raw)),
        at,
        code: "malformed_key",
        fault,
      })),
    )),
    ...(await forgeries()).map(([name, code, fault, bytes]) => ({ name, key: rawBearer(bytes), at, code, fault })),
    { name: "at its end", key, at: endAt, code: "key_expired", fault: null },
    {
      name: "more than 5 minutes early",
      key,
      at: Number(plain.createdAt) - 300_001,
      code: "malformed_key",
      fault: "from_future",
    },
  ];
}

/** Makes the whole file; Ed25519 signatures are deterministic, so it is always the same. */
export async function makeVectors(): Promise<VectorFile> {
  const validVectors = await Promise.all(VALID.map(async ([name, raw]) => await valid(name, raw)));
  const keyId = validVectors[0]?.key_id ?? "";
  const date = Number(plain.createdAt + DAY);
  const message = `AiMo Network revoke API key\nKey: ${keyId}\nRouter: ${router}\nDate: ${new Date(date).toISOString()}`;
  return {
    note: NOTE,
    seeds: SEEDS,
    wallet: wallet.address,
    router_id: router,
    other_router_id: otherRouter,
    valid: validVectors,
    reject: await rejects(),
    revocation: { key_id: keyId, date, message, signature: hex.encode(await signText(wallet, message)) },
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await makeVectors(), null, 2)}\n`);
