// Thousands of users with deposits, in as few transactions as they fit: a sponsor pays for all of it, each user signs to be one.
import { associatedTokenAddress, escrowAddress } from "@aimo-network/escrow/addresses";
import { fetchRouter } from "@aimo-network/escrow/accounts/views";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { getOpenEscrowInstruction } from "@aimo-network/escrow/generated/instructions/openEscrow";
import { DAY } from "@aimo-network/escrow/program-bounds";
import { sleep } from "@aimo-network/protocol/clock";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import {
  appendTransactionMessageInstructions,
  createTransactionMessage,
  generateKeyPairSigner,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import type { Address, Instruction, Signature } from "@solana/kit";
import { createFaucet } from "../money/faucet.ts";
import type { FaucetPlace } from "../money/faucet.ts";
import type { FaucetChain } from "../money/faucet-chain.ts";
import { COMMITMENT } from "../money/faucet-chain.ts";

/** How many, and what each of them deposits. */
export interface Crowd {
  readonly count: number;
  readonly deposit: MicroUsdc;
}

const USERS_PER_TRANSACTION = 5; // whose signatures and addresses fit its 1,232 bytes
const TRANSACTIONS_AT_ONCE = 100; // a blockhash outlives them by far
const STATUSES_PER_CALL = 100;
const POLL_MS = 100;

async function send(chain: FaucetChain, batches: readonly (readonly Instruction[])[]): Promise<Signature[]> {
  const { rpc, payer } = chain;
  const { value: lifetime } = await rpc.getLatestBlockhash({ commitment: COMMITMENT }).send();
  return await Promise.all(
    batches.map(async (instructions) => {
      const signed = await pipe(
        createTransactionMessage({ version: 0 }),
        (draft) => setTransactionMessageFeePayerSigner(payer, draft),
        (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
        (draft) => appendTransactionMessageInstructions(instructions, draft),
        (draft) => signTransactionMessageWithSigners(draft),
      );
      const wire = getBase64EncodedWireTransaction(signed);
      await rpc.sendTransaction(wire, { encoding: "base64", skipPreflight: true }).send();
      return getSignatureFromTransaction(signed);
    }),
  );
}

async function waitForAll({ rpc, clock }: FaucetChain, signatures: readonly Signature[]): Promise<void> {
  for (let start = 0; start < signatures.length;) {
    const asked = signatures.slice(start, start + STATUSES_PER_CALL);
    const { value } = await rpc.getSignatureStatuses(asked).send();
    const failed = value.find((status) => status !== null && status.err !== null);
    if (failed !== undefined) throw new Error("a user could not be opened");
    if (value.every((status) => status !== null && status.confirmationStatus !== "processed")) start += asked.length;
    else await sleep(clock, POLL_MS);
  }
}

/** Opens escrows for new users, with what each of them deposits; gives their wallets. */
export async function openCrowd(chain: FaucetChain, place: FaucetPlace, { count, deposit }: Crowd): Promise<Address[]> {
  const { payer, rpc } = chain;
  const { router, mint } = place;
  const view = await fetchRouter(rpc, router, { commitment: COMMITMENT });
  if (view === undefined) throw new Error(`the router ${router.address} is not open on this chain`);
  await createFaucet(chain, place).give(payer.address, { usdc: microUsdc(deposit * BigInt(count)) });
  const source = await associatedTokenAddress({ owner: payer.address, mint });
  const { vault } = view.router.data;
  const expiresAt = view.now.time + 365n * DAY;
  const users = await Promise.all(Array.from({ length: count }, () => generateKeyPairSigner()));
  const steps = await Promise.all(
    users.map(async (user) => {
      const at = { config: router.address, escrow: await escrowAddress(router, user.address) };
      const allowed = { allowTotal: deposit, allowExpiresAt: expiresAt };
      return [
        getOpenEscrowInstruction({ payer, user, ...at, ...allowed }, router),
        getDepositInstruction({ funder: payer, source, ...at, vault, mint, amount: deposit }, router),
      ];
    }),
  );
  const batches: Instruction[][] = [];
  for (let start = 0; start < steps.length; start += USERS_PER_TRANSACTION) {
    batches.push(steps.slice(start, start + USERS_PER_TRANSACTION).flat());
  }
  for (let start = 0; start < batches.length; start += TRANSACTIONS_AT_ONCE) {
    await waitForAll(chain, await send(chain, batches.slice(start, start + TRANSACTIONS_AT_ONCE)));
  }
  return users.map(({ address }) => address);
}
