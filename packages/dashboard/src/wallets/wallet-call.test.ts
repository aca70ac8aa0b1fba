// What a wallet gives is taken only where it is the signature that was asked for; waiting for it can be ended.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf, scriptedKey, scriptedWallet } from "./test-bed/scripted-wallet.ts";
import type { WalletScript } from "./test-bed/scripted-wallet.ts";
import { askAccounts, askSignIn, askSignature, askTransaction, insistSigner } from "./wallet-call.ts";

const key = await scriptedKey();
const other = await scriptedKey();
const MESSAGE = new TextEncoder().encode("the text");
const INPUT = { domain: "router.example", address: key.address, nonce: "oBbLoEldZs" };
const asking = (): { signal: AbortSignal } => ({ signal: new AbortController().signal });

function linked(script: WalletScript = {}, features?: readonly string[]): Parameters<typeof askSignature>[0] {
  return scriptedWallet(key, { script, ...(features !== undefined && { features }) });
}

test("a message's signature is taken", async () => {
  const signature = await askSignature(linked(), MESSAGE, asking());
  assert.deepEqual(signature, await key.sign(MESSAGE));
});

for (const [what, signMessage, kind] of [
  ["nothing", () => undefined, "unsound"],
  ["a text", () => "signed", "unsound"],
  ["an empty list", () => [], "unsound"],
  ["a short signature", () => [{ signature: new Uint8Array(63), signedMessage: MESSAGE }], "unsound"],
  ["a signature in numbers", async () => [{ signature: [...(await key.sign(MESSAGE))] }], "unsound"],
  ["zeros", () => [{ signature: new Uint8Array(64), signedMessage: MESSAGE }], "unsound"],
  ["another's signature", async () => [{ signature: await other.sign(MESSAGE), signedMessage: MESSAGE }], "unsound"],
  [
    "a prefixed text",
    async () => {
      const signedMessage = Uint8Array.of(255, ...MESSAGE);
      return [{ signature: await key.sign(signedMessage), signedMessage }];
    },
    "unsound",
  ],
  ["a no", () => Promise.reject(new Error("User rejected the request.")), "refused"],
  [
    "a no at once",
    () => {
      throw new Error("denied");
    },
    "refused",
  ],
] as const) {
  test(`a wallet that answers a message with ${what} is told of as ${kind}`, async () => {
    await assert.rejects(askSignature(linked({ signMessage }), MESSAGE, asking()), { kind });
  });
}

test("a wallet that signs something else is told of as that", async () => {
  const signMessage = async (): Promise<unknown> => {
    const signedMessage = Uint8Array.of(255, ...MESSAGE);
    return [{ signature: await key.sign(MESSAGE), signedMessage }];
  };
  await assert.rejects(askSignature(linked({ signMessage }), MESSAGE, asking()), /signed another text/);
});

test("a page that changes its bytes while the wallet thinks changes nothing that was asked", async () => {
  let seen: Uint8Array | undefined;
  const message = Uint8Array.from(MESSAGE);
  const wallet = linked({
    signMessage: (input) => {
      seen = (input as { message: Uint8Array }).message;
      seen[0] = 0; // and a wallet that writes into what it got
      return [];
    },
  });
  await assert.rejects(askSignature(wallet, message, asking()));
  assert.deepEqual(message, MESSAGE);
});

test("waiting is ended by the person, before and while the wallet thinks", async () => {
  const attempt = new AbortController();
  const waiting = askSignature(linked({ signMessage: () => new Promise(() => undefined) }), MESSAGE, attempt);
  attempt.abort();
  await assert.rejects(waiting, { kind: "cancelled" });
  const wallet = scriptedWallet(key);
  await assert.rejects(askSignature(wallet, MESSAGE, attempt), { kind: "cancelled" });
  assert.deepEqual(wallet.calls, [], "it is not asked any more");
});

test("a wallet that lacks a feature, or whose account does, says so", async () => {
  await assert.rejects(askSignature(linked({}, ["solana:signTransaction"]), MESSAGE, asking()), { kind: "unable" });
  const { wallet, account } = scriptedWallet(key);
  await assert.rejects(askSignature({ wallet, account: { ...account, features: [] } }, MESSAGE, asking()), {
    kind: "unable",
  });
});

test("a sign-in is of the account that was asked for", async () => {
  const { signature, message } = await askSignIn(linked(), INPUT, asking());
  assert.deepEqual(signature, await key.sign(message));
  const signedAs = (account: unknown): WalletScript => ({
    signIn: async () => [{ account, signedMessage: MESSAGE, signature: await key.sign(MESSAGE) }],
  });
  await assert.rejects(askSignIn(linked(signedAs(accountOf(other))), INPUT, asking()), { kind: "wrong_account" });
  await assert.rejects(askSignIn(linked(signedAs(undefined)), INPUT, asking()), { kind: "wrong_account" });
});

test("accounts: those that the wallet gives, none silently, and a fault where there is none", async () => {
  const open = { ...asking(), isSilent: false };
  const { wallet, account } = scriptedWallet(key);
  assert.deepEqual(await askAccounts(wallet, open), [account]);
  const garbage = scriptedWallet(key, { script: { connect: () => "ok" } });
  assert.deepEqual(await askAccounts(garbage.wallet, open), [account], "by its own list then");
  const none = scriptedWallet(key, { accounts: [] });
  assert.deepEqual(await askAccounts(none.wallet, { ...open, isSilent: true }), []);
  await assert.rejects(askAccounts(none.wallet, open), { kind: "no_account" });
});

test("a transaction is asked for on a chain that the account has, in a version that the wallet knows", async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const inputs: unknown[] = [];
  const wallet = linked({
    signTransaction: (input) => {
      inputs.push((input as { chain?: string }).chain);
      return [{ signedTransaction: bytes }];
    },
  });
  await askTransaction(wallet, { bytes, version: 0, chain: "solana:mainnet" }, asking());
  await askTransaction(wallet, { bytes, version: 0, chain: "solana:devnet" }, asking());
  assert.deepEqual(inputs, ["solana:mainnet", undefined]);
  const old = {
    ...wallet,
    wallet: {
      ...wallet.wallet,
      features: {
        ...wallet.wallet.features,
        "solana:signTransaction": { supportedTransactionVersions: ["legacy"], signTransaction: () => [] },
      },
    },
  };
  await assert.rejects(askTransaction(old, { bytes, version: 0, chain: undefined }, asking()), { kind: "unable" });
});

test("a transaction is for the account that it was made for, whoever is connected by now", () => {
  insistSigner(linked(), key.address);
  insistSigner(linked(), undefined);
  assert.throws(() => insistSigner(linked(), other.address), { kind: "wrong_account", message: /made for/ });
});
