// POST /keys/revoke: ends a key for good, by the key itself, by its wallet's signature, or by whoever manages its wallet's keys.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Caller } from "../../accounts/caller.ts";
import type { Revocations } from "../../accounts/revocations.ts";
import type { AccountAccess } from "../sign-in/account-access.ts";
import type { ArrivalBounds } from "../arrival-bounds.ts";
import type { RevocationWish, SignedRevocation } from "./signed-revocation.ts";
import { readSignedRevocation, SignedMemoShape, SignedTextShape } from "./signed-revocation.ts";

/** What this endpoint needs of the other rooms. */
export interface RevokeDeps extends Pick<AccountAccess, "accountOf"> {
  readonly clock: Clock;
  readonly routerId: string;
  readonly revocations: Pick<Revocations, "revoke">;
  /** The caller of a request with a bearer, also of one that has been revoked; undefined where there is no bearer. */
  identify(request: FastifyRequest): Promise<Caller | undefined>;
  readonly newcomers: ArrivalBounds;
}

const UnsignedShape = Type.Object(
  {
    key_id: Type.Optional(
      Type.String({ pattern: "^[0-9a-f]{32}$", description: "If left out, the key that makes the request" }),
    ),
  },
  { title: "By the key itself, a session, or a key with the scope `keys`", additionalProperties: false },
);
const BodyShape = Type.Union([SignedTextShape, SignedMemoShape, UnsignedShape, Type.Null()]);
const RevokedShape = Type.Object({ key_id: Type.String(), revoked_at: Type.String({ format: "date-time" }) });

type Body = NonNullable<Static<typeof BodyShape>>;
type RevokeRequest = FastifyRequest<{ Body: Static<typeof BodyShape> | undefined }>;

function isSigned(body: Body): body is SignedRevocation {
  return "date" in body;
}

/** The key that makes the request, or one that its account manages. */
async function readManaged(
  request: FastifyRequest,
  keyId: string | undefined,
  deps: RevokeDeps,
): Promise<RevocationWish> {
  const own = await deps.identify(request);
  if (own !== undefined && (keyId ?? own.id) === own.id) return { keyId: own.id, wallet: own.wallet };
  if (keyId === undefined) throw new AimoError("missing_key", {});
  const { wallet } = await deps.accountOf(request, "keys");
  return { keyId, wallet };
}

function createRevoke(deps: RevokeDeps) {
  const { clock, routerId, revocations, newcomers } = deps;
  return async (request: RevokeRequest): Promise<Static<typeof RevokedShape>> => {
    const body: Body = request.body ?? {};
    const wish = isSigned(body)
      ? await readSignedRevocation(body, routerId, clock.now())
      : await readManaged(request, body.key_id, deps);
    const admit = (): void => newcomers.enter(request.socket.remoteAddress);
    const { keyId, revokedAtMs } = await revocations.revoke(wish.keyId, wish.wallet, admit);
    return { key_id: keyId, revoked_at: new Date(revokedAtMs).toISOString() };
  };
}

/** Creates the route. */
export function revokeKeyRoute(deps: RevokeDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "Revoke a key",
      description:
        "For good, and as often as you like. A wallet's signature needs no login, and its key need not be known here yet.",
      tags: ["Keys"],
      security: [{ session: [] }, { bearer: [] }, {}],
      body: Type.Optional(BodyShape),
      response: { 200: RevokedShape },
    };
    scope.post("/keys/revoke", { schema }, createRevoke(deps));
    next();
  };
}
