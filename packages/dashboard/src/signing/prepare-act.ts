// The part of an act that needs @solana/kit and the escrow's client: loaded when somebody is about to sign.
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { explainFailure } from "@aimo-network/escrow/failure";
import { toldWords } from "@aimo-network/escrow/describe/told-words";
import type { TransactionDescription } from "@aimo-network/escrow/describe/description";
import type { LandingVerdict, SentTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import { checkTransaction } from "@aimo-network/escrow/wish/check-transaction";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { isSolanaError } from "@solana/kit";
import type { IdentifierString } from "@wallet-standard/base";
import { ConsoleFault } from "../api/fault-words.ts";
import type { TransactionAsked } from "../wallets/wallet-call.ts";
import { ActFault } from "./act-fault.ts";
import type { ReadyAct, ToldAct } from "./act-run.ts";
import type { Act, MadeTransaction } from "./act.ts";
import type { Chain } from "./chain-place.ts";
import { explorerLink } from "./explorer-link.ts";
import type { AskRouter } from "./follow-router.ts";
import { landSigned } from "./land-signed.ts";
import { checkSigned } from "./signed-check.ts";

/** What preparing an act needs of the page. */
export interface PrepareDeps {
  readonly clock: Clock;
  readonly askRouter: AskRouter;
  signTransaction(asked: TransactionAsked, patience: { readonly signal: AbortSignal }): Promise<Uint8Array>;
}

const OWN_ACCOUNT = "your USDC account";
const TRY_AGAIN = "Try again once that is mended.";

/** What addresses are called here: the router by where the person is, and the token account that is surely the wallet's own. */
async function namesOf({ place, mint, url }: Chain, wish: TransactionWish): Promise<Readonly<Record<string, string>>> {
  const [owner] = wish.signers;
  const names = { ...wish.names, [place.address]: new URL(url).host };
  return owner === undefined ? names : { ...names, [await associatedTokenAddress({ owner, mint })]: OWN_ACCOUNT };
}

/** A description as the person reads it: told-words has the deeds first, then the fee, then what is odd. */
async function toldOf(description: TransactionDescription, wish: TransactionWish, chain: Chain): Promise<ToldAct> {
  const words = toldWords(description, await namesOf(chain, wish)).map((line) =>
    line.replaceAll(`the token account ${OWN_ACCOUNT} of your wallet`, OWN_ACCOUNT),
  );
  const deeds = description.actions.filter(({ program }) => program !== "compute_budget").length;
  return {
    question: wish.question,
    deeds: words.slice(0, deeds),
    fee: words[deeds] ?? "",
    warnings: words.slice(deeds + 1),
  };
}

async function describedAsWished({ bytes, wish }: MadeTransaction): Promise<TransactionDescription> {
  const check = await checkTransaction(bytes, wish);
  if (check.kind === "as_wished") return check.description;
  throw new ActFault(
    "refused",
    "Nothing was signed: this transaction is not what you asked for.",
    "Whoever made it may be broken or dishonest: do not try to sign it elsewhere, and tell the router’s operator.",
    check.kind === "different" ? check.differences : [`It cannot be read: ${check.reason}.`],
  );
}

function rejectedWords(error: unknown): string {
  if (!isAimoError(error, "transaction_failed")) return error instanceof Error ? error.message : TRY_AGAIN;
  const { program, reason, advice } = error.context;
  return `${program ?? "The chain"} says that ${reason}; ${advice}.`;
}

/** Throws what the person has to know of a verdict that is not that it has landed. */
function insistLanded(verdict: LandingVerdict, { place }: Chain, explorerUrl: string | undefined): void {
  switch (verdict.kind) {
    case "landed":
      return;
    case "rejected": {
      const { error } = explainFailure(verdict.failure, place.programAddress);
      const words = rejectedWords(error);
      throw new ActFault(
        "rejected",
        "The chain rejected it: nothing has moved.",
        words.replace(/^./, (first) => first.toUpperCase()),
      );
    }
    case "expired":
      throw new ActFault(
        "expired",
        "It did not land: nothing was spent.",
        "A transaction lives about a minute from when it is made. Try again, and confirm it in the wallet within that.",
      );
    case "unknown":
      throw new ActFault(
        "unknown",
        "It was sent, but what became of it is not known yet.",
        explorerUrl === undefined
          ? "Do not do it again for two minutes: what is not in your balance by then has expired."
          : "Look at it in the explorer before you do it again: what is not there after two minutes has expired.",
      );
  }
}

/** What a node says that takes no transaction, or a page's own word. */
function refusedByNode(error: unknown, chain: Chain): unknown {
  if (!isSolanaError(error)) return error;
  return new ConsoleFault(
    `The Solana node at ${new URL(chain.rpcUrl).host} does not take it: ${error.message}`,
    "Nothing was spent. Try again, or choose another node in the wallet’s menu.",
  );
}

/** What composing a transaction failed with, where it is the program's own word. */
function refusedByProgram(error: unknown, chain: Chain): unknown {
  if (isAimoError(error)) return new ConsoleFault(error.message);
  return refusedByNode(error, chain);
}

function chainName({ cluster }: Chain): IdentifierString {
  return `solana:${cluster?.name ?? "localnet"}`;
}

/** Has the act made and checks its bytes; throws `ActFault` where they do anything else than was wished. */
export async function prepareAct(act: Act, chain: Chain, deps: PrepareDeps): Promise<ReadyAct> {
  const made = await act.make(chain).catch((error: unknown) => {
    throw refusedByProgram(error, chain);
  });
  const { bytes, wish, lastValidBlockHeight } = made;
  const description = await describedAsWished(made);
  return {
    told: await toldOf(description, wish, chain),
    async sign(signal) {
      const asked = { bytes, version: description.version, chain: chainName(chain) };
      const given = await deps.signTransaction(asked, { signal });
      const signed = await checkSigned({ bytes, wish, description }, given);
      const explorerUrl = explorerLink("tx", signed.signature, chain);
      const sent: SentTransaction = { ...signed, ...(lastValidBlockHeight !== undefined && { lastValidBlockHeight }) };
      return {
        signature: signed.signature,
        explorerUrl,
        async land() {
          const submit = act.submit?.bind(act);
          const { clock, askRouter } = deps;
          const hands = { rpc: chain.rpc, clock, askRouter, onSent: () => undefined };
          const verdict = await landSigned(
            { ...hands, submit: submit === undefined ? undefined : () => submit(signed.bytes) },
            sent,
          ).catch((error: unknown) => {
            throw refusedByNode(error, chain);
          });
          insistLanded(verdict, chain, explorerUrl);
        },
      };
    },
  };
}
