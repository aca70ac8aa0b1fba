// Building and checking wallet-signed keys over HTTP; nothing here needs or stores a secret.
import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import type { Static } from "typebox";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { encodeKey } from "@aimo-network/protocol/keys/key-layout";
import { ANY_ROUTER, firstGenerationSentence, keyMessage } from "@aimo-network/protocol/keys/key-message";
import { formatSignedKey, parseKey } from "@aimo-network/protocol/keys/key-text";
import { verifySignedKey } from "@aimo-network/protocol/keys/verify-key";
import { codeStyle, errorObject } from "../error-reply.ts";
import { KeyShape, MetadataShape, readBase58, readKeyContent, writeKey } from "./key-shapes.ts";

/** What these endpoints need. */
export interface KeyRoutesDeps {
  readonly clock: Clock;
  readonly routerId: string;
}

type Scope = Parameters<FastifyPluginCallbackTypebox>[0];

const METADATA_AT = 98; // where created_at starts in a key's bytes (api-keys.md)
const METADATA_BYTES = 32;
const TAGS = ["Keys"];
const Version = Type.Integer({ minimum: 1, maximum: 2 });
const Tag = Type.String({ maxLength: 64 });

function addMetadataBytes(scope: Scope): void {
  const schema = {
    summary: "The 32 bytes a key's metadata is encoded as",
    tags: TAGS,
    querystring: Type.Partial(MetadataShape),
    body: Type.Optional(Type.Union([Type.Object({ metadata: MetadataShape }), Type.Null()])),
    response: { 200: Type.Array(Type.Integer()) },
  };
  scope.get("/keys/metadata_bytes", { schema, exposeHeadRoute: false }, ({ body, query }) => {
    const metadata = body?.metadata ?? query;
    const { created_at, valid_for } = metadata;
    if (created_at === undefined || valid_for === undefined) {
      const expected = '`created_at` and `valid_for` in the query, or a body `{"metadata": …}`';
      throw new AimoError("invalid_request", { expected, found: "neither" });
    }
    const full = { usage_limit: 0, scopes: [], ...metadata, created_at, valid_for };
    const bytes = encodeKey(readKeyContent(full, 2, undefined), new Uint8Array(32), new Uint8Array(64));
    return [...bytes.subarray(METADATA_AT, METADATA_AT + METADATA_BYTES)];
  });
}

function addMessage(scope: Scope, routerId: string): void {
  const schema = {
    summary: "The text a wallet signs to make a key",
    tags: TAGS,
    body: Type.Object({
      metadata: MetadataShape,
      version: Type.Optional(Version),
      tag: Type.Optional(Tag),
      router: Type.Optional(
        Type.String({ maxLength: 44, description: "A router id, or `any`; this router when left out" }),
      ),
    }),
    response: { 200: Type.Object({ message: Type.String(), router: Type.String() }) },
  };
  scope.post("/keys/message", { schema }, ({ body }) => {
    const router = body.router ?? routerId;
    const content = readKeyContent(body.metadata, body.version ?? 2, body.tag);
    if (content.version === 1) return { message: firstGenerationSentence(content), router: ANY_ROUTER };
    return { message: keyMessage(content, router), router };
  });
}

function addGenerate(scope: Scope): void {
  const schema = {
    summary: "A key put together from its parts",
    tags: TAGS,
    body: Type.Object({ payload: KeyShape, tag: Type.Optional(Tag) }),
    response: { 200: Type.Object({ secret_key: Type.String() }) },
  };
  scope.post("/keys/generate", { schema }, ({ body: { payload, tag } }) => {
    const content = readKeyContent(payload.metadata, payload.version, tag);
    const signer = readBase58("payload.signer", payload.signer);
    const signature = readBase58("payload.signature", payload.signature);
    return { secret_key: formatSignedKey(content, signer, signature) };
  });
}

const VerifiedShape = Type.Object({
  result: Type.Boolean({ description: "Whether the key is good here, and signed by its wallet" }),
  kind: Type.Optional(
    Type.Literal("issued", { description: "An issued key, of which only its use tells whether it is good" }),
  ),
  payload: Type.Optional(KeyShape),
  key_id: Type.Optional(Type.String()),
  wallet: Type.Optional(Type.String()),
  tag: Type.Optional(Type.String()),
  bound_to: Type.Optional(Type.String({ description: "A router id, or `any`" })),
  expires_at: Type.Optional(Type.String({ format: "date-time" })),
  error: Type.Optional(
    Type.Object({ message: Type.String(), type: Type.String() }, { description: "Why it is not, as errors are told" }),
  ),
});

/** What a key says, or why it is not good. */
async function verify(
  secretKey: string,
  { clock, routerId }: KeyRoutesDeps,
  url: string,
): Promise<Static<typeof VerifiedShape>> {
  try {
    const key = parseKey(secretKey);
    if (key.kind === "issued") return { result: false, kind: "issued" };
    const verified = await verifySignedKey(key, { routerId, nowMs: clock.now() });
    const { id, boundTo, expiresAtMs } = verified;
    return {
      result: true,
      payload: writeKey(key),
      key_id: id,
      wallet: verified.wallet,
      ...(verified.tag !== undefined && { tag: verified.tag }),
      bound_to: boundTo,
      expires_at: new Date(expiresAtMs).toISOString(),
    };
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return { result: false, error: errorObject(error, codeStyle(url)) };
  }
}

function addVerify(scope: Scope, deps: KeyRoutesDeps): void {
  const schema = {
    summary: "Whether this router accepts a key, and what it says",
    tags: TAGS,
    body: Type.Object({ secret_key: Type.String({ maxLength: 1_000 }) }),
    response: { 200: VerifiedShape },
  };
  const asIs = { serializerCompiler: () => JSON.stringify };
  scope.post("/keys/verify", { schema, ...asIs }, ({ body, url }) => verify(body.secret_key, deps, url));
}

/** Creates the routes. */
export function keyRoutes(deps: KeyRoutesDeps): FastifyPluginCallbackTypebox {
  return (scope, _options, next) => {
    addMetadataBytes(scope);
    addMessage(scope, deps.routerId);
    addGenerate(scope);
    addVerify(scope, deps);
    next();
  };
}
