// Transactions by @solana/web3.js 1.x, as older tools send them: it knows nothing of the program but an instruction's bytes.
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { AccountRole } from "@solana/kit";
import type { Instruction } from "@solana/kit";
import { Connection, PublicKey, Transaction, TransactionInstruction } from "@solana/web3.js";

function bare({ programAddress, accounts = [], data = new Uint8Array() }: Instruction): TransactionInstruction {
  return new TransactionInstruction({
    programId: new PublicKey(programAddress),
    keys: accounts.map(({ address, role }) => ({
      pubkey: new PublicKey(address),
      isSigner: role === AccountRole.READONLY_SIGNER || role === AccountRole.WRITABLE_SIGNER,
      isWritable: role === AccountRole.WRITABLE || role === AccountRole.WRITABLE_SIGNER,
    })),
    data: Buffer.from(data),
  });
}

/** Sends one transaction that a wallet pays for and alone signs; resolves when it is confirmed. */
export async function sendWithWeb3(rpcUrl: string, payer: Wallet, instructions: readonly Instruction[]): Promise<void> {
  const connection = new Connection(rpcUrl, "confirmed");
  const key = new PublicKey(payer.publicKey);
  const lifetime = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: key, ...lifetime }).add(...instructions.map((one) => bare(one)));
  transaction.addSignature(key, Buffer.from(await payer.sign(new Uint8Array(transaction.serializeMessage()))));
  const signature = await connection.sendRawTransaction(transaction.serialize());
  const { value } = await connection.confirmTransaction({ signature, ...lifetime });
  if (value.err !== null) throw new Error(`the transaction ${signature} failed: ${JSON.stringify(value.err)}`);
}
