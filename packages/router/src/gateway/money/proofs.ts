// What anybody may check without trusting this router: its vault, its debts, and that a user and an answer are counted.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import { hex } from "@scure/base";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import { readGenerationId } from "@aimo-network/protocol/ids";
import { formatMicroUsdc, formatNanoUsdc } from "@aimo-network/protocol/money";
import { ReceiptSchema, formatReceipt } from "@aimo-network/protocol/receipt-json";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import { readerOf } from "../account/account-reader.ts";
import type { MoneyAccess, MoneyDeps } from "./money-access.ts";
import { OptionalText, Text, Usdc, withDesk } from "./money-access.ts";
import { countOf } from "./transaction-shapes.ts";

type Root = NonNullable<Awaited<ReturnType<MoneyDesk["liabilities"]["latest"]>>>;
type ProvenReceipt = NonNullable<Awaited<ReturnType<MoneyDesk["receipts"]["prove"]>>>;

const TAGS = ["Proofs"];
const SECURITY = [{ session: [] }, { bearer: [] }];
const Hash = Type.String({ description: "Lower-case hex" });
const Slot = Type.Integer();
const ID_CHARS_MAX = 100; // an id has 40

const GenerationShape = Type.Object({ id: Type.String({ description: "The generation's id" }) });

const RootShape = Type.Object({
  hash: Hash,
  total: Usdc,
  size: Type.Integer({ description: "How many users are counted" }),
  at: Text,
  slot: Slot,
});

const SolvencyShape = Type.Object({
  program_id: Text,
  config: Text,
  vault: Text,
  mint: Text,
  slot: Slot,
  time: Type.String({ description: "The chain's clock" }),
  vault_amount: Usdc,
  liabilities: Type.Object({ users: Usdc, providers: Usdc, fees: Usdc, total: Usdc }),
  surplus: Usdc,
  shortfall: Usdc,
  liability_root: Type.Union([RootShape, Type.Null()]),
});

const LiabilityProofShape = Type.Object({
  user: Text,
  balance: Usdc,
  salt: Hash,
  index: Type.Integer(),
  path: Type.Array(Type.Object({ hash: Hash, sum: Usdc })),
  root: RootShape,
});

const ReceiptProofShape = Type.Object({
  receipt: ReceiptSchema,
  salt: Hash,
  proof: Type.Union([
    Type.Object({ index: Type.Integer(), size: Type.Integer(), path: Type.Array(Hash) }),
    Type.Null(),
  ]),
  batch: Type.Union([
    Type.Object({
      id: Type.String({ description: "`batch_id` on the chain" }),
      root: Type.Union([Hash, Type.Null()]),
      signature: OptionalText,
      has_landed: Type.Boolean(),
    }),
    Type.Null(),
  ]),
});

function rootJson({ root, total, users, at, slot }: Root): object {
  return {
    hash: hex.encode(root),
    total: formatNanoUsdc(total),
    size: users,
    at: at.toISOString(),
    slot: countOf(slot),
  };
}

function createSolvency({ desk }: MoneyDeps) {
  return async (): Promise<object> => {
    const [facts, root] = await Promise.all([desk.facts.solvency(), desk.liabilities.latest()]);
    const { programId, config, vault, mint, slot, time } = facts;
    const liabilities = {
      users: formatMicroUsdc(facts.owedUsers),
      providers: formatMicroUsdc(facts.owedProviders),
      fees: formatMicroUsdc(facts.owedFees),
      total: formatMicroUsdc(facts.owed),
    };
    const data = {
      ...{ program_id: programId, config, vault, mint, slot: countOf(slot) },
      time: new Date(countOf(time) * 1_000).toISOString(),
      vault_amount: formatMicroUsdc(facts.vaultAmount),
      liabilities,
      surplus: formatMicroUsdc(facts.surplus),
      shortfall: formatMicroUsdc(facts.shortfall),
      liability_root: root === undefined ? null : rootJson(root),
    };
    return { data };
  };
}

function createLiabilityProof({ desk, accountOf }: MoneyDeps) {
  return async (request: FastifyRequest): Promise<object> => {
    const { wallet } = await accountOf(request, "account");
    const proof = await desk.liabilities.prove(wallet);
    if (proof === undefined) {
      const advice = "it had nothing when the last root was made; the next one is made within an hour";
      throw new AimoError("proof_not_found", { what: `the balance of ${wallet}`, advice });
    }
    const { balance, salt, index, path, root } = proof;
    const data = {
      ...{ user: wallet, balance: formatNanoUsdc(balance), salt: hex.encode(salt), index },
      path: path.map(({ hash, sum }) => ({ hash: hex.encode(hash), sum: formatNanoUsdc(sum) })),
      root: rootJson(root),
    };
    return { data };
  };
}

function batchJson(batch: NonNullable<ProvenReceipt["batch"]>): object {
  const { id, root, signature, hasLanded } = batch;
  return {
    id: `${id}`,
    root: root === undefined ? null : hex.encode(root),
    signature: signature ?? null,
    has_landed: hasLanded,
  };
}

function receiptJson({ receipt, salt, proof, batch }: ProvenReceipt): object {
  const path = (proof?.path ?? []).map((hash) => hex.encode(hash));
  return {
    receipt: formatReceipt(receipt),
    salt: hex.encode(salt),
    proof: proof === undefined ? null : { index: proof.index, size: proof.size, path },
    batch: batch === undefined ? null : batchJson(batch),
  };
}

function createReceiptProof({ desk, ...access }: MoneyDeps) {
  return async (request: FastifyRequest<{ Params: Static<typeof GenerationShape> }>): Promise<object> => {
    const id = request.params.id.slice(0, ID_CHARS_MAX);
    const reader = await readerOf(access, request);
    const generation = await access.generations.find(reader, id);
    const uuid = generation === undefined ? undefined : readGenerationId(id);
    const proven = uuid === undefined ? undefined : await desk.receipts.prove(uuid, reader.wallet);
    if (proven === undefined) throw new AimoError("generation_not_found", { id });
    return { data: receiptJson(proven) };
  };
}

/** Creates the routes. */
export function proofRoutes(access: MoneyAccess, desk: MoneyDesk | undefined): FastifyPluginCallback {
  return (scope, _options, next) => {
    const solvency = {
      summary: "What this router's vault holds, and what it owes",
      description: "Everything in it can be read on the chain by anybody: docs/solvency.md.",
      tags: TAGS,
      response: { 200: Type.Object({ data: SolvencyShape }) },
    };
    scope.get("/router/solvency", { schema: solvency }, withDesk(access, desk, createSolvency));
    const liability = {
      summary: "That the wallet's balance is counted in the last root",
      description: "For a session or a key with the scope `account`; how to check it is in docs/solvency.md.",
      tags: TAGS,
      security: SECURITY,
      response: { 200: Type.Object({ data: LiabilityProofShape }) },
    };
    scope.get("/account/solvency-proof", { schema: liability }, withDesk(access, desk, createLiabilityProof));
    const receipt = {
      summary: "The receipt of a generation, and that its batch stands for it",
      description:
        "For whoever may see the generation. `proof` and `batch` are null until it is settled; how to check them is in docs/receipts.md.",
      tags: TAGS,
      security: SECURITY,
      params: GenerationShape,
      response: { 200: Type.Object({ data: ReceiptProofShape }) },
    };
    scope.get("/generation/:id/proof", { schema: receipt }, withDesk(access, desk, createReceiptProof));
    next();
  };
}
