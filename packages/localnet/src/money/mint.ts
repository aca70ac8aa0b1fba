// The localnet's USDC: a mint like Circle's, of which the faucet makes as much as anybody wants.
import { DECIMALS } from "@aimo-network/escrow/program-bounds";
import { getCreateAccountInstruction } from "@solana-program/system";
import { getInitializeMint2Instruction, getMintSize, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { TransactionSigner } from "@solana/kit";
import type { FaucetChain } from "./faucet-chain.ts";

/** Makes the mint, where it is not there already. */
export async function makeMint(chain: FaucetChain, mint: TransactionSigner): Promise<void> {
  if ((await chain.getAccount(mint.address)) !== undefined) return;
  const { payer } = chain;
  const space = BigInt(getMintSize());
  await chain.send([
    getCreateAccountInstruction({
      payer,
      newAccount: mint,
      lamports: await chain.rentOf(space),
      space,
      programAddress: TOKEN_PROGRAM_ADDRESS,
    }),
    getInitializeMint2Instruction({ mint: mint.address, decimals: DECIMALS, mintAuthority: payer.address }),
  ]);
}
