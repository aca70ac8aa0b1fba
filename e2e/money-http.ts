// The endpoints of money as anything that speaks HTTP and signs bytes uses them: no library of ours, none of Solana's.
import assert from "node:assert/strict";
import { base58, base64 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";

/** A reply: its data where it was a success, its error's stable name where it was none. */
export interface MoneyReply {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const SIGNATURE_BYTES = 64;

/** Calls an endpoint; a body makes it a POST. */
export async function callMoney(
  url: string,
  path: string,
  { body, key }: { readonly body?: object; readonly key?: string } = {},
): Promise<MoneyReply> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { data = {}, error } = (await response.json()) as {
    readonly data?: MoneyReply["data"];
    readonly error?: { readonly message: string; readonly metadata: { readonly error_code: string } };
  };
  return { status: response.status, code: error?.metadata.error_code, message: error?.message ?? "", data };
}

/** The same where only a success will do; gives its data. */
export async function insistMoney(
  url: string,
  path: string,
  options?: Parameters<typeof callMoney>[2],
): Promise<MoneyReply["data"]> {
  const { status, message, data } = await callMoney(url, path, options);
  assert.equal(status, 200, message);
  return data;
}

/** A text of a reply. */
export function textOf(data: MoneyReply["data"], name: string): string {
  const value = data[name];
  assert.ok(typeof value === "string", `${name}: expected a text, found ${JSON.stringify(value)}`);
  return value;
}

/** Puts a wallet's signature in its place: the first, which is the fee payer's, unless said. */
export async function signWire(transaction: string, wallet: Wallet, place = 0): Promise<string> {
  const bytes = base64.decode(transaction);
  const [signatures = 0] = bytes; // a count below 128 is one byte
  const message = bytes.slice(1 + signatures * SIGNATURE_BYTES);
  bytes.set(await wallet.sign(message), 1 + place * SIGNATURE_BYTES);
  return base64.encode(bytes);
}

/** Changes one byte of a transaction, counted from its end. */
export function altered(transaction: string, fromEnd: number): string {
  const bytes = base64.decode(transaction);
  const at = bytes.length - fromEnd;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return base64.encode(bytes);
}

/** What a wallet wants to withdraw. */
export interface Wish {
  readonly whose: "user funds" | "earnings";
  readonly amount: string;
  readonly routerId: string;
  readonly destination?: string;
}

/** The body of a withdrawal that a wallet asks for by signing a text (docs/http-api.md), with any tool that signs one. */
export async function signedWish(
  wallet: Wallet,
  { whose, amount, routerId, destination }: Wish,
  atMs = systemClock.now(),
): Promise<Readonly<Record<string, string>>> {
  const date = new Date(atMs).toISOString();
  const usual = whose === "user funds" ? "my own token account" : "my payout account";
  const text = [
    "AiMo Network withdraw",
    `Amount: ${amount} USDC of ${whose}`,
    `To: ${destination ?? usual}`,
    `Router: ${routerId}`,
    `Date: ${date}`,
  ].join("\n");
  const signature = base58.encode(await wallet.sign(new Uint8Array(Buffer.from(text))));
  return {
    amount,
    wallet: base58.encode(wallet.publicKey),
    date,
    signature,
    ...(destination !== undefined && { destination }),
  };
}
