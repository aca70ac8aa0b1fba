// People's money from end to end: a real ledger, the real program, the real signer, and the desk between them.
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { microUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { createChainWatch } from "../billing/deposit/chain-watch.ts";
import { createReceiptBook } from "../billing/settle/receipt-book.ts";
import type { ReceiptBook } from "../billing/settle/receipt-book.ts";
import { createLiabilityTree } from "../billing/solvency/liability-tree.ts";
import type { LiabilityTree } from "../billing/solvency/liability-tree.ts";
import { openMoneyDesk } from "../billing/withdraw/money-desk.ts";
import type { OpenMoneyDesk } from "../billing/withdraw/money-desk.ts";
import type { WithdrawalSigner } from "../billing/withdraw/withdrawal-desk.ts";
import { MoneyChain, signLegacyMessage, signWire, walletOf } from "../chain/compose/test-bed/money-chain.ts";
import type { MoneyChainOptions } from "../chain/compose/test-bed/money-chain.ts";
import { lookAtAll, surveyGround } from "../chain/observation.ts";
import { createChainPosting } from "../ledger/chain-books/chain-posting.ts";
import { createLiabilities } from "../ledger/chain-books/liabilities.ts";
import { createLedgerReceipts } from "../ledger/chain-books/receipts.ts";
import { createWithdrawals } from "../ledger/chain-books/withdrawals.ts";
import type { Withdrawals } from "../ledger/chain-books/withdrawals.ts";
import { createLog } from "../log.ts";
import { createSigner } from "../signer/create-signer.ts";
import type { LedgerBed } from "./ledger-bed.ts";
import { openLedgerBed } from "./ledger-bed.ts";

/** The desk, and what is behind it. */
export interface MoneyBed {
  readonly chain: MoneyChain;
  readonly ledger: LedgerBed;
  readonly routerId: string;
  readonly fence: bigint;
  readonly desk: OpenMoneyDesk;
  readonly withdrawals: Withdrawals;
  readonly liabilities: LiabilityTree;
  readonly receipts: ReceiptBook;
  /** What signs; a test may put another in its place. */
  signWithdrawal: WithdrawalSigner["signWithdrawal"];
  /** Puts people's signatures into a transaction in base64. */
  readonly sign: typeof signWire;
  readonly signLegacy: typeof signLegacyMessage;
  /** A person of the chain as a wallet that signs texts. */
  readonly walletOf: typeof walletOf;
  /** Posts everything that is on the chain. */
  observe(): Promise<void>;
  /** What a wallet has, in nano-USDC. */
  userBalance(wallet: string): Promise<{ readonly available: bigint; readonly withdrawing: bigint }>;
  providerBalance(wallet: string): Promise<{ readonly claimable: bigint; readonly withdrawing: bigint }>;
}

/** Opens one; it closes with the test. */
export async function openMoneyBed(
  t: { after(close: () => Promise<void>): void },
  options: MoneyChainOptions = {},
): Promise<MoneyBed> {
  const ledger = await openLedgerBed(t);
  const { clock, database } = ledger;
  const chain = await MoneyChain.open({ ...options, clock });
  const log = createLog("silent");
  const led = await ledger.row("SELECT ledger_lead($1, 'watcher', $2) AS fence", [
    new Date(clock.now()),
    ledger.instance,
  ]);
  const fence = led["fence"] as bigint;
  const watch = createChainWatch({
    clock,
    random: systemRandom,
    log,
    posting: createChainPosting(database),
    numbers: ledger.ledger.numbers,
    leadership: { fence, tried: Promise.resolve(), close: async () => undefined },
    posted: () => undefined,
  });
  const ground = await surveyGround(chain.settings);
  const observe = async (): Promise<void> => {
    const wholly = { floor: 0n, abortSignal: new AbortController().signal };
    await watch.observe((await lookAtAll(chain.endpoints.any, ground, wholly)).observation);
  };
  const signer = createSigner(
    {
      clock: systemClock,
      rpc: chain.endpoints.any,
      place: chain.scene.bed.place,
      database,
      keys: { settler: chain.cosigner, cosigner: chain.cosigner },
      priorityFee: async () => 0n,
    },
    { windowMax: undefined, sponsorMin: microUsdc(1_000_000n), priorityFeeMax: 0n },
  );
  const withdrawals = createWithdrawals(database);
  const receiptSecret = systemRandom.bytes(32);
  const routerId = chain.settings.routerId;
  const receipts = createReceiptBook({
    ioClock: systemClock,
    receipts: createLedgerReceipts(database),
    routerId,
    receiptSecret,
  });
  const liabilities = createLiabilityTree({
    clock,
    ioClock: systemClock,
    random: systemRandom,
    liabilities: createLiabilities(database),
  });
  const addressBytes = (wallet: string): Uint8Array => Buffer.from(base58.decode(wallet));
  const bed: MoneyBed = {
    chain,
    ledger,
    routerId,
    fence,
    withdrawals,
    liabilities,
    receipts,
    observe,
    sign: signWire,
    signLegacy: signLegacyMessage,
    walletOf,
    signWithdrawal: (id) => signer.signWithdrawal(id),
    desk: openMoneyDesk({
      clock,
      random: systemRandom,
      log,
      withdrawals,
      numbers: ledger.ledger.numbers,
      signer: { signWithdrawal: (id) => bed.signWithdrawal(id) },
      chain: await chain.openDesk(),
      receipts,
      liabilities,
    }),
    userBalance: async (wallet) =>
      (await ledger.row("SELECT available, withdrawing FROM users JOIN wallets USING (id) WHERE address = $1", [
        addressBytes(wallet),
      ])) as { available: bigint; withdrawing: bigint },
    providerBalance: async (wallet) =>
      (await ledger.row("SELECT claimable, withdrawing FROM providers JOIN wallets USING (id) WHERE address = $1", [
        addressBytes(wallet),
      ])) as { claimable: bigint; withdrawing: bigint },
  };
  chain.onLook = observe;
  t.after(async () => bed.desk.close());
  await observe();
  return bed;
}
