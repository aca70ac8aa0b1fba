// Who this router is: an Ed25519 key in its data directory, made at the first start and kept for ever.
import { createHmac, generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { base58, base64url } from "@scure/base";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { LRUCache } from "lru-cache";

/** A router's identity and what it keeps secret. */
export interface Identity {
  /** The public key in base58: the router id that keys are bound to. */
  readonly routerId: string;
  /** The pseudonym of a payer at one provider: stable, and linkable neither to the wallet nor between providers. */
  pseudonym(payerWallet: string, providerWallet: string): string;
}

const FILE = "router-identity.json";
const PSEUDONYM_CHARS = 32; // 128 bits: never collides
const PSEUDONYMS_CACHED_MAX = 50_000; // pairs of payer and provider seen lately

const IdentityFile = Compile(
  Type.Object({
    kty: Type.Literal("OKP"),
    crv: Type.Literal("Ed25519"),
    x: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
    d: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
  }),
);

function create(path: string): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const text = `${JSON.stringify(privateKey.export({ format: "jwk" }))}\n`;
  // "wx": of two routers started on one directory at once, one makes the file and the other reads it.
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  return text;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function readOrCreate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  try {
    return create(path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
    return readFileSync(path, "utf8");
  }
}

/** Reads the identity in `dataDirectory`, or makes it; throws when the file is there and is no identity. */
export function loadIdentity(dataDirectory: string): Identity {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const path = join(dataDirectory, FILE);
  const jwk: unknown = JSON.parse(readOrCreate(path));
  if (!IdentityFile.Check(jwk)) {
    throw new Error(`${path}: expected an Ed25519 key as a JWK, found something else. Restore it from a backup: without it every key bound to this router is void.`);
  }
  const secret = createHmac("sha256", base64url.decode(`${jwk.d}=`)).update("payer pseudonyms").digest();
  const known = new LRUCache<string, string>({ max: PSEUDONYMS_CACHED_MAX });
  return {
    routerId: base58.encode(base64url.decode(`${jwk.x}=`)),
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
