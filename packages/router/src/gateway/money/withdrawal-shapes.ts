// Withdrawals as requests ask for them and as replies show them.
import { Type } from "typebox";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { SubmittedWithdrawal } from "../../billing/withdraw/withdrawal-desk.ts";
import { WITHDRAWAL_LIFE_MS } from "../../billing/withdraw/limits.ts";
import { AddressField, OptionalText, Text, Usdc, UsdcField } from "./money-access.ts";
import { SIGNED_MEMO, SIGNED_TEXT } from "./signed-intent.ts";
import { DescriptionShape, LandingShape, countOf } from "./transaction-shapes.ts";

type Withdrawal = SubmittedWithdrawal["withdrawal"];

const BY_SESSION = "By a session";
const BY_MESSAGE = "Signed as a message";
const BY_TRANSACTION = "Signed as a transaction, by wallets that cannot sign messages";
const STRICT = { additionalProperties: false };
const USER_WISH = {
  amount: UsdcField,
  destination: Type.Optional({
    ...AddressField,
    description: "A token account of the router's mint; the wallet's own where none is named",
  }),
};
const PROVIDER_WISH = { amount: UsdcField };

/** What a user asks for. */
export const UserWishShape = Type.Union([
  Type.Object(USER_WISH, { title: BY_SESSION, ...STRICT }),
  Type.Object({ ...USER_WISH, ...SIGNED_TEXT }, { title: BY_MESSAGE, ...STRICT }),
  Type.Object({ ...USER_WISH, ...SIGNED_MEMO }, { title: BY_TRANSACTION, ...STRICT }),
]);

/** What a provider asks for. */
export const ProviderWishShape = Type.Union([
  Type.Object(PROVIDER_WISH, { title: BY_SESSION, ...STRICT }),
  Type.Object({ ...PROVIDER_WISH, ...SIGNED_TEXT }, { title: BY_MESSAGE, ...STRICT }),
  Type.Object({ ...PROVIDER_WISH, ...SIGNED_MEMO }, { title: BY_TRANSACTION, ...STRICT }),
]);

/** A withdrawal in a reply. */
export const WithdrawalShape = Type.Object({
  id: Text,
  state: Type.Enum(["requested", "router-signed", "submitted", "confirmed", "expired"]),
  amount: Usdc,
  destination: OptionalText,
  transaction: Type.Union([Text, Type.Null()], {
    description: "Signed by the router, to be signed by the wallet: base64",
  }),
  signature: OptionalText,
  last_valid_block_height: Type.Union([Type.Integer(), Type.Null()]),
  expires_at: Type.Union([Text, Type.Null()], { description: "About: the height is exact" }),
  failure: OptionalText,
  requested_at: Text,
  ended_at: OptionalText,
});

/** One withdrawal, with what its transaction does. */
export const OneWithdrawalShape = Type.Object({
  ...WithdrawalShape.properties,
  description: Type.Union([DescriptionShape, Type.Null()]),
});

/** A withdrawal that was handed in. */
export const SubmittedShape = Type.Object({
  ...WithdrawalShape.properties,
  landing: Type.Union([LandingShape, Type.Null()], {
    description: "How far its transaction is; null where it has ended",
  }),
});

/** When it will be too late, about; undefined for one that nobody has signed, or that has ended. */
function expiresAt({ state, requestedAt }: Withdrawal): string | undefined {
  if (state !== "router-signed" && state !== "submitted") return undefined;
  return new Date(requestedAt.getTime() + WITHDRAWAL_LIFE_MS).toISOString();
}

/** A withdrawal in a reply. */
export function withdrawalJson(withdrawal: Withdrawal): object {
  const { lastValidBlockHeight: height } = withdrawal;
  return {
    id: withdrawal.id,
    state: withdrawal.state,
    amount: formatMicroUsdc(withdrawal.amount),
    destination: withdrawal.destination ?? null,
    transaction: withdrawal.wire ?? null,
    signature: withdrawal.signature ?? null,
    last_valid_block_height: height === undefined ? null : countOf(height),
    expires_at: expiresAt(withdrawal) ?? null,
    failure: withdrawal.failure ?? null,
    requested_at: withdrawal.requestedAt.toISOString(),
    ended_at: withdrawal.endedAt?.toISOString() ?? null,
  };
}
