// The localnet's faucet: SOL and USDC for anybody, and deposits as their owners make them.
import { fetchUser } from "@aimo-network/escrow/accounts/views";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { buildOpenEscrow, buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { DAY } from "@aimo-network/escrow/program-bounds";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import { getTransferSolInstruction } from "@solana-program/system";
import { getCreateAssociatedTokenIdempotentInstructionAsync, getMintToInstruction } from "@solana-program/token";
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import type { FaucetChain } from "./faucet-chain.ts";
import { COMMITMENT } from "./faucet-chain.ts";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";

/** What somebody is given in one transaction, and what of it goes to the router at once. */
export interface Gift {
  readonly lamports?: bigint;
  /** To the associated token account, which is opened where it is missing. */
  readonly usdc?: MicroUsdc;
  /** Deposited from there; the escrow is opened where none is open, and its allowance rises by as much. */
  readonly deposit?: MicroUsdc;
}

/** A faucet of a localnet. */
export interface Faucet {
  /** Gives SOL and USDC to an address. */
  give(to: Address, gift: Omit<Gift, "deposit">): Promise<void>;
  /** Gives to a wallet, which signs for its deposit. */
  fund(wallet: Wallet, gift: Gift): Promise<void>;
  /** What a wallet has at the router, and what it could deposit. */
  look(user: Address): Promise<UserView>;
}

/** A router and the mint that its money is made of. */
export interface FaucetPlace {
  readonly router: RouterPlace;
  readonly mint: Address;
}

/** Far away for somebody who plays, and finite as the program demands. */
const ALLOWANCE_LIFE = 365n * DAY;

async function gifts(payer: TransactionSigner, mint: Address, to: Address, gift: Gift): Promise<Instruction[]> {
  const { lamports: amount = 0n, usdc = microUsdc(0n) } = gift;
  const sol = amount === 0n ? [] : [getTransferSolInstruction({ source: payer, destination: to, amount })];
  if (usdc === 0n) return sol;
  const token = await associatedTokenAddress({ owner: to, mint });
  return [
    ...sol,
    await getCreateAssociatedTokenIdempotentInstructionAsync({ payer, owner: to, mint }),
    getMintToInstruction({ mint, token, mintAuthority: payer, amount: usdc }),
  ];
}

async function depositOf(user: TransactionSigner, view: UserView, amount: MicroUsdc): Promise<Instruction[]> {
  const { router, escrow, escrowAddress, tokens } = view;
  const { time } = view.now;
  const expiresAt = time + ALLOWANCE_LIFE;
  const allowed =
    escrow === undefined
      ? await buildOpenEscrow({ payer: user, user, router, allowTotal: amount, allowExpiresAt: expiresAt })
      : await buildSetAllowance({
          user,
          router,
          escrow,
          total: microUsdc(escrow.data.allowTotal + amount),
          expiresAt,
          now: time,
        });
  const { vault, mint } = router.data;
  const accounts = { funder: user, source: tokens.address, config: router.address, escrow: escrowAddress, vault, mint };
  return [...allowed, getDepositInstruction({ ...accounts, amount }, router)];
}

/** Opens the faucet of a mint whose authority pays on this chain. */
export function createFaucet(chain: FaucetChain, { router, mint }: FaucetPlace): Faucet {
  const { payer, rpc } = chain;
  const look = async (user: Address): Promise<UserView> => {
    const view = await fetchUser(rpc, { router, mint, user }, { commitment: COMMITMENT });
    if (view === undefined) throw new Error(`the router ${router.address} is not open on this chain`);
    return view;
  };
  return {
    look,
    async give(to, gift) {
      await chain.send(await gifts(payer, mint, to, gift));
    },
    async fund(wallet, gift) {
      const user = walletSigner(wallet);
      const { deposit } = gift;
      const given = await gifts(payer, mint, user.address, gift);
      const paid = deposit === undefined ? [] : await depositOf(user, await look(user.address), deposit);
      await chain.send([...given, ...paid]);
    },
  };
}
