// The localnet's own wallet, by the wallet standard like any other, except that it signs whatever it is asked to at once.
import { SIGNATURE_BYTES } from "@aimo-network/protocol/keys/ed25519";
import { signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import type {
  SolanaSignInFeature,
  SolanaSignInInput,
  SolanaSignInOutput,
  SolanaSignMessageFeature,
  SolanaSignTransactionFeature,
} from "@solana/wallet-standard-features";
import type { Wallet, WalletAccount } from "@wallet-standard/base";
import type {
  StandardConnectFeature,
  StandardConnectOutput,
  StandardDisconnectFeature,
  StandardEventsFeature,
  StandardEventsListeners,
} from "@wallet-standard/features";
import { isSame } from "../wallet-call.ts";
import { TEST_WALLET_ICON } from "./icon.ts";
import type { TestKey } from "./test-key.ts";

const NAME = "Test wallet (localnet)";
const CHAINS = ["solana:localnet"] as const;
const ALLOWED = "aimo-test-wallet-allowed"; // whether this browser's page may use it without being asked again

type SigningFeatures = SolanaSignInFeature & SolanaSignMessageFeature & SolanaSignTransactionFeature;
type ConnectionFeatures = StandardConnectFeature & StandardDisconnectFeature & StandardEventsFeature;

/** Where it is kept whether the page may use it. */
export type TestWalletStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** A transaction's bytes with a signature in the place of whoever it is of. */
export async function signedBy(key: TestKey, transaction: Uint8Array): Promise<Uint8Array> {
  const count = transaction[0] ?? 0; // fewer than 128 signers, so that the count is one byte
  const start = 1 + count * SIGNATURE_BYTES;
  const message = transaction.subarray(start);
  const keysAt = ((message[0] ?? 0) >= 0x80 ? 1 : 0) + 3 + 1; // version, header and the count of keys, one byte as well
  const place = Array.from({ length: count }, (_, index) => index).find((index) =>
    isSame(message.subarray(keysAt + index * 32, keysAt + index * 32 + 32), key.publicKey),
  );
  if (place === undefined) throw new Error("This transaction does not want the signature of the test wallet.");
  const signed = Uint8Array.from(transaction);
  signed.set(await key.sign(message), 1 + place * SIGNATURE_BYTES);
  return signed;
}

function accountOf(key: TestKey): WalletAccount {
  const { address, publicKey } = key;
  const features = ["solana:signIn", "solana:signMessage", "solana:signTransaction"] as const;
  return { address, publicKey, chains: CHAINS, features, label: "Not real money" };
}

/** What signs; nobody is asked. */
function signingFeatures(key: TestKey, account: WalletAccount): SigningFeatures {
  const sign = async (message: Uint8Array): Promise<{ signedMessage: Uint8Array; signature: Uint8Array }> => ({
    signedMessage: message,
    signature: await key.sign(message),
  });
  const signIn = async (input: SolanaSignInInput | undefined): Promise<SolanaSignInOutput> => {
    const { address } = key;
    const domain = input?.domain ?? location.host;
    const text = signInMessage({ ...input, domain, address });
    return { account, ...(await sign(new TextEncoder().encode(text))) };
  };
  return {
    "solana:signIn": { version: "1.0.0", signIn: (...inputs) => Promise.all(inputs.map(signIn)) },
    "solana:signMessage": {
      version: "1.0.0",
      signMessage: (...inputs) => Promise.all(inputs.map(({ message }) => sign(message))),
    },
    "solana:signTransaction": {
      version: "1.0.0",
      supportedTransactionVersions: ["legacy", 0],
      signTransaction: (...inputs) =>
        Promise.all(inputs.map(async ({ transaction }) => ({ signedTransaction: await signedBy(key, transaction) }))),
    },
  };
}

/** The account that a page may use, once it has connected. */
class Connection {
  readonly #account: WalletAccount;
  readonly #store: TestWalletStore;
  readonly #listeners = new Set<StandardEventsListeners["change"]>();
  accounts: readonly WalletAccount[] = [];

  constructor(account: WalletAccount, store: TestWalletStore) {
    this.#account = account;
    this.#store = store;
  }

  features(): ConnectionFeatures {
    return {
      "standard:connect": { version: "1.0.0", connect: (input) => Promise.resolve(this.#connect(input?.silent)) },
      "standard:disconnect": { version: "1.0.0", disconnect: () => Promise.resolve(this.#disconnect()) },
      "standard:events": {
        version: "1.0.0",
        on: (_event, listener) => {
          this.#listeners.add(listener);
          return () => void this.#listeners.delete(listener);
        },
      },
    };
  }

  #connect(isSilent = false): StandardConnectOutput {
    if (!isSilent) this.#store.setItem(ALLOWED, "yes");
    if (this.#store.getItem(ALLOWED) !== null) this.#change([this.#account]);
    return { accounts: this.accounts };
  }

  #disconnect(): void {
    this.#store.removeItem(ALLOWED);
    this.#change([]);
  }

  #change(accounts: readonly WalletAccount[]): void {
    if (this.accounts.length === accounts.length) return;
    this.accounts = accounts;
    for (const listener of this.#listeners) listener({ accounts });
  }
}

/** Makes the wallet of a key, which is connected where the store says so. */
export function createTestWallet(key: TestKey, store: TestWalletStore): Wallet {
  const account = accountOf(key);
  const connection = new Connection(account, store);
  return {
    version: "1.0.0",
    name: NAME,
    icon: TEST_WALLET_ICON,
    chains: CHAINS,
    features: { ...connection.features(), ...signingFeatures(key, account) },
    get accounts() {
      return connection.accounts;
    },
  };
}
