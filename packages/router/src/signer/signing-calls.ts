// What is said over the signer's socket: a request for one thing by its number, in JSON, and one answer.
import type { SigningReason } from "@aimo-network/protocol/errors";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { EXTENSION_ADDRESSES_MAX } from "@aimo-network/escrow/batch/lookup-table";
import type { Static } from "typebox";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { PROVIDERS_PER_REGISTRATION_MAX } from "./limits.ts";

// Exactly these members: whoever sends amounts, entries or bytes is not understood.
const CLOSED = { additionalProperties: false };
const Whole = Type.String({ pattern: "^[0-9]{1,18}$" });
const AddressText = Type.String({ pattern: "^[1-9A-HJ-NP-Za-km-z]{32,44}$" });
const Words = Type.String({ maxLength: 2_000 });

const TableRequest = Type.Union([
  Type.Object({ kind: Type.Literal("create") }, CLOSED),
  Type.Object(
    {
      kind: Type.Literal("extend"),
      table: AddressText,
      addresses: Type.Array(AddressText, { minItems: 1, maxItems: EXTENSION_ADDRESSES_MAX }),
    },
    CLOSED,
  ),
  Type.Object({ kind: Type.Literal("deactivate"), table: AddressText }, CLOSED),
  Type.Object({ kind: Type.Literal("close"), table: AddressText }, CLOSED),
]);

const SigningRequest = Type.Union([
  Type.Object({ sign: Type.Literal("nothing") }, CLOSED),
  Type.Object({ sign: Type.Literal("batch"), id: Whole }, CLOSED),
  Type.Object({ sign: Type.Literal("withdrawal"), id: Type.String({ maxLength: 60 }) }, CLOSED),
  Type.Object(
    {
      sign: Type.Literal("registration"),
      providers: Type.Array(AddressText, { minItems: 1, maxItems: PROVIDERS_PER_REGISTRATION_MAX }),
    },
    CLOSED,
  ),
  Type.Object({ sign: Type.Literal("table"), step: TableRequest }, CLOSED),
]);
/** What is asked for; `nothing` asks who signs here. */
export type SigningRequest = Static<typeof SigningRequest>;
const isRequest = Compile(SigningRequest);

/** The request in a body; throws `invalid_request` for anything else. */
export function parseRequest(body: string): SigningRequest {
  const parsed = parseJson(body);
  if (isRequest.Check(parsed)) return parsed;
  throw new AimoError("invalid_request", {
    expected: "the number of something to sign, and nothing else",
    found: `${body.length} characters of something else`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no request, and no answer
  }
}

const Cosigned = Type.Object({ wire: Type.String({ maxLength: 2_000 }), lastValidBlockHeight: Whole });
const Signed = Type.Object({ ...Cosigned.properties, signature: Type.String({ maxLength: 100 }) });

const SHAPES = {
  nothing: Type.Object({ settler: AddressText, cosigner: AddressText }),
  withdrawal: Cosigned,
  batch: Signed,
  registration: Signed,
  table: Type.Object({ ...Signed.properties, table: AddressText }),
};
const answerChecks = {
  nothing: Compile(SHAPES.nothing),
  withdrawal: Compile(SHAPES.withdrawal),
  batch: Compile(SHAPES.batch),
  registration: Compile(SHAPES.registration),
  table: Compile(SHAPES.table),
};
/** What each request is answered with. */
export type SigningAnswers = { readonly [Kind in keyof typeof SHAPES]: Static<(typeof SHAPES)[Kind]> };

const Fault = Type.Union([
  Type.Object({
    code: Type.Literal("signing_refused"),
    context: Type.Object({
      reason: Words,
      expected: Words,
      found: Words,
      users: Type.Optional(Type.Array(Type.Integer(), { maxItems: 100 })),
    }),
  }),
  Type.Object({ code: Type.Literal("invalid_request"), context: Type.Object({ expected: Words, found: Words }) }),
  Type.Object({ code: Type.Literal("overloaded"), context: Type.Object({ what: Words }) }),
  Type.Object({
    code: Type.Union([Type.Literal("ledger_unavailable"), Type.Literal("chain_unavailable"), Type.Literal("internal")]),
    context: Type.Object({}),
  }),
]);
const isFault = Compile(Fault);

/** An error as it is answered; what should never have been thrown says nothing of itself. */
export function faultAnswer(error: unknown): { readonly status: number; readonly fault: object } {
  const told = isAimoError(error) && isFault.Check({ code: error.code, context: error.context });
  const said = told ? error : new AimoError("internal", {});
  return { status: said.status, fault: { code: said.code, context: said.context } };
}

/** What an answer tells: the value, or the error it stands for; undefined where it is neither. */
export function readAnswer<Kind extends keyof SigningAnswers>(
  kind: Kind,
  isOk: boolean,
  body: string,
): SigningAnswers[Kind] | AimoError | undefined {
  const parsed = parseJson(body);
  if (isOk) return answerChecks[kind].Check(parsed) ? (parsed as SigningAnswers[Kind]) : undefined;
  if (!isFault.Check(parsed)) return undefined;
  if (parsed.code === "signing_refused") {
    // Signer and router are of one version: its reasons are ours.
    return new AimoError("signing_refused", { ...parsed.context, reason: parsed.context.reason as SigningReason });
  }
  if (parsed.code === "invalid_request") return new AimoError("invalid_request", parsed.context);
  if (parsed.code === "overloaded") return new AimoError("overloaded", parsed.context);
  return new AimoError(parsed.code, {});
}
