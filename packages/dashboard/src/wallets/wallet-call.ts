// Asking a wallet for something: what it gives is checked, what it throws gets words, and waiting can be ended.
import { SIGNATURE_BYTES, verifyBytes } from "@aimo-network/protocol/keys/ed25519";
import type { SignInFields } from "@aimo-network/protocol/sign-in/sign-in-message";
import type {
  SolanaSignInFeature,
  SolanaSignMessageFeature,
  SolanaSignTransactionFeature,
} from "@solana/wallet-standard-features";
import type { IdentifierString, Wallet, WalletAccount } from "@wallet-standard/base";
import type { StandardConnectFeature } from "@wallet-standard/features";
import type { LinkedWallet } from "./linked-wallet.ts";
import { WalletFault, faultOfWallet, unsound } from "./wallet-fault.ts";
import { canSign, solanaAccounts, walletText } from "./wallet-shape.ts";

/** How a wallet is asked. */
export interface Asking {
  /** Ends the waiting; what the wallet gives later is thrown away. */
  readonly signal: AbortSignal;
}

/** What a wallet gives or throws, in words, unless the waiting ends first. */
async function waitFor<Given>(wallet: Wallet, { signal }: Asking, ask: () => Promise<Given>): Promise<Given> {
  const cancelled = new WalletFault("cancelled", "You stopped waiting for the wallet.", "Nothing was sent.");
  if (signal.aborted) throw cancelled;
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(cancelled);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([stopped.promise, ask()]);
  } catch (error) {
    throw faultOfWallet(walletText(wallet.name), error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function featureOf<Features extends object>(wallet: Wallet, name: keyof Features & string): Features[typeof name] {
  return (wallet.features as Features)[name];
}

function insistAble({ wallet, account }: LinkedWallet, feature: Parameters<typeof canSign>[2], what: string): void {
  if (canSign(wallet, account, feature)) return;
  throw new WalletFault(
    "unable",
    `${walletText(wallet.name)} cannot sign ${what} with this account.`,
    "Use another account or wallet.",
  );
}

/** A member of what may be anything. */
function memberOf(value: unknown, name: string | number): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string | number, unknown>>)[name]
    : undefined;
}

/** The first of a wallet's outputs, by the names of its members; whatever it is. */
function firstOf(outputs: unknown): (name: string) => unknown {
  const first = memberOf(outputs, 0);
  return (name) => memberOf(first, name);
}

function bytesIn(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? Uint8Array.from(value) : undefined;
}

/** Whether two byte strings are the same. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** A browser without Ed25519 cannot tell; whoever gets the signature checks it again. */
async function isProven(account: WalletAccount, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    return await verifyBytes(Uint8Array.from(account.publicKey), message, signature);
  } catch {
    return true;
  }
}

/** Connects, and gives the wallet's Solana accounts; `isSilent` asks for what was allowed before, without a window. */
export async function askAccounts(
  wallet: Wallet,
  { signal, isSilent }: Asking & { readonly isSilent: boolean },
): Promise<readonly WalletAccount[]> {
  const name = walletText(wallet.name);
  const feature = featureOf<StandardConnectFeature>(wallet, "standard:connect");
  const given: unknown = await waitFor(wallet, { signal }, () =>
    feature.connect(isSilent ? { silent: true } : undefined),
  );
  const found = solanaAccounts(memberOf(given, "accounts") ?? wallet.accounts);
  if (found.length > 0 || isSilent) return found;
  throw new WalletFault(
    "no_account",
    `${name} gave no Solana account.`,
    "Make or choose a Solana account in the wallet, then try again.",
  );
}

