// GET /key, and the keys a router issues: OpenRouter's endpoints for making, listing, changing and deleting them.
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import type { Static, TSchema } from "typebox";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Caller, Purpose } from "../../accounts/caller.ts";
import type { IssuedKeys } from "../../accounts/issued-keys.ts";
import { KEYS_PER_PAGE_MAX, SMALL_BODY_BYTES_MAX } from "../../limits.ts";
import type { AccountAccess } from "../sign-in/account-access.ts";
import type { ArrivalBounds } from "../arrival-bounds.ts";
import { IssuedKeyShape, issuedKeyJson, OwnKeyShape, ownKeyJson } from "./key-record-shapes.ts";
import { readKeySettings } from "./key-settings.ts";

/** What these endpoints need of the other rooms. */
export interface IssuedKeyRoutesDeps extends Pick<AccountAccess, "accountOf"> {
  readonly clock: Clock;
  readonly issuedKeys: IssuedKeys;
  authenticate(request: FastifyRequest, purpose: Purpose): Promise<Caller>;
  readonly newcomers: ArrivalBounds;
}

type KeyRequest = FastifyRequest<{ Params: { hash: string }; Body: string | undefined }>;
type ListRequest = FastifyRequest<{ Querystring: Static<typeof QueryShape> }>;

const TAGS = ["Keys"];
const BEARER = [{ bearer: [] }];
const BEARER_OR_SESSION = [...BEARER, { session: [] }];
const CHANGEABLE = ["name", "disabled", "limit", "limit_reset", "expires_at", "allowed_models"] as const;
const GIVEN_AT_FIRST = CHANGEABLE.filter((name) => name !== "disabled");
const KEY_ID = /^[0-9a-f]{32}$/;

const PathShape = Type.Object({ hash: Type.String({ description: "The key's id" }) });
const Amount = Type.Union([Type.Number({ minimum: 0 }), Type.String(), Type.Null()], {
  description: "USDC with at most 9 decimals, read exactly; null for no limit",
});
const SETTINGS_SHAPE = {
  limit: Type.Optional(Amount),
  limit_reset: Type.Optional(Type.Union([Type.Enum(["daily", "weekly", "monthly"]), Type.Null()])),
  expires_at: Type.Optional(Type.Union([Type.String({ format: "date-time" }), Type.Null()])),
  allowed_models: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  include_byok_in_limit: Type.Optional(Type.Boolean({ description: "Ignored" })),
};
const QueryShape = Type.Object({
  offset: Type.Optional(Type.String({ pattern: "^[0-9]{1,9}$" })),
  limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,9}$", description: `1 to ${KEYS_PER_PAGE_MAX}` })),
  include_disabled: Type.Optional(Type.Enum(["true", "false"])),
  include_signed: Type.Optional(
    Type.Enum(["true", "false"], { description: "Also keys that the wallet signed, once they were used here" }),
  ),
});
const SettingsShape = Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }), ...SETTINGS_SHAPE });
const ChangesShape = Type.Partial(Type.Object({ name: Type.String(), disabled: Type.Boolean(), ...SETTINGS_SHAPE }));
const DataShape = Type.Object({ data: IssuedKeyShape });
const ListShape = Type.Object({ data: Type.Array(IssuedKeyShape) });
const OwnShape = Type.Object({ data: OwnKeyShape });
const MadeShape = Type.Object({ data: IssuedKeyShape, key: Type.String() });
const DeletedShape = Type.Object({ deleted: Type.Literal(true) });

function keyIdOf({ params }: KeyRequest): string {
  if (!KEY_ID.test(params.hash)) throw new AimoError("key_not_found", { keyId: params.hash.slice(0, 64) });
  return params.hash;
}

function createOwn({ issuedKeys, authenticate }: IssuedKeyRoutesDeps) {
  return async (request: FastifyRequest): Promise<object> => {
    const { keyNumber, scopes } = await authenticate(request, "own");
    return { data: ownKeyJson(await issuedKeys.describe(keyNumber), scopes.includes("keys")) };
  };
}

