// Asking offers where locks cost nothing and no database is behind them: for tests of when something is asked.
import { manualClock } from "@aimo-network/protocol/clock";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { seededRandom } from "@aimo-network/protocol/random";
import { pino } from "pino";
import type { Caller } from "../accounts/caller.ts";
import { FundedRequest } from "../billing/funded-request.ts";
import { readChatRequest } from "../gateway/chat/chat-request.ts";
import type { AskDeps } from "../inspection/ask-offer.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";

const NOTHING = nanoUsdc(0n);
const UNCHARGED = {
  ...{ amount: NOTHING, unpaidAmount: NOTHING, usage: undefined, unpaid: undefined },
  ...{ adjusted: false, estimated: false, cancelled: false },
};

const nobody = (): Promise<never> => Promise.reject(new Error("there is no ledger"));
const NO_LEDGER: Ledger = {
  ...{ lock: nobody, charge: nobody, settle: nobody, retry: nobody, checkpoint: nobody, findOrphan: nobody },
  ...{ deposit: nobody, close: nobody, chargesWaiting: 0 },
  numbers: { wallet: nobody, model: nobody, price: nobody },
  apps: { of: nobody },
};

const PAYER: Caller = {
  ...{ id: "key", kind: "signed", wallet: "own", scopes: ["completion_model"], isEarnOnly: false },
  ...{ expiresAtMs: Infinity, allowedModels: undefined, keyNumber: 1, userNumber: 1 },
};

/** Creates what asking needs; its own clock stands still. */
export function freeAsks(): AskDeps {
  const clock = manualClock();
  const log = pino({ level: "silent" });
  const checkpoints = { begin: () => undefined, end: () => undefined, close: () => Promise.resolve() };
  const deps = { clock, ioClock: clock, log, ledger: NO_LEDGER, checkpoints };
  const numbers = { provider: 1, model: 1, price: 1 };
  return {
    ...{ clock, random: seededRandom(1) },
    relayDeps: {
      ...{ clock, log, answerBytes: createByteBudget(2 ** 20) },
      deadlines: { firstByteMs: 5_000, idleMs: 5_000, totalMs: 10_000 },
    },
    billing: {
      lock({ id, plan: offers, size, stream }) {
        const locked = { id, user: 1, wallet: PAYER.wallet, offers, numbers, size, stream, app: 0 };
        const granted = nanoUsdc(1_000_000_000_000n);
        const told = { ended: () => undefined, posted: () => undefined };
        return Promise.resolve(new FundedRequest({ ...deps, ...told }, { ...locked, granted }));
      },
      settled: () => Promise.resolve(),
    },
    payer: () => Promise.resolve(PAYER),
    charge: () => Promise.resolve({ charge: UNCHARGED, cost: NOTHING }),
    release: () => Promise.resolve(),
    read: (body) => readChatRequest(Buffer.from(body)),
    requestId: () => "req-1",
    observe: (request) => QUIET_OBSERVER.admitted(request),
  };
}