/** What a wallet signed to sign somebody in. */
export interface SignedIn {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

function insistAccount(name: string, found: unknown, asked: string): void {
  if (found === asked) return;
  throw new WalletFault(
    "wrong_account",
    `${name} signed with another account${typeof found === "string" ? ` (${walletText(found)})` : ""}; asked for was ${asked}.`,
    "Choose the account in the wallet, then try again.",
  );
}

/** Has the wallet make and sign the text of a sign-in. */
export async function askSignIn(linked: LinkedWallet, input: SignInFields, asking: Asking): Promise<SignedIn> {
  const { wallet, account } = linked;
  const name = walletText(wallet.name);
  insistAble(linked, "solana:signIn", "you in");
  const feature = featureOf<SolanaSignInFeature>(wallet, "solana:signIn");
  const output = firstOf(await waitFor(wallet, asking, async () => await feature.signIn(input)));
  const message = bytesIn(output("signedMessage"));
  const signature = bytesIn(output("signature"));
  if (message === undefined || signature?.length !== SIGNATURE_BYTES) throw unsound(name, "gave no signature.");
  insistAccount(name, memberOf(output("account"), "address"), account.address);
  if (!(await isProven(account, message, signature))) {
    throw unsound(name, "gave a signature that is not of the account that was asked for.");
  }
  return { message, signature };
}

/** Has the wallet sign a message: its 64 bytes. */
export async function askSignature(linked: LinkedWallet, message: Uint8Array, asking: Asking): Promise<Uint8Array> {
  const { wallet, account } = linked;
  const name = walletText(wallet.name);
  insistAble(linked, "solana:signMessage", "messages");
  const feature = featureOf<SolanaSignMessageFeature>(wallet, "solana:signMessage");
  const sign = async (): Promise<unknown> => await feature.signMessage({ account, message: Uint8Array.from(message) });
  const output = firstOf(await waitFor(wallet, asking, sign));
  const signature = bytesIn(output("signature"));
  if (signature?.length !== SIGNATURE_BYTES) throw unsound(name, "gave no signature.");
  const signed = bytesIn(output("signedMessage")) ?? message;
  if (!isSame(signed, message)) throw unsound(name, "signed another text than it was asked to.");
  if (!(await isProven(account, message, signature))) {
    throw unsound(name, "gave a signature that is not of the account that was asked for, over this text.");
  }
  return signature;
}

/** Whoever is connected by now has to be whom it was made for: another one may have signed in meanwhile, also in another tab. */
export function insistSigner({ account }: LinkedWallet, signer: string | undefined): void {
  if (signer === undefined || account.address === signer) return;
  throw new WalletFault(
    "wrong_account",
    `The account ${account.address} is connected now; this was made for ${signer}.`,
    "Nothing was signed. Close this, and begin again with the account that you want.",
  );
}

/** A transaction for a wallet. */
export interface TransactionAsked {
  readonly bytes: Uint8Array;
  readonly version: "legacy" | 0;
  /** `solana:mainnet` and the like; undefined where the chain has no such name. */
  readonly chain: IdentifierString | undefined;
}

/** Has the wallet sign a transaction: what it gives may be another one, which whoever asked has to check. */
export async function askTransaction(
  linked: LinkedWallet,
  { bytes, version, chain }: TransactionAsked,
  asking: Asking,
): Promise<Uint8Array> {
  const { wallet, account } = linked;
  const name = walletText(wallet.name);
  insistAble(linked, "solana:signTransaction", "transactions");
  const feature = featureOf<SolanaSignTransactionFeature>(wallet, "solana:signTransaction");
  const versions: unknown = feature.supportedTransactionVersions;
  if (Array.isArray(versions) && !versions.includes(version)) {
    throw new WalletFault("unable", `${name} cannot sign transactions of this kind.`, "Update it, or use another one.");
  }
  const input = {
    account,
    transaction: Uint8Array.from(bytes),
    ...(chain !== undefined && account.chains.includes(chain) && { chain }),
  };
  const sign = async (): Promise<unknown> => await feature.signTransaction(input);
  const signed = bytesIn(firstOf(await waitFor(wallet, asking, sign))("signedTransaction"));
  if (signed === undefined) throw unsound(name, "gave no signed transaction.");
  return signed;
}
