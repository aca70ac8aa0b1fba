// POST /account/transactions: sends what a user's wallet has signed about its own money, and says how far it is.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import type { MoneyAccess, MoneyDeps } from "./money-access.ts";
import { TransactionField, withDesk } from "./money-access.ts";
import { LandingShape, landingJson } from "./transaction-shapes.ts";

const TAGS = ["Money"];
const RESPONSE = { 200: Type.Object({ data: LandingShape }) };
const SIGNATURE_CHARS_MAX = 88; // 64 bytes in base58

const BodyShape = Type.Object({ transaction: TransactionField }, { additionalProperties: false });
const ParamsShape = Type.Object({ signature: Type.String({ description: "In base58" }) });

function createSubmit({ desk }: MoneyDeps) {
  return async ({ body }: FastifyRequest<{ Body: Static<typeof BodyShape> }>): Promise<object> => ({
    data: landingJson(await desk.transactions.submit(body.transaction)),
  });
}

function createFind({ desk }: MoneyDeps) {
  return async ({ params }: FastifyRequest<{ Params: Static<typeof ParamsShape> }>): Promise<object> => {
    const signature = params.signature.slice(0, SIGNATURE_CHARS_MAX + 1);
    const landing = await desk.transactions.find(signature);
    if (landing === undefined) throw new AimoError("transaction_not_found", { signature });
    return { data: landingJson(landing) };
  };
}

/** Creates the routes. */
export function transactionRoutes(access: MoneyAccess, desk: MoneyDesk | undefined): FastifyPluginCallback {
  return (scope, _options, next) => {
    const submitted = {
      summary: "Send a signed transaction",
      description:
        "One of POST /account/{open,deposit,allowance,exit}, or any other that does only such things. It waits two seconds for the transaction to land; said twice it is the same.",
      tags: TAGS,
      body: BodyShape,
      response: RESPONSE,
    };
    scope.post("/account/transactions", { schema: submitted }, withDesk(access, desk, createSubmit));
    const found = { summary: "How far a transaction is", tags: TAGS, params: ParamsShape, response: RESPONSE };
    scope.get("/account/transactions/:signature", { schema: found }, withDesk(access, desk, createFind));
    next();
  };
}
