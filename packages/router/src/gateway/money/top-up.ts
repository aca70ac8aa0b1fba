// POST /users/topup/message: the deposit of first-generation command lines, as a message that they sign and send themselves.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import type { MoneyAccess, MoneyDeps } from "./money-access.ts";
import { withDesk } from "./money-access.ts";

const BodyShape = Type.Object({
  user_address: Type.String({ maxLength: 44 }),
  token: Type.Literal("USDC"),
  amount: Type.Union(
    [
      Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
      Type.String({ pattern: "^[1-9][0-9]{0,15}$", maxLength: 16 }),
    ],
    { description: "Micro-USDC; that command line has added its 3 % already, and all of it is credited" },
  ),
});

function createTopUp({ desk }: MoneyDeps) {
  return async ({ body }: FastifyRequest<{ Body: Static<typeof BodyShape> }>): Promise<object> => {
    const { user_address: wallet, amount } = body;
    return { tx: await desk.composer.topUp({ wallet, amount: microUsdc(BigInt(amount)) }) };
  };
}

/** Creates the route. */
export function topUpRoute(access: MoneyAccess, desk: MoneyDesk | undefined): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "A deposit for first-generation command lines",
      description:
        "`tx` is an unsigned legacy message in base64; the user alone signs and pays the fee, and may put in another blockhash. The escrow is opened where it is missing, and the allowance rises by the deposit, for a year.",
      tags: ["Money"],
      body: BodyShape,
      response: { 200: Type.Object({ tx: Type.String() }) },
    };
    scope.post("/users/topup/message", { schema }, withDesk(access, desk, createTopUp));
    next();
  };
}
