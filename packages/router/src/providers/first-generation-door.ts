// How a first-generation proxy comes in: with the preflight its wallet made, and counted from its first byte.
import type { Duplex } from "node:stream";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import type { ByteBudget } from "./byte-budget.ts";
import type { AnswerDeps } from "./first-generation-answer.ts";
import { FirstGenerationLink } from "./first-generation-link.ts";
import { countIncoming } from "./incoming-bytes.ts";
import type { LinkEvents, LinkPeer } from "./link.ts";
import type { Preflights } from "./preflights.ts";

/** What links of this dialect need beside what every link needs. */
export interface FirstGenerationDeps extends AnswerDeps {
  readonly preflights: Preflights;
  /** Bytes of messages that have not come whole yet. */
  readonly incomingBytes: ByteBudget;
}

/**
 * Prepares a link for a connection that asks for its upgrade; throws `invalid_request` where the wallet has never made
 * a preflight. The proxy makes one when it starts and prints what it is refused with, so its operator sees what to do.
 */
export async function openFirstGeneration(
  deps: FirstGenerationDeps,
  wallet: string,
  connection: Duplex,
): Promise<(socket: WebSocket, peer: LinkPeer, log: Logger, events: LinkEvents) => FirstGenerationLink> {
  const followed = await deps.preflights.follow(wallet);
  if (followed === undefined) {
    throw new AimoError("invalid_request", {
      expected: "POST /api/v1/providers/connect/preflight before the first connection: start the proxy again",
      found: `none by ${wallet} that this router still has`,
    });
  }
  connection.once("close", () => followed.stop());
  if (connection.destroyed) followed.stop();
  return (socket, peer, log, events) => {
    const link = new FirstGenerationLink(deps, log, socket, peer, followed, events);
    countIncoming(connection, socket, deps.incomingBytes, () => {
      log.warn({ wallet }, "link closed: too many bytes of unfinished messages in this process");
      link.terminate();
    });
    return link;
  };
}
