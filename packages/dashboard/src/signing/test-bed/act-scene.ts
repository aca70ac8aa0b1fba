// A router, a person and a co-signer, and the transactions that they would be asked to sign.
import { associatedTokenAddress, escrowAddress, routerAddresses, routerPlace } from "@aimo-network/escrow/addresses";
import { unsignedTransaction } from "@aimo-network/escrow/compose-transaction";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { getWithdrawUserInstruction } from "@aimo-network/escrow/generated/instructions/withdrawUser";
import { depositWish } from "@aimo-network/escrow/wish/deposit-wish";
import { withdrawalWish } from "@aimo-network/escrow/wish/withdrawal-wish";
import { microUsdc } from "@aimo-network/protocol/money";
import { address, createNoopSigner } from "@solana/kit";
import type { Address, Blockhash, Instruction } from "@solana/kit";
import { scriptedKey } from "../../wallets/test-bed/scripted-wallet.ts";
import { signedBy } from "../../wallets/test-wallet/test-wallet.ts";
import type { TestKey } from "../../wallets/test-wallet/test-key.ts";
import type { MadeTransaction } from "../act.ts";
import type { Chain } from "../chain-place.ts";
import { scriptedNode } from "./scripted-node.ts";
import type { ScriptedNode } from "./scripted-node.ts";

const BLOCKHASH = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi" as Blockhash;

/** Five USDC. */
export const FIVE = microUsdc(5_000_000n);

/** The people and their chain. */
export interface ActScene {
  readonly key: TestKey;
  readonly user: Address;
  readonly cosigner: TestKey;
  readonly node: ScriptedNode;
  readonly chain: Chain;
  /** An unsigned transaction of these instructions. */
  bytesOf(instructions: readonly Instruction[], changes?: { unitPrice?: bigint; blockhash?: string }): Uint8Array;
  /** The deposit of five, or of another amount. */
  deposit(amount?: bigint): Instruction;
  /** The deposit of five with its wish, whatever the bytes are. */
  made(bytes?: Uint8Array): Promise<MadeTransaction>;
  /** A withdrawal of five that the router has signed. */
  cosigned(): Promise<MadeTransaction>;
}

/** Opens a scene. */
export async function openScene(): Promise<ActScene> {
  const [key, cosigner, router] = [await scriptedKey(), await scriptedKey(), await scriptedKey()];
  const [program, mintKey] = [await scriptedKey(), await scriptedKey()];
  const [routerId, programAddress, mint] = [
    address(router.address),
    address(program.address),
    address(mintKey.address),
  ];
  const place = await routerPlace({ programAddress, routerId });
  const { vault, vaultAuthority } = await routerAddresses({ programAddress, routerId });
  const user = address(key.address);
  const [source, escrow] = [await associatedTokenAddress({ owner: user, mint }), await escrowAddress(place, user)];
  const node = scriptedNode();
  const rpcUrl = "http://127.0.0.1:8899/";
  const url = "https://router.example";
  const about = { place, mint, routerId: router.address, url };
  const chain: Chain = { ...about, rpc: node.rpc, rpcUrl, vault, cluster: undefined, name: "test" };
  const bytesOf: ActScene["bytesOf"] = (instructions, { unitPrice = 0n, blockhash = BLOCKHASH } = {}) =>
    unsignedTransaction({
      feePayer: user,
      instructions,
      lifetime: { blockhash: blockhash as Blockhash, lastValidBlockHeight: 100n },
      unitPrice,
    });
  const config = place.address;
  const deposit = (amount: bigint = FIVE): Instruction =>
    getDepositInstruction(
      { funder: createNoopSigner(user), source, config, escrow, vault, mint, amount },
      { programAddress },
    );
  return {
    key,
    user,
    cosigner,
    node,
    chain,
    bytesOf,
    deposit,
    made: async (bytes = bytesOf([deposit()])) => ({
      bytes,
      wish: await depositWish(about, user, { amount: FIVE, view: undefined }),
      lastValidBlockHeight: 100n,
    }),
    async cosigned() {
      const accounts = { config, escrow, vault, vaultAuthority, destination: source, mint };
      const withdrawal = getWithdrawUserInstruction(
        {
          ...accounts,
          user: createNoopSigner(user),
          cosigner: createNoopSigner(address(cosigner.address)),
          amount: FIVE,
          openedSlot: 1n,
          withdrawSeq: 1,
        },
        { programAddress },
      );
      const bytes = await signedBy(cosigner, bytesOf([withdrawal]));
      return { bytes, wish: await withdrawalWish(about, user, { party: "user", amount: FIVE }) };
    },
  };
}
