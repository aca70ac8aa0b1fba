// Everything about people's money that needs the chain, for one router: composing, handing in, and what it says of itself.
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAddress } from "@solana/kit";
import type { Logger } from "pino";
import type { ChainSettings } from "../chain-settings.ts";
import { createComposer } from "../compose/composer.ts";
import type { ChainAccounts } from "../compose/chain-accounts.ts";
import { createChainAccounts } from "../compose/chain-accounts.ts";
import type { Composer } from "../compose/composer.ts";
import { describeWire } from "../compose/described-transaction.ts";
import type { DescribedTransaction } from "../compose/described-transaction.ts";
import { createPersonReader } from "../compose/person-view.ts";
import { createRouterFacts } from "../compose/router-facts.ts";
import type { RouterFacts } from "../compose/router-facts.ts";
import type { Endpoints } from "../endpoints.ts";
import type { Follower } from "../follow.ts";
import { recentPriorityFee } from "../priority-fee.ts";
import type { Sender } from "../send.ts";
import { createTransactionDesk } from "./transaction-desk.ts";
import type { TransactionDesk } from "./transaction-desk.ts";
import { createWithdrawalChain } from "./withdrawal-chain.ts";
import type { WithdrawalChain } from "./withdrawal-chain.ts";

/** What a router does with the chain for people's money. */
export interface ChainDesk {
  readonly composer: Composer;
  readonly transactions: TransactionDesk;
  readonly facts: RouterFacts;
  readonly accounts: ChainAccounts;
  readonly withdrawals: WithdrawalChain;
  /** What bytes that this router made say that they do, to the wallet whose money it is. */
  describe(wire: string, wallet: string): Promise<DescribedTransaction | undefined>;
}

/** What the desk needs: a `ChainLink` has the last three. */
export interface ChainDeskDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly endpoints: Pick<Endpoints, "any">;
  readonly sender: Sender;
  readonly follower: Pick<Follower, "look">;
}

/** Opens the desk; the chain is asked when somebody comes. */
export async function openChainDesk(settings: ChainSettings, deps: ChainDeskDeps): Promise<ChainDesk> {
  const { clock, log, endpoints, sender, follower } = deps;
  const rpc = endpoints.any;
  const people = createPersonReader(rpc, settings);
  const router = await routerPlace(settings);
  const { programAddress, priorityFeeMax } = settings;
  return {
    composer: createComposer({
      people,
      sender,
      priorityFee: (written) => recentPriorityFee(rpc, written, priorityFeeMax),
    }),
    transactions: createTransactionDesk({ clock, log, router, settings, sender, follower }),
    facts: createRouterFacts({ clock, rpc, settings }),
    accounts: createChainAccounts(people, rpc),
    withdrawals: createWithdrawalChain({ clock, log, rpc, people, settings, sender, follower }),
    async describe(wire, wallet) {
      const mint = await people.mint().catch(() => undefined); // the chain may be away: the bytes are here
      const known = isAddress(wallet) ? [wallet] : [];
      return await describeWire(wire, { programAddress, router: router.address, mint, people: known });
    },
  };
}
