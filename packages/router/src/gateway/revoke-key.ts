// POST /keys/revoke: ends a key for good, by the key itself, by its wallet's signature, or by whoever manages its wallet's keys.
import { base58 } from "@scure/base";
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { isSoundPoint, verifyText } from "@aimo-network/protocol/keys/ed25519";
import { revocationMessage } from "@aimo-network/protocol/keys/key-message";
import type { Caller } from "../accounts/caller.ts";
import type { Revocations } from "../accounts/revocations.ts";
import { REVOCATION_DATE_MS } from "../limits.ts";
import type { AccountAccess } from "./account-access.ts";
import { readBase58 } from "./key-shapes.ts";

/** What this endpoint needs of the other rooms. */
export interface RevokeDeps extends Pick<AccountAccess, "accountOf"> {
  readonly clock: Clock;
  readonly routerId: string;
  readonly revocations: Pick<Revocations, "revoke">;
  /** The caller of a request with a bearer, also of one that has been revoked; undefined where there is no bearer. */
  identify(request: FastifyRequest): Promise<Caller | undefined>;
}

const Body = Type.Object(
  {
    key_id: Type.Optional(
      Type.String({ pattern: "^[0-9a-f]{32}$", description: "The key that makes the request, if left out" }),
    ),
    wallet: Type.Optional(Type.String({ maxLength: 44 })),
    date: Type.Optional(Type.String({ maxLength: 24, description: "As in the signed message" })),
    signature: Type.Optional(Type.String({ maxLength: 90, description: "Of the wallet, in base58" })),
  },
  { additionalProperties: false },
);
type RevokeBody = Static<typeof Body>;

/** The key and the wallet of a revocation. */
interface Meant {
  readonly keyId: string;
  readonly wallet: string;
}

function fault(param: string, expected: string, found: string): AimoError {
  return new AimoError("invalid_request", { expected, found, param });
}

function readDate(date: string, nowMs: number): number {
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs) || new Date(dateMs).toISOString() !== date) {
    throw fault("date", "a time such as 2026-11-24T07:00:00.000Z", JSON.stringify(date));
  }
  if (Math.abs(nowMs - dateMs) > REVOCATION_DATE_MS) {
    throw fault(
      "date",
      `a time within ${REVOCATION_DATE_MS / 60_000} minutes of ${new Date(nowMs).toISOString()}`,
      date,
    );
  }
  return dateMs;
}

/** What a wallet has signed; the key may be one that this router has never seen. */
async function readSigned(
  { key_id: keyId, wallet, date, signature }: RevokeBody,
  { clock, routerId }: RevokeDeps,
): Promise<Meant> {
  if (keyId === undefined || wallet === undefined || date === undefined || signature === undefined) {
    const expected = "key_id, wallet, date and signature together";
    throw new AimoError("invalid_request", { expected, found: "only some of them" });
  }
  const signer = readBase58("wallet", wallet);
  if (!isSoundPoint(signer)) throw fault("wallet", "a Solana wallet's address", JSON.stringify(wallet));
  const message = revocationMessage({ keyId, routerId, dateMs: readDate(date, clock.now()) });
  if (!(await verifyText(signer, message, readBase58("signature", signature)))) {
    const expected = `the wallet's signature over ${JSON.stringify(message)}`;
    throw fault("signature", expected, "one that does not fit");
  }
  return { keyId, wallet: base58.encode(signer) };
}

/** The key that makes the request, or one that its account manages. */
async function readManaged(request: FastifyRequest, keyId: string | undefined, deps: RevokeDeps): Promise<Meant> {
  const own = await deps.identify(request);
  if (own !== undefined && (keyId ?? own.id) === own.id) return { keyId: own.id, wallet: own.wallet };
  if (keyId === undefined) throw new AimoError("missing_key", {});
  const { wallet } = await deps.accountOf(request, "keys");
  return { keyId, wallet };
}

type RevokeRequest = FastifyRequest<{ Body: RevokeBody | null | undefined }>;

function createRevoke(deps: RevokeDeps) {
  return async (request: RevokeRequest): Promise<object> => {
    const body = request.body ?? {};
    const isSigned = body.wallet !== undefined || body.date !== undefined || body.signature !== undefined;
    const meant = isSigned ? await readSigned(body, deps) : await readManaged(request, body.key_id, deps);
    const { keyId, revokedAtMs } = await deps.revocations.revoke(meant.keyId, meant.wallet);
    return { key_id: keyId, revoked_at: new Date(revokedAtMs).toISOString() };
  };
}

/** Creates the route. */
export function revokeKeyRoute(deps: RevokeDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "Revoke a key",
      description:
        "By the key itself (`{}`), by a signed message (`key_id`, `wallet`, `date`, `signature`), or by a session or a key with scope `keys` for a key of its wallet (`key_id`).",
      tags: ["Keys"],
      body: Type.Optional(Type.Union([Body, Type.Null()])),
      response: { 200: Type.Object({ key_id: Type.String(), revoked_at: Type.String({ format: "date-time" }) }) },
    };
    scope.post("/keys/revoke", { schema }, createRevoke(deps));
    next();
  };
}