function createList({ issuedKeys, accountOf }: IssuedKeyRoutesDeps) {
  return async (request: ListRequest): Promise<object> => {
    const { wallet } = await accountOf(request, "keys");
    const { offset = "0", limit = `${KEYS_PER_PAGE_MAX}`, ...include } = request.query;
    const most = Math.min(Math.max(1, Number.parseInt(limit, 10)), KEYS_PER_PAGE_MAX);
    const [includeDisabled, includeSigned] = [include.include_disabled === "true", include.include_signed === "true"];
    const page = { offset: Number.parseInt(offset, 10), limit: most, includeDisabled, includeSigned };
    return { data: (await issuedKeys.list(wallet, page)).map(issuedKeyJson) };
  };
}

function createIssue({ clock, issuedKeys, accountOf, newcomers }: IssuedKeyRoutesDeps) {
  return async (request: FastifyRequest<{ Body: string | undefined }>, reply: FastifyReply): Promise<FastifyReply> => {
    const { wallet, keyId } = await accountOf(request, "keys");
    const { name, ...others } = readKeySettings(request.body ?? "", GIVEN_AT_FIRST, clock.now());
    if (name === undefined) {
      throw new AimoError("invalid_request", { expected: "a name for the key", found: "none", param: "name" });
    }
    const admit = (): void => newcomers.enter(request.socket.remoteAddress);
    const { bearer, record } = await issuedKeys.issue({ wallet, parentKeyId: keyId }, { name, ...others }, admit);
    return reply.code(201).send({ data: issuedKeyJson(record), key: bearer });
  };
}

function createShow({ issuedKeys, accountOf }: IssuedKeyRoutesDeps) {
  return async (request: KeyRequest): Promise<object> => {
    const { wallet } = await accountOf(request, "keys");
    return { data: issuedKeyJson(await issuedKeys.find(wallet, keyIdOf(request))) };
  };
}

function createChange({ clock, issuedKeys, accountOf }: IssuedKeyRoutesDeps) {
  return async (request: KeyRequest): Promise<object> => {
    const { wallet } = await accountOf(request, "keys");
    const keyId = keyIdOf(request);
    const changes = readKeySettings(request.body ?? "", CHANGEABLE, clock.now());
    return { data: issuedKeyJson(await issuedKeys.change(wallet, keyId, changes)) };
  };
}

function createDelete({ issuedKeys, accountOf }: IssuedKeyRoutesDeps) {
  return async (request: KeyRequest): Promise<object> => {
    const { wallet } = await accountOf(request, "keys");
    await issuedKeys.delete(wallet, keyIdOf(request));
    return { deleted: true };
  };
}

function schemaOf(summary: string, status: 200 | 201, answer: TSchema, more: object = {}): object {
  return { summary, tags: TAGS, security: BEARER_OR_SESSION, response: { [status]: answer }, ...more };
}

/** Creates the routes. */
export function issuedKeyRoutes(deps: IssuedKeyRoutesDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    // Amounts are read from the body's own characters and written with their own digits: the schemas only document.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "string", bodyLimit: SMALL_BODY_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    );
    scope.addHook("onRoute", (route) => {
      route.serializerCompiler = () => JSON.stringify;
      if (route.method === "POST" || route.method === "PATCH") route.validatorCompiler = () => () => true;
    });

    const own = schemaOf("This key: its limit, what it spent, when it ends", 200, OwnShape, { security: BEARER });
    scope.get("/key", { schema: own }, createOwn(deps));
    const list = schemaOf("The wallet's keys, oldest first", 200, ListShape, { querystring: QueryShape });
    scope.get("/keys", { schema: list }, createList(deps));
    const description = "`key` is the bearer: it is shown here and never again.";
    const issue = schemaOf("Issue a key", 201, MadeShape, { description, body: SettingsShape });
    scope.post("/keys", { schema: issue }, createIssue(deps));
    const params = PathShape;
    const show = schemaOf("One issued key", 200, DataShape, { params });
    scope.get("/keys/:hash", { schema: show }, createShow(deps));
    const change = schemaOf("Change an issued key", 200, DataShape, { params, body: ChangesShape });
    scope.patch("/keys/:hash", { schema: change }, createChange(deps));
    const remove = schemaOf("Delete an issued key", 200, DeletedShape, { params });
    scope.delete("/keys/:hash", { schema: remove }, createDelete(deps));
    next();
  };
}
