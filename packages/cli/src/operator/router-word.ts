// What a router says that its vault holds and that it owes, and what it proves of one wallet; believed in nothing.
import { hex } from "@scure/base";
import { Type } from "typebox";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { HASH_BYTES, SALT_BYTES } from "@aimo-network/protocol/merkle";
import { parseMicroUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc, NanoUsdc } from "@aimo-network/protocol/money";
import type { SumNode, SumRoot } from "@aimo-network/protocol/solvency";
import { CommandFault } from "../fault.ts";
import type { RouterClient } from "../network/router-client.ts";

const Usdc = Type.String({ pattern: String.raw`^[0-9]{1,13}(?:\.[0-9]{1,9})?$` });
const Hash = Type.String({ pattern: `^[0-9a-f]{${2 * HASH_BYTES}}$` });
const Address = Type.String({ pattern: "^[1-9A-HJ-NP-Za-km-z]{32,44}$" });
const PATH_MAX = 64; // a path through more users than there are people

const Root = Type.Object({
  hash: Hash,
  total: Usdc,
  size: Type.Integer({ minimum: 0 }),
  at: Type.String({ maxLength: 40 }),
  slot: Type.Integer({ minimum: 0 }),
});

const Word = Type.Object({
  program_id: Address,
  config: Address,
  vault: Address,
  mint: Address,
  slot: Type.Integer({ minimum: 0 }),
  vault_amount: Usdc,
  liabilities: Type.Object({ users: Usdc, providers: Usdc, fees: Usdc, total: Usdc }),
  liability_root: Type.Union([Root, Type.Null()]),
});

const Proof = Type.Object({
  user: Address,
  balance: Usdc,
  salt: Type.String({ pattern: `^[0-9a-f]{${2 * SALT_BYTES}}$` }),
  index: Type.Integer({ minimum: 0 }),
  path: Type.Array(Type.Object({ hash: Hash, sum: Usdc }), { maxItems: PATH_MAX }),
  root: Root,
});

/** A root of liabilities, and the moment it is of. */
export interface PublishedRoot extends SumRoot {
  readonly at: string;
}

/** What a router says of its vault. */
export interface RouterWord {
  readonly programId: string;
  readonly config: string;
  readonly vault: string;
  readonly mint: string;
  readonly slot: bigint;
  readonly held: MicroUsdc;
  readonly users: MicroUsdc;
  readonly providers: MicroUsdc;
  readonly fees: MicroUsdc;
  readonly root: PublishedRoot | undefined;
}

/** What a router says of one wallet's place below a root. */
export interface RouterProof {
  readonly user: string;
  readonly balance: NanoUsdc;
  readonly salt: Uint8Array;
  readonly index: number;
  readonly path: readonly SumNode[];
  readonly root: PublishedRoot;
}

function read<Schema extends TSchema>(schema: Schema, body: unknown, path: string): Static<Schema> {
  const value: unknown = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  if (Value.Check(schema, value)) return value;
  throw new CommandFault({
    what: `The router's ${path} is not what a router answers there.`,
    why: "members are missing or of another kind.",
    next: "Ask its operator which version it runs: aimo router status.",
    reason: "refused",
    code: "malformed_answer",
  });
}

function rootOf({ hash, total, size, at }: Static<typeof Root>): PublishedRoot {
  return { hash: hex.decode(hash), total: parseNanoUsdc(total), size, at };
}

/** Asks a router what its vault holds and what it owes. */
export async function askSolvency(client: RouterClient): Promise<RouterWord> {
  const path = "/router/solvency";
  const word = read(Word, await client.call(`/api/v1${path}`, { what: "The router does not say what it owes." }), path);
  const { liabilities, liability_root: root } = word;
  return {
    programId: word.program_id,
    config: word.config,
    vault: word.vault,
    mint: word.mint,
    slot: BigInt(word.slot),
    held: parseMicroUsdc(word.vault_amount),
    users: parseMicroUsdc(liabilities.users),
    providers: parseMicroUsdc(liabilities.providers),
    fees: parseMicroUsdc(liabilities.fees),
    root: root === null ? undefined : rootOf(root),
  };
}

/** Reads the answer of `/account/solvency-proof`. */
export function readProof(body: unknown): RouterProof {
  const { user, balance, salt, index, path, root } = read(Proof, body, "/account/solvency-proof");
  return {
    user,
    balance: parseNanoUsdc(balance),
    salt: hex.decode(salt),
    index,
    path: path.map(({ hash, sum }) => ({ hash: hex.decode(hash), sum: parseNanoUsdc(sum) })),
    root: rootOf(root),
  };
}
