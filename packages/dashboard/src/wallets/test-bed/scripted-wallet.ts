// A wallet that does what a test says: signs, refuses, waits, or gives what no wallet should.
import { base58, base64urlnopad } from "@scure/base";
import { signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { SignInFields } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { Wallet, WalletAccount } from "@wallet-standard/base";
import { signedBy } from "../test-wallet/test-wallet.ts";
import type { TestKey } from "../test-wallet/test-key.ts";

const CHAINS = ["solana:mainnet", "solana:localnet"] as const;
const SIGNING = ["solana:signIn", "solana:signMessage", "solana:signTransaction"] as const;

/** A key of its own. */
export async function scriptedKey(): Promise<TestKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const publicKey = base64urlnopad.decode(x);
  return {
    publicKey,
    address: base58.encode(publicKey),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(message))),
  };
}

/** An account of a key. */
export function accountOf({ address, publicKey }: TestKey): WalletAccount {
  return { address, publicKey, chains: CHAINS, features: SIGNING };
}

/** What the wallet does in place of what it should, by the method's name; it gets what the page gave. */
export type WalletScript = Readonly<Record<string, (...inputs: readonly unknown[]) => unknown>>;

/** A wallet, and the strings by which a test pulls it. */
export interface ScriptedWallet {
  readonly wallet: Wallet;
  readonly account: WalletAccount;
  /** The methods that were called, in order. */
  readonly calls: readonly string[];
  /** Its accounts are others from now on, and whoever listens is told. */
  become(accounts: readonly WalletAccount[]): void;
}

type Method = (...inputs: readonly unknown[]) => unknown;

/** How a wallet behaves that signs what it is asked to. */
function honest(key: TestKey, account: WalletAccount): Readonly<Record<string, Method>> {
  const sign = async (message: Uint8Array): Promise<object> => ({
    signedMessage: message,
    signature: await key.sign(message),
  });
  return {
    signIn: async (input) => [
      { account, ...(await sign(new TextEncoder().encode(signInMessage(input as SignInFields)))) },
    ],
    signMessage: async (input) => [await sign((input as { message: Uint8Array }).message)],
    signTransaction: async (input) => [
      { signedTransaction: await signedBy(key, (input as { transaction: Uint8Array }).transaction) },
    ],
  };
}

/** Makes a wallet of a key that behaves, except for what the script says; `features` are the only ones that it has. */
export function scriptedWallet(
  key: TestKey,
  {
    script = {},
    features = [...SIGNING],
    accounts = [accountOf(key)],
    name = "Scripted wallet",
  }: {
    readonly script?: WalletScript;
    readonly features?: readonly string[];
    readonly accounts?: readonly WalletAccount[];
    readonly name?: string;
  } = {},
): ScriptedWallet {
  const account = accountOf(key);
  const calls: string[] = [];
  const listeners = new Set<(change: object) => void>();
  let shown = accounts;
  const methods = { connect: () => Promise.resolve({ accounts: shown }), ...honest(key, account), ...script };
  const featureOf = (feature: string): [string, object] => {
    const method = feature.slice(feature.indexOf(":") + 1);
    const call = (...inputs: readonly unknown[]): unknown => {
      calls.push(method);
      return (methods as Readonly<Record<string, Method>>)[method]?.(...inputs);
    };
    return [feature, { version: "1.0.0", supportedTransactionVersions: ["legacy", 0], [method]: call }];
  };
  const events = {
    version: "1.0.0",
    on: (_event: string, listener: (change: object) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    wallet: {
      version: "1.0.0",
      name,
      icon: "data:image/svg+xml;base64,AAAA",
      chains: CHAINS,
      features: { ...Object.fromEntries(["standard:connect", ...features].map(featureOf)), "standard:events": events },
      get accounts() {
        return shown;
      },
    },
    account,
    calls,
    become(next) {
      shown = next;
      for (const listener of listeners) listener({ accounts: next });
    },
  };
}
