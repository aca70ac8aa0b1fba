// The half of the scripted wallet that is in the page: what the wallet standard wants, and no key.

/** What the page's half of the wallet is made with. */
export interface Installed {
  readonly name: string;
  readonly address: string;
  readonly hasSignIn: boolean;
  readonly hasSignMessage: boolean;
  readonly isLate: boolean;
}

/** Registers the wallet. It runs in the page, so it may use nothing from outside itself. */
export function installWallet({ name, address: first, hasSignIn, hasSignMessage, isLate }: Installed): void {
  interface Account {
    address: string;
    publicKey: Uint8Array;
    chains: string[];
    features: string[];
  }
  const world = globalThis as unknown as {
    scriptedWalletSigns(asked: { kind: string; bytes: string }): Promise<string>;
    scriptedWallet: object;
  };
  const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const fromBase58 = (text: string): Uint8Array => {
    let value = 0n;
    for (const letter of text) value = value * 58n + BigInt(ALPHABET.indexOf(letter));
    return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * (31 - index))) & 255n));
  };
  const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
  const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const accountOf = (address: string): Account => ({
    address,
    publicKey: fromBase58(address),
    chains: ["solana:mainnet", "solana:devnet", "solana:localnet"],
    features: [
      "solana:signTransaction",
      ...(hasSignMessage ? ["solana:signMessage"] : []),
      ...(hasSignIn ? ["solana:signIn"] : []),
    ],
  });
  let address = localStorage.getItem("scripted-wallet-address") ?? first;
  let accounts: Account[] = [];
  const listeners = new Set<(change: object) => void>();
  const tell = (): void => {
    for (const listener of listeners) listener({ accounts });
  };
  const sign = async (kind: string, bytes: Uint8Array): Promise<Uint8Array> =>
    fromBase64(await world.scriptedWalletSigns({ kind, bytes: toBase64(bytes) }));
  const signInText = (input: Readonly<Record<string, string>>): string => {
    const lines = [
      ...(["uri", "version", "chainId", "nonce", "issuedAt", "expirationTime"] as const).flatMap((field) => {
        const label = {
          uri: "URI",
          version: "Version",
          chainId: "Chain ID",
          nonce: "Nonce",
          issuedAt: "Issued At",
          expirationTime: "Expiration Time",
        }[field];
        return input[field] === undefined ? [] : [`${label}: ${input[field]}`];
      }),
    ];
    const head = `${input["domain"]} wants you to sign in with your Solana account:\n${address}`;
    return [head, input["statement"], lines.join("\n")].filter((part) => part !== undefined).join("\n\n");
  };
  const wallet = {
    version: "1.0.0",
    name,
    icon: "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
    chains: ["solana:mainnet", "solana:devnet", "solana:localnet"],
    get accounts() {
      return accounts;
    },
    features: {
      "standard:connect": {
        version: "1.0.0",
        connect: (input?: { silent?: boolean }) => {
          const isKnown = localStorage.getItem("scripted-wallet-knows") === "yes";
          if (input?.silent !== true || isKnown) {
            localStorage.setItem("scripted-wallet-knows", "yes");
            accounts = [accountOf(address)];
          }
          return Promise.resolve({ accounts });
        },
      },
      "standard:disconnect": {
        version: "1.0.0",
        disconnect: () => {
          accounts = [];
          tell();
          return Promise.resolve();
        },
      },
      "standard:events": {
        version: "1.0.0",
        on: (_event: string, listener: (change: object) => void) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      "solana:signTransaction": {
        version: "1.0.0",
        supportedTransactionVersions: ["legacy", 0],
        signTransaction: async (...inputs: { transaction: Uint8Array }[]) => {
          const outputs: object[] = [];
          for (const { transaction } of inputs)
            outputs.push({ signedTransaction: await sign("transaction", transaction) });
          return outputs;
        },
      },
      ...(hasSignMessage && {
        "solana:signMessage": {
          version: "1.0.0",
          signMessage: async (...inputs: { message: Uint8Array }[]) => {
            const outputs: object[] = [];
            for (const { message } of inputs) {
              outputs.push({ signedMessage: message, signature: await sign("message", message) });
            }
            return outputs;
          },
        },
      }),
      ...(hasSignIn && {
        "solana:signIn": {
          version: "1.0.0",
          signIn: async (...inputs: Readonly<Record<string, string>>[]) => {
            accounts = [accountOf(address)];
            const message = new TextEncoder().encode(signInText(inputs[0] ?? {}));
            return [{ account: accounts[0], signedMessage: message, signature: await sign("message", message) }];
          },
        },
      }),
    },
  };
  const appear = (): void => {
    const register = (api: { register(wallet: object): void }): void => api.register(wallet);
    window.dispatchEvent(new CustomEvent("wallet-standard:register-wallet", { detail: register }));
    window.addEventListener("wallet-standard:app-ready", (event) =>
      register((event as CustomEvent<Parameters<typeof register>[0]>).detail),
    );
  };
  world.scriptedWallet = {
    appear,
    disconnect() {
      localStorage.removeItem("scripted-wallet-knows");
      accounts = [];
      tell();
    },
    changeAccount(to: string, isUntold: boolean) {
      localStorage.setItem("scripted-wallet-address", to);
      if (isUntold) return;
      address = to;
      accounts = [accountOf(to)];
      tell();
    },
  };
  if (!isLate) appear();
}
