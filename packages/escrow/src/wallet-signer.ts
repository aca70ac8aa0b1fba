// A wallet of this house as one that signs Solana's transactions.
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { getAddressDecoder } from "@solana/kit";
import type { SignatureBytes, TransactionPartialSigner } from "@solana/kit";

/** The same wallet, for instructions that it has to sign. */
export function walletSigner(wallet: Wallet): TransactionPartialSigner {
  const address = getAddressDecoder().decode(wallet.publicKey);
  return {
    address,
    signTransactions: (transactions) =>
      Promise.all(
        transactions.map(async ({ messageBytes }) => {
          const signature = await wallet.sign(Uint8Array.from(messageBytes));
          return { [address]: signature as SignatureBytes };
        }),
      ),
  };
}
