// The chain as a localnet uses it: what it reads there, and transactions that the faucet pays for.
import type { DeploymentChain } from "@aimo-network/escrow/deploy/deployment-chain";
import { createRpcChain } from "@aimo-network/escrow/deploy/rpc-chain";
import type { Clock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { createSolanaRpc, devnet } from "@solana/kit";
import type { RpcDevnet, SolanaRpcApiDevnet, TransactionSigner } from "@solana/kit";

/** A chain, and the faucet as the one who pays. */
export interface FaucetChain extends DeploymentChain {
  readonly clock: Clock;
  /** For what is only read, and for airdrops. */
  readonly rpc: RpcDevnet<SolanaRpcApiDevnet>;
}

/** How sure the localnet is of what it reads: its chain has one node, which never changes its mind. */
export const COMMITMENT = "confirmed";

/** Connects the faucet to a chain. */
export function connectFaucet(clock: Clock, rpcUrl: string, payer: TransactionSigner): FaucetChain {
  // The localnet's blockhashes are the same after every start. Fees that differ keep a transaction from being one that
  // an earlier start has sent, which the chain would refuse.
  const [high = 0, low = 0] = systemRandom.bytes(2);
  const microLamportsPerUnit = BigInt(1 + high * 256 + low);
  return {
    ...createRpcChain({ url: rpcUrl, payer, clock, microLamportsPerUnit }),
    clock,
    rpc: createSolanaRpc(devnet(rpcUrl)),
  };
}
