// The clients' door: every HTTP endpoint, once below /api/v1 and once below /v1.
import swagger from "@fastify/swagger";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyPluginAsync, FastifyPluginCallback, FastifyRequest } from "fastify";
import type { AimoError } from "@aimo-network/protocol/errors";
import type { Caller } from "../accounts/caller.ts";
import type { AccountActivityDeps } from "./account/account-activity.ts";
import { accountActivityRoutes } from "./account/account-activity.ts";
import type { AuthRoutesDeps } from "./sign-in/auth.ts";
import { authRoutes } from "./sign-in/auth.ts";
import type { ChatDeps } from "./chat/chat-completions.ts";
import { createChatCompletions } from "./chat/chat-completions.ts";
import { ChatAnswerShape, ChatHeadersShape, ChatRequestShape } from "./chat/chat-shapes.ts";
import type { ConsoleDeps } from "./console/console-routes.ts";
import { consoleRoutes } from "./console/console-routes.ts";
import { openToOtherSites } from "./cors.ts";
import { installErrorReplies } from "./error-reply.ts";
import type { IssuedKeyRoutesDeps } from "./keys/issued-keys.ts";
import { issuedKeyRoutes } from "./keys/issued-keys.ts";
import type { KeyRoutesDeps } from "./keys/keys.ts";
import { keyRoutes } from "./keys/keys.ts";
import type { EndpointsDeps } from "./models/endpoints.ts";
import { modelRoutes } from "./models/models.ts";
import type { OfferBook } from "../market/offer-book.ts";
import type { MoneyRoutesDeps } from "./money/money-access.ts";
import { moneyRoutes } from "./money/money-routes.ts";
import type { ConnectionDeps } from "./provider-connection.ts";
import { providerConnectionRoutes } from "./provider-connection.ts";
import type { ProvidersDeps } from "./models/providers.ts";
import { providerRoutes } from "./models/providers.ts";
import { ownOfferRoutes } from "./models/own-offers.ts";
import { readRawBodies } from "./read-body.ts";
import type { RevokeDeps } from "./keys/revoke-key.ts";
import { revokeKeyRoute } from "./keys/revoke-key.ts";
import type { RouterInfoDeps } from "./router-info.ts";
import { routerInfoRoutes, wellKnownRoutes } from "./router-info.ts";
import type { SessionPayerDeps } from "./sign-in/session-payer.ts";
import { createSessionPayers } from "./sign-in/session-payer.ts";
import { boundReplies } from "./unread-answers.ts";
import type { VisitDeps } from "./visits.ts";
import { countVisits } from "./visits.ts";

/** What the endpoints need of the other rooms. */
export interface GatewayDeps
  extends
    Omit<ChatDeps, "payer">,
    Omit<AccountActivityDeps, "authenticate" | "links">,
    AuthRoutesDeps,
    Omit<ConnectionDeps, "book">,
    Omit<EndpointsDeps, "book">,
    Omit<ProvidersDeps, "book" | "catalogue">,
    IssuedKeyRoutesDeps,
    KeyRoutesDeps,
    RevokeDeps,
    Omit<RouterInfoDeps, "chain">,
    Pick<ConsoleDeps, "console">,
    Pick<SessionPayerDeps, "consoleKeys">,
    VisitDeps {
  readonly book: OfferBook;
  readonly bodyBytesMax: number;
  /** What a router that has a chain does about people's money. */
  readonly money?: MoneyRoutesDeps;
  /** What to answer a client whose connection is one too many; undefined for all others. */
  refusal(request: FastifyRequest): AimoError | undefined;
}

function chatRoutes(deps: GatewayDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const { payerOf, payerStill } = createSessionPayers(deps);
    // Before bodies are read: a stranger's is not, nor one that another site has sent.
    const visitOf = countVisits(scope, { keyUse: deps.keyUse, authenticate: payerOf }, "spend");
    readRawBodies(scope, deps.bodyBytesMax, (request) => visitOf(request).use);
    const payer = (request: FastifyRequest): Caller | Promise<Caller> =>
      payerStill(request, visitOf(request).key, deps.clock.now());
    const schema = {
      summary: "Chat completion",
      description:
        "OpenAI's request and answer, as JSON or as server-sent events; `usage.cost` is in USDC. By a key, or by a session with its CSRF token.",
      tags: ["Chat"],
      security: [{ bearer: [] }, { session: [] }],
      headers: ChatHeadersShape,
      body: ChatRequestShape,
      response: { 200: ChatAnswerShape },
    };
    // The schemas document; bodies stay bytes here and are read by the endpoint itself.
    const undecided = { validatorCompiler: () => () => true, serializerCompiler: () => String };
    scope.post(
      "/chat/completions",
      { schema, bodyLimit: deps.bodyBytesMax, ...undecided },
      createChatCompletions({ ...deps, payer }),
    );
    next();
  };
}

