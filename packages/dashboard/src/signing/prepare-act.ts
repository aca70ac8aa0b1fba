// The part of an act that needs @solana/kit and the escrow's client: loaded when somebody is about to sign.
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { explainFailure } from "@aimo-network/escrow/failure";
import { toldWords } from "@aimo-network/escrow/describe/told-words";
import type { TransactionDescription } from "@aimo-network/escrow/describe/description";
import type { SentTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import { checkTransaction } from "@aimo-network/escrow/wish/check-transaction";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { textIn } from "@aimo-network/protocol/told-members";
import { isSolanaError } from "@solana/kit";
import type { IdentifierString } from "@wallet-standard/base";
import { ConsoleFault, faultWords } from "../api/fault-words.ts";
import type { TransactionAsked } from "../wallets/wallet-call.ts";
import { ActFault } from "./act-fault.ts";
import type { ReadyAct, ToldAct } from "./act-run.ts";
import type { Act, MadeTransaction } from "./act.ts";
import type { Chain } from "./chain-place.ts";
import { explorerLink } from "./explorer-link.ts";
import { landSigned } from "./land-signed.ts";
import type { AskRouter, Fate } from "./land-signed.ts";
import { checkSigned } from "./signed-check.ts";

interface SignerPatience {
  readonly signal: AbortSignal;
  /** Whose signature is wanted. */
  readonly signer: string | undefined;
}

/** What preparing an act needs of the page. */
export interface PrepareDeps {
  readonly clock: Clock;
  readonly askRouter: AskRouter;
  /** It has landed: this browser knows the router from now on. */
  noteLanded(chain: Chain): void;
  signTransaction(asked: TransactionAsked, patience: SignerPatience): Promise<Uint8Array>;
}

const NODE_WORDS_MAX = 200;
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

/** What the router takes part in is not begun with another one than the one that the person has money at. */
function otherRouter({ routerId, place }: Chain): ActFault {
  return new ActFault(
    "refused",
    "Nothing was signed: this router says that it is another one than the one you have signed for in this browser.",
    "Ask its operator, by another way than this page. Leaving without the router goes on working for the one that you know. Where it has really moved: once your money is out, delete this site’s data in the browser.",
    [`You have signed for the router ${routerId} of the program ${place.programAddress}.`],
  );
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

/** Nobody can tell yet, so that it is not offered again: whoever pays again could pay twice. */
function unknownFate(what: string, explorerUrl: string | undefined): ActFault {
  return new ActFault(
    "unknown",
    what,
    explorerUrl === undefined
      ? "Do not do it again for two minutes: what is not in your balance by then has expired."
      : "Look at it in the explorer before you do it again: what is not there after two minutes has expired.",
  );
}

/** Throws what the person has to know of a fate that is not that it has landed. */
function insistLanded(fate: Fate, { place }: Chain, explorerUrl: string | undefined): void {
  switch (fate.kind) {
    case "landed":
      return;
    case "rejected": {
      const { error } = explainFailure(fate.failure, place.programAddress);
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
    case "said":
      throw unknownFate("The router says that it has landed; your Solana node does not say so.", explorerUrl);
    case "refused": {
      const { what } = faultWords(fate.refusal);
      throw unknownFate(`The router has what you signed, and refuses it: ${what}`, explorerUrl);
    }
    case "unknown":
      throw unknownFate("It was sent, but what became of it is not known yet.", explorerUrl);
  }
}

/** What a node says that takes no transaction, or a page's own word. */
function refusedByNode(error: unknown, chain: Chain): unknown {
  if (!isSolanaError(error)) return error;
  const said = textIn(error.context, "__serverMessage") ?? error.message; // the message itself is a number in a build
  return new ConsoleFault(
    `The Solana node at ${new URL(chain.rpcUrl).host} does not take it: ${safeLine(said, NODE_WORDS_MAX)}`,
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
  if (chain.isDisputed === true && act.submit !== undefined) throw otherRouter(chain);
  const made = await act.make(chain).catch((error: unknown) => {
    throw refusedByProgram(error, chain);
  });
  const { bytes, wish, lastValidBlockHeight } = made;
  const description = await describedAsWished(made);
  return {
    told: await toldOf(description, wish, chain),
    async sign(signal) {
      const asked = { bytes, version: description.version, chain: chainName(chain) };
      const given = await deps.signTransaction(asked, { signal, signer: wish.signers[0] });
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
          const fate = await landSigned(
            { ...hands, submit: submit === undefined ? undefined : () => submit(signed.bytes) },
            sent,
          ).catch((error: unknown) => {
            throw refusedByNode(error, chain);
          });
          insistLanded(fate, chain, explorerUrl);
          deps.noteLanded(chain);
        },
      };
    },
  };
}
