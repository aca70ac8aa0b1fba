// Who this router is: an Ed25519 key in its data directory, made at the first start and kept for ever.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { base58, base64url } from "@scure/base";
import type { Static } from "typebox";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { LRUCache } from "lru-cache";
import { ConfigError } from "./config.ts";
import { readOrMake } from "./make-once.ts";

/** A router's identity and what it keeps secret. */
export interface Identity {
  /** The public key in base58: the router id that keys are bound to. */
  readonly routerId: string;
  /** What bodies that come under an idempotency key are hashed with: nobody else can tell a body by its hash. */
  readonly idempotencySecret: Uint8Array;
  /** What sign-in challenges are sealed with: every instance of this router knows its own again. */
  readonly challengeSecret: Uint8Array;
  /** What the salts of receipts follow from: nobody else can guess a receipt by its leaf. */
  readonly receiptSecret: Uint8Array;
  /** The pseudonym of a payer at one provider: stable, and linkable neither to the wallet nor between providers. */
  pseudonym(payerWallet: string, providerWallet: string): string;
}

const FILE = "router-identity.json";
const PSEUDONYM_CHARS = 32; // 128 bits: never collides
const PSEUDONYMS_CACHED_MAX = 50_000; // pairs of payer and provider seen lately

const KeyPair = Type.Object({
  kty: Type.Literal("OKP"),
  crv: Type.Literal("Ed25519"),
  x: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
  d: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
});
const isKeyPair = Compile(KeyPair);

function newKeyText(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return `${JSON.stringify(privateKey.export({ format: "jwk" }))}\n`;
}

/** The key in an identity file; undefined for anything else, also for a public key that is not its private key's. */
function parseKeyPair(text: string): Static<typeof KeyPair> | undefined {
  try {
    const jwk: unknown = JSON.parse(text);
    if (!isKeyPair.Check(jwk)) return undefined;
    const { x } = createPublicKey(createPrivateKey({ key: jwk, format: "jwk" })).export({ format: "jwk" });
    return x === jwk.x ? jwk : undefined;
  } catch {
    return undefined; // what the parsers say quotes the file, and so the secret
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EROFS: "nothing can be written there",
  ENOTDIR: "a file is in its way",
  EEXIST: "a file is in its way",
};

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? REASONS[String(cause.code)] : undefined;
    if (reason === undefined) throw cause;
    throw new ConfigError([`AIMO_DATA_DIR: cannot make the folder ${directory}: ${reason}. Choose another.`]);
  }
}

/** Reads the identity in `dataDirectory`, or makes it; throws when the file is there and is no identity. */
export function loadIdentity(dataDirectory: string): Identity {
  makeDirectory(dataDirectory);
  const path = join(dataDirectory, FILE);
  const jwk = parseKeyPair(readOrMake(dataDirectory, FILE, newKeyText));
  if (jwk === undefined) {
    throw new ConfigError([
      `${path}: expected an Ed25519 key as a JWK, found something else. Restore it from a backup: without it every key bound to this router is void.`,
    ]);
  }
  const secretFor = (purpose: string): Buffer =>
    createHmac("sha256", base64url.decode(`${jwk.d}=`))
      .update(purpose)
      .digest();
  const secret = secretFor("payer pseudonyms");
  const known = new LRUCache<string, string>({ max: PSEUDONYMS_CACHED_MAX });
  return {
    routerId: base58.encode(base64url.decode(`${jwk.x}=`)),
    idempotencySecret: secretFor("idempotent bodies"),
    challengeSecret: secretFor("sign-in challenges"),
    receiptSecret: secretFor("receipts"),
    pseudonym(payerWallet, providerWallet) {
      const pair = `${payerWallet} ${providerWallet}`;
      const remembered = known.get(pair);
      if (remembered !== undefined) return remembered;
      const made = createHmac("sha256", secret).update(pair).digest("hex").slice(0, PSEUDONYM_CHARS);
      known.set(pair, made);
      return made;
    },
  };
}
