// Every endpoint of users' and providers' money. A router without a chain has them too, and says so.
import type { FastifyPluginAsync } from "fastify";
import { chainAccountRoutes } from "./chain-accounts.ts";
import { composeRoutes } from "./compose-routes.ts";
import type { MoneyAccess, MoneyRoutesDeps } from "./money-access.ts";
import { refuseWithoutChain } from "./money-access.ts";
import { proofRoutes } from "./proofs.ts";
import { topUpRoute } from "./top-up.ts";
import { transactionRoutes } from "./transactions.ts";
import { withdrawalRoutes } from "./withdrawals.ts";

/** Creates the routes; `money` is undefined where the router has no chain. */
export function moneyRoutes(access: MoneyAccess, money: MoneyRoutesDeps | undefined): FastifyPluginAsync {
  return async (scope) => {
    // Before anything is read or asked: a stranger's wish is worth no call to a chain that is not there, or too many of them.
    scope.addHook("onRequest", (request, _reply, next) => {
      if (money === undefined) refuseWithoutChain();
      else money.bounds.enter(request.socket.remoteAddress);
      next();
    });
    await scope.register(composeRoutes(access, money?.desk));
    await scope.register(topUpRoute(access, money?.desk));
    await scope.register(transactionRoutes(access, money?.desk));
    await scope.register(withdrawalRoutes(access, money?.desk));
    await scope.register(chainAccountRoutes(access, money?.desk));
    await scope.register(proofRoutes(access, money?.desk));
  };
}
