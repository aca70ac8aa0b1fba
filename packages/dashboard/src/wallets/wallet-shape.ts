// Wallets as they are registered: objects that strangers made, read as carefully as anything from outside.
import { readAddress } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { Wallet, WalletAccount } from "@wallet-standard/base";
import { WALLET_ACCOUNTS_MAX, WALLET_ICON_CHARS_MAX, WALLET_TEXT_CHARS_MAX } from "./limits.ts";

/** What a wallet has to be able to do, at least one of them. */
const SIGNING_FEATURES = ["solana:signIn", "solana:signMessage", "solana:signTransaction"] as const;

/** A feature that signs. */
export type SigningFeature = (typeof SIGNING_FEATURES)[number];

const ICON = /^data:image\/(?:svg\+xml|webp|png|gif|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Text of a wallet in one short line: what is not seen, or turns the writing around, is taken out. */
export function walletText(text: unknown): string {
  if (typeof text !== "string") return "";
  const line = text.replaceAll(UNSEEN, " ").trim();
  return line.length <= WALLET_TEXT_CHARS_MAX ? line : `${line.slice(0, WALLET_TEXT_CHARS_MAX - 1)}…`;
}

/** The icon where it is a picture in a `data:` URL, as the standard says; undefined for anything that would be loaded. */
export function safeIcon(icon: unknown): string | undefined {
  return typeof icon === "string" && icon.length <= WALLET_ICON_CHARS_MAX && ICON.test(icon) ? icon : undefined;
}

function isSolana(chain: unknown): boolean {
  return typeof chain === "string" && chain.startsWith("solana:");
}

/** Whether a wallet has a feature with a function of its last name: `solana:signIn` has `signIn`. */
export function hasFeature({ features }: Pick<Wallet, "features">, name: `${string}:${string}`): boolean {
  const feature: unknown = features[name];
  const method = name.slice(name.indexOf(":") + 1);
  return typeof feature === "object" && feature !== null && typeof Reflect.get(feature, method) === "function";
}

/** Whether something that registered itself is a wallet that can be connected to and can sign for Solana. */
export function isSolanaWallet(wallet: unknown): wallet is Wallet {
  try {
    if (typeof wallet !== "object" || wallet === null) return false;
    const { name, chains, features } = wallet as Partial<Wallet>;
    return (
      walletText(name) !== "" &&
      Array.isArray(chains) &&
      chains.some(isSolana) &&
      typeof features === "object" &&
      features !== null &&
      hasFeature({ features }, "standard:connect") &&
      SIGNING_FEATURES.some((feature) => hasFeature({ features }, feature))
    );
  } catch {
    return false; // one of its getters throws
  }
}

function isSolanaAccount(account: unknown): account is WalletAccount {
  if (typeof account !== "object" || account === null) return false;
  const { address, publicKey, chains, features } = account as Partial<WalletAccount>;
  const key = typeof address === "string" ? readAddress(address) : undefined;
  return (
    key !== undefined &&
    publicKey !== undefined &&
    publicKey.length === key.length &&
    key.every((byte, index) => publicKey[index] === byte) &&
    Array.isArray(chains) &&
    chains.some(isSolana) &&
    Array.isArray(features)
  );
}

/** The Solana accounts among what a wallet gave as its accounts; each address once. */
export function solanaAccounts(accounts: unknown): readonly WalletAccount[] {
  try {
    if (!Array.isArray(accounts)) return [];
    const found = accounts.slice(0, WALLET_ACCOUNTS_MAX).filter(isSolanaAccount);
    return [...new Map(found.map((account) => [account.address, account])).values()];
  } catch {
    return [];
  }
}

/** Whether an account of a wallet can sign in this way. */
export function canSign(wallet: Wallet, account: WalletAccount, feature: SigningFeature): boolean {
  return hasFeature(wallet, feature) && account.features.includes(feature);
}
