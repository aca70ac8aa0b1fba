// What happens to the session and its wallet when the page opens, and what ends the session while it is open.
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import type { Timer } from "@aimo-network/protocol/clock";
import type { QueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { whenSessionIsLost } from "../api/router-api.ts";
import { forgetPersonal } from "../session/forget-personal.ts";
import { RESTORE_RETRY_MS, RESTORE_TRIES_MAX } from "../session/limits.ts";
import { leaveSession, restoreSession, sessionState, setSessionAside, watchSession } from "../session/session-store.ts";
import { startSessionTabs } from "../session/session-tabs.ts";
import { isNodeUntried } from "../signing/rpc-choice.ts";
import { linkedWallet, unlinkWallet } from "./linked-wallet.ts";

function loseSession(): void {
  if (sessionState().kind !== "in") return;
  leaveSession();
  toast.info("Your session has ended.", { description: "Connect the wallet again to go on." });
}

/** The link follows the session: nobody signs for somebody else, and the session's end is the link's. */
function followSession(): void {
  let end: Timer | undefined;
  watchSession(() => {
    end?.cancel();
    const session = sessionState();
    if (session.kind === "in") {
      const leftMs = Date.parse(session.expiresAt) - systemClock.now();
      end = systemClock.timer(Math.max(0, leftMs), loseSession);
    }
    const account = linkedWallet()?.account.address;
    if (account !== undefined && (session.kind !== "in" || session.wallet !== account)) unlinkWallet();
  });
}

/** Live figures begin with the first who signs in; what follows them looks after sessions by itself from then on. */
function followLive(asking: QueryClient): void {
  const begin = (): void => {
    if (sessionState().kind !== "in") return;
    stop();
    void import("../api/live-events.ts").then(({ startLiveEvents }) => startLiveEvents(asking));
  };
  const stop = watchSession(begin);
}

/** Asks until the router says who is signed in; a router that is away for long makes nobody's session end. */
async function restorePatiently(): Promise<void> {
  for (let tries = 1; tries <= RESTORE_TRIES_MAX; tries += 1) {
    try {
      await restoreSession();
      return;
    } catch {
      if (tries < RESTORE_TRIES_MAX) await sleep(systemClock, RESTORE_RETRY_MS);
    }
  }
  setSessionAside();
}

/** Connects the wallet of who is signed in, where it gives itself unasked. */
async function rejoin(): Promise<void> {
  if (sessionState().kind !== "in") return;
  const { reconnect } = await import("./link-life.ts");
  await reconnect();
}

/** Restores the session and the wallet; whatever was asked as somebody is forgotten when that changes. */
export async function startWallets(asking: QueryClient): Promise<void> {
  followSession();
  forgetPersonal(asking);
  followLive(asking);
  whenSessionIsLost(loseSession);
  startSessionTabs(systemClock, () => void rejoin());
  if (isNodeUntried()) void import("../signing/rpc-change.ts").then(({ tryChosenNode }) => tryChosenNode());
  await restorePatiently();
  await rejoin();
}
