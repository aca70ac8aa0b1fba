// What a router tells of a key: OpenRouter's shape, read with its exact digits.
import { Type } from "typebox";
import type { Static } from "typebox";
import { Value } from "typebox/value";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { strangeAnswer } from "../network/router-answer.ts";

const Amount = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^[0-9]{1,13}(\\.[0-9]{1,9})?$" })]);
const Text = Type.Union([Type.String(), Type.Null()]);
const RecordShape = Type.Object({
  hash: Type.String({ pattern: "^[0-9a-f]{32}$" }),
  label: Type.String(),
  name: Type.Optional(Type.String()),
  disabled: Type.Optional(Type.Boolean()),
  limit: Type.Union([Amount, Type.Null()]),
  limit_remaining: Type.Union([Amount, Type.Null()]),
  limit_reset: Text,
  usage: Amount,
  expires_at: Text,
  allowed_models: Type.Union([Type.Array(Type.String()), Type.Null()]),
  created_at: Type.Optional(Type.String()),
  last_used_at: Type.Optional(Text),
  revoked_at: Type.Optional(Text),
});

/** A key as its router has it; amounts are decimal USDC. */
export interface KeyRecord {
  readonly key_id: string;
  readonly name: string;
  readonly limit: string | null;
  readonly limit_remaining: string | null;
  readonly limit_reset: string | null;
  readonly usage: string;
  readonly expires_at: string | null;
  readonly allowed_models: readonly string[] | null;
  readonly disabled: boolean;
  readonly revoked_at: string | null;
  readonly created_at: string | null;
  readonly last_used_at: string | null;
}

function textOrNull(value: string | null | undefined): string | null {
  return typeof value === "string" ? safeLine(value) : null;
}

function amountOrNull(value: string | number | null): string | null {
  return value === null ? null : `${value}`;
}

function recordOf(found: Static<typeof RecordShape>): KeyRecord {
  return {
    key_id: found.hash,
    name: safeLine(found.name ?? found.label),
    limit: amountOrNull(found.limit),
    limit_remaining: amountOrNull(found.limit_remaining),
    limit_reset: textOrNull(found.limit_reset),
    usage: `${found.usage}`,
    expires_at: textOrNull(found.expires_at),
    allowed_models: found.allowed_models?.map((model) => safeLine(model)) ?? null,
    disabled: found.disabled ?? false,
    revoked_at: textOrNull(found.revoked_at),
    created_at: textOrNull(found.created_at),
    last_used_at: textOrNull(found.last_used_at),
  };
}

/** Reads one record of the router at `url`; throws `CommandFault` for anything else. */
export function readKeyRecord(value: unknown, url: string, path: string): KeyRecord {
  if (!Value.Check(RecordShape, value)) throw strangeAnswer(url, path);
  return recordOf(value);
}