/** A body is JSON whatever its content type says, and an empty one is none: many clients send a content type with a GET. */
function readJsonBodies(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser("error", "error");
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "string" }, (request, body, next) => {
    if (body === "") next(null, undefined);
    else void parse(request, body as string, next);
  });
}

/** Tells the observer of every answer; chat completions are watched one by one instead. */
function watchAnswers(scope: FastifyInstance, { observer }: GatewayDeps): void {
  scope.addHook("onResponse", (_request, reply, next) => {
    if (reply.statusCode < 400) observer.answered();
    next();
  });
}

function infoOf({ info, url, money }: GatewayDeps): RouterInfoDeps {
  return { info, url, ...(money !== undefined && { chain: () => money.desk.facts.terms() }) };
}

function otherRoutes(deps: GatewayDeps, isDocumented: boolean): FastifyPluginAsync {
  return async (scope) => {
    watchAnswers(scope, deps);
    await scope.register(modelRoutes(deps));
    await scope.register(providerRoutes(deps));
    await scope.register(ownOfferRoutes(deps));
    await scope.register(providerConnectionRoutes(deps));
    await scope.register(routerInfoRoutes(infoOf(deps)));
    await scope.register(keyRoutes(deps));
    await scope.register(issuedKeyRoutes(deps));
    await scope.register(revokeKeyRoute(deps));
    await scope.register(authRoutes(deps));
    await scope.register(accountActivityRoutes(deps));
    await scope.register(moneyRoutes(deps, deps.money));
    if (isDocumented) scope.get("/openapi.json", { schema: { hide: true } }, () => scope.swagger());
  };
}

function surface(deps: GatewayDeps, isDocumented: boolean): FastifyPluginAsync {
  return async (scope) => {
    scope.addHook("onRoute", (route) => {
      if (!isDocumented) route.schema = { ...route.schema, hide: true };
    });
    await scope.register(chatRoutes(deps));
    await scope.register(otherRoutes(deps, isDocumented));
  };
}

function hasCredentials({ headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined || headers["x-api-key"] !== undefined || headers.cookie !== undefined;
}

/** Installs every endpoint on a server. */
export async function installGateway(server: FastifyInstance, deps: GatewayDeps): Promise<void> {
  installErrorReplies(server, deps.observer);
  readJsonBodies(server);
  // The framework's own validator would make a number of a string, and so another amount of a large one.
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.addHttpMethod("GET", { hasBody: true, overrideExisting: true }); // first-generation clients send bodies with GET /keys/metadata_bytes
  server.addHook("onRequest", (request, reply, next) => {
    reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
    // What is told to one caller is no other's, and on a shared computer not the next one's.
    if (hasCredentials(request)) reply.header("cache-control", "no-store");
    // What no parser knows, such as a misspelt type, would be refused although every body here is JSON.
    if (request.headers["content-type"] !== undefined) request.headers["content-type"] = "application/json";
    next();
  });
  openToOtherSites(server);
  boundReplies(server, deps.relayDeps.answerBytes);
  server.addHook("onRequest", (request, reply, next) => {
    const refusal = deps.refusal(request);
    if (refusal !== undefined) reply.header("connection", "close");
    next(refusal);
  });
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "AiMo router", version: deps.info.version, description: "OpenAI- and OpenRouter-compatible." },
      servers: [{ url: "/" }],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "aimo-sk-…" },
          session: { type: "apiKey", in: "cookie", name: "aimo-session", description: "Set by POST /auth/login" },
        },
      },
    },
  });
  await server.register(surface(deps, true), { prefix: "/api/v1" });
  await server.register(surface(deps, false), { prefix: "/v1" });
  await server.register(async (scope) => {
    watchAnswers(scope, deps);
    await scope.register(wellKnownRoutes(infoOf(deps)));
  });
  const publicRpcUrl = async (): Promise<string | undefined> => await deps.money?.desk.facts.publicRpcUrl();
  await server.register(consoleRoutes({ ...deps, publicRpcUrl }));
}
