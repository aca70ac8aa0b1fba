// Hands what was signed to the router, which sends it again while it may land, and asks it what became of it.
import type { Cluster } from "@aimo-network/escrow/clusters";
import type { SignedTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import { LANDING_UNANSWERED_MS, LANDING_WAIT_MS } from "@aimo-network/escrow/limits";
import { sleep } from "@aimo-network/protocol/clock";
import { objectIn, textIn } from "@aimo-network/protocol/told-members";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { ROUTER_LANDING_POLL_MS } from "../limits.ts";
import type { RouterClient } from "../network/router-client.ts";
import { expired, rejected, unsettled } from "./landing.ts";
import type { Landed } from "./landing.ts";
import { howToLook } from "./landing-words.ts";

/** Where a router takes transactions. */
export interface RouterDesk {
  readonly client: RouterClient;
  readonly cluster: Cluster | undefined;
  /** Where it is handed in: `/api/v1/account/transactions`, or a withdrawal's own place. */
  readonly path: string;
}

/** How far a transaction is, as a router says it. */
interface ToldLanding {
  readonly status: string | undefined;
  readonly failure: string | undefined;
}

/** How far it is: of a withdrawal in `landing`, which is null where it has ended. */
function landingIn(body: unknown): ToldLanding {
  const data = objectIn(body, "data");
  if (!("landing" in data)) return { status: textIn(data, "status"), failure: textIn(data, "failure") };
  const landing = objectIn(data, "landing");
  const ended = textIn(data, "state") === "confirmed" ? "confirmed" : undefined;
  return { status: textIn(landing, "status") ?? ended, failure: textIn(landing, "failure") };
}

/** The codes of a router's answer after which the transaction may be on its way all the same. */
const OPEN_CODES: ReadonlySet<string | undefined> = new Set(["chain_unavailable", "transaction_not_found"]);

/** What a router refuses, in the words for what became of the transaction. */
function faultOf(error: unknown): unknown {
  if (!(error instanceof CommandFault)) return error;
  const { code, why = "", what } = error.words;
  if (code === "transaction_expired") return expired();
  if (code === "transaction_failed" || code === "escrow_refused") return rejected(why, code, error);
  return code === undefined
    ? error
    : new CommandFault({ ...error.words, what, reason: error.words.reason }, { cause: error });
}

/** Hands it in, and waits until the router says that it has landed. Throws `CommandFault` as `submitByNode` does. */
export async function submitByRouter(
  context: CommandContext,
  { client, cluster, path }: RouterDesk,
  { wire, signature }: SignedTransaction,
): Promise<Landed> {
  const { clock, interrupted, terminal } = context;
  const startedMs = clock.monotonic();
  const progress = terminal.progress(`Handing ${signature} to the router`);
  const what = "The router does not send the transaction: nothing has moved.";
  let answeredMs = startedMs;
  let unanswered: CommandFault | undefined;
  let isHandedIn = false;
  /** undefined where the router does not answer, or knows nothing. */
  const ask = async (): Promise<ToldLanding | undefined> => {
    try {
      const body = isHandedIn
        ? await client.call(`/api/v1/account/transactions/${signature}`, { signal: interrupted, what })
        : await client.call(path, { body: { transaction: wire }, signal: interrupted, what });
      isHandedIn = true;
      answeredMs = clock.monotonic();
      return landingIn(body);
    } catch (error) {
      if (!(error instanceof CommandFault)) throw error;
      const { code, reason } = error.words;
      if (code === "transaction_not_found") answeredMs = clock.monotonic();
      const isOpen = reason === "unreachable" || OPEN_CODES.has(code) || interrupted.aborted;
      if (!isOpen) throw faultOf(error);
      unanswered = error;
      return undefined;
    }
  };
  const give = (why: string): never => {
    throw unsettled(signature, why, howToLook(signature, cluster, undefined), unanswered);
  };
  try {
    for (;;) {
      const found = await ask();
      if (found?.status === "confirmed" || found?.status === "finalized") return { signature, status: found.status };
      if (found?.status === "failed")
        throw rejected(found.failure ?? "the router does not say why.", "transaction_failed");
      if (interrupted.aborted) give("interrupted while it was on its way; it may land within a minute.");
      const nowMs = clock.monotonic();
      if (nowMs - answeredMs >= LANDING_UNANSWERED_MS) {
        give(
          `the router does not answer (${unanswered?.words.why ?? ""}); the transaction may have arrived all the same.`,
        );
      }
      if (nowMs - startedMs >= LANDING_WAIT_MS) give("the router has sent it and does not see it confirmed.");
      progress.at(`Sent ${signature}, waiting for the chain to confirm it`);
      await sleep(clock, ROUTER_LANDING_POLL_MS, interrupted);
    }
  } finally {
    progress.done();
  }
}
