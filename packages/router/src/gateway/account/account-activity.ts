// Every endpoint that tells what happened: to a wallet what it has and what became of it, to everybody which apps are used.
import type { FastifyPluginAsync } from "fastify";
import type { AccountDeps } from "./account.ts";
import { accountRoutes } from "./account.ts";
import type { ActivityDeps } from "./activity.ts";
import { activityRoutes } from "./activity.ts";
import type { AppRankingsDeps } from "../attribution/app-rankings.ts";
import { appRankingRoutes } from "../attribution/app-rankings.ts";
import type { DepositsDeps } from "./deposits.ts";
import { depositRoutes } from "./deposits.ts";
import type { EventsDeps } from "./events.ts";
import { eventRoutes } from "./events.ts";
import type { GenerationsDeps } from "./generations.ts";
import { generationRoutes } from "./generations.ts";
import type { ProviderActivityDeps } from "./provider-activity.ts";
import { providerActivityRoutes } from "./provider-activity.ts";

/** What these endpoints need: who calls, an `Activity`, and what the router knows by itself. */
export interface AccountActivityDeps
  extends AccountDeps, DepositsDeps, ActivityDeps, AppRankingsDeps, EventsDeps, GenerationsDeps, ProviderActivityDeps {}

/** Creates the routes. */
export function accountActivityRoutes(deps: AccountActivityDeps): FastifyPluginAsync {
  return async (scope) => {
    await scope.register(accountRoutes(deps));
    await scope.register(depositRoutes(deps));
    await scope.register(generationRoutes(deps));
    await scope.register(activityRoutes(deps));
    await scope.register(providerActivityRoutes(deps));
    await scope.register(eventRoutes(deps));
    await scope.register(appRankingRoutes(deps));
  };
}
