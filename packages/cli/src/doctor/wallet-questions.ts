// Whether the wallet is here and can pay: SOL for fees, USDC, escrow, balance, and the allowance and its end.
import { solWords } from "@aimo-network/escrow/describe/foreign-text";
import type { CommandContext } from "../context.ts";
import type { OpenChain } from "../chain/open-chain.ts";
import { CommandFault } from "../fault.ts";
import { WALLET_LAMPORTS_LOW } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import type { Finding, Question } from "./question.ts";
import { bad, good, needed, NotAsked } from "./question.ts";

/** What these questions are about. */
export interface WalletScene {
  readonly wallet: Promise<CommandWallet>;
  readonly router: Promise<Router>;
  /** Somebody who only sells or has a key needs no funds here. */
  readonly needsFunds: boolean;
}

const AWAY = "the router does not answer";
const NO_WALLET = "there is no wallet here";

/** Judges SOL for fees. */
export function solFinding(lamports: bigint, address: string): Finding {
  const words = solWords(lamports);
  if (lamports >= WALLET_LAMPORTS_LOW) return good(words);
  return bad(`${words}: not enough for transactions`, `Send SOL to ${address}; 0.01 is plenty.`);
}

async function openChainFor(context: CommandContext, router: Router): Promise<OpenChain> {
  const { openChain } = await import("../chain/open-chain.ts"); // Solana's client
  try {
    return await openChain(context, router);
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    const { what, reason, code, next } = error.words;
    if (reason === "usage" || code === "chain_absent") throw new NotAsked(`not asked: ${what}`, next);
    throw error;
  }
}

async function solQuestion(chain: OpenChain, address: string): Promise<Finding> {
  const { askNode } = await import("../chain/solana-node.ts");
  const { value } = await askNode(
    chain.node,
    chain.node.rpc.getBalance(address as never, { commitment: "confirmed" }).send(),
  );
  return solFinding(value, address);
}

/** Opens chain and escrow once for all questions about them. */
function chainOf(context: CommandContext, { wallet, router }: WalletScene) {
  const chain = (async () => {
    const found = await needed(router, AWAY);
    await needed(wallet, NO_WALLET);
    return await openChainFor(context, found);
  })();
  const user = (async () => {
    const { readUser } = await import("../chain/standing.ts");
    return await readUser(context, await chain, await wallet);
  })();
  chain.catch(() => undefined); // each question that needs it tells
  user.catch(() => undefined);
  return { chain, user };
}

/** A lack that matters only to who pays from here. */
function lack({ needsFunds }: WalletScene, words: string, next: string): Finding {
  return needsFunds
    ? bad(words, next)
    : { verdict: "open", words: `${words}; only who calls models from this wallet needs one`, next };
}

async function balanceFinding(context: CommandContext, scene: WalletScene): Promise<Finding> {
  const router = await needed(scene.router, AWAY);
  const wallet = await needed(scene.wallet, NO_WALLET);
  if (router.facts.chain === undefined) throw new NotAsked("not asked: no money moves at this router");
  const { openAccount } = await import("../money/account-at-router.ts");
  const { available, lockable } = await (await openAccount(context, router, wallet)).balance();
  const isZero = (text: string): boolean => /^0(?:\.0+)?$/.test(text);
  if (isZero(available)) return lack(scene, "no balance at the router", "aimo topup 5");
  const words = `${available} USDC at the router, ${lockable} of it within the allowance`;
  return isZero(lockable)
    ? bad(words, "aimo allowance --total <usdc> raises it, and --expires-in <days> its end.")
    : good(words);
}

/** The questions about the wallet and its money. */
export function walletQuestions(context: CommandContext, scene: WalletScene): readonly Question[] {
  const { wallet } = scene;
  const { chain, user } = chainOf(context, scene);
  return [
    {
      id: "wallet",
      name: "wallet",
      async ask() {
        try {
          const { address, file } = await wallet;
          return good(`${address} (${file}, which nobody else can read)`);
        } catch (error) {
          const isMissing = error instanceof CommandFault && error.words.code === "wallet_missing";
          if (!isMissing || scene.needsFunds) throw error;
          throw new NotAsked("none here; a key is, which is enough to sell and to call", "aimo wallet new");
        }
      },
    },
    {
      id: "sol",
      name: "SOL for fees",
      ask: async () => await solQuestion(await chain, (await wallet).address),
    },
    {
      id: "usdc",
      name: "USDC in the wallet",
      async ask() {
        const { tokens, router } = await user;
        const { usdcWords } = await import("@aimo-network/escrow/plain-words");
        const amount = tokens.token?.amount ?? 0n;
        if (amount > 0n) return good(usdcWords(amount));
        throw new NotAsked(`none; only \`aimo topup\` needs some (of the mint ${router.data.mint})`);
      },
    },
    {
      id: "escrow",
      name: "escrow",
      async ask() {
        const { escrow, escrowAddress } = await user;
        return escrow === undefined
          ? lack(scene, "none is open", "aimo topup 5 opens one.")
          : good(`open at ${escrowAddress}`);
      },
    },
    { id: "balance", name: "balance", ask: () => balanceFinding(context, scene) },
    { id: "allowance", name: "allowance", ask: () => allowanceFinding(user) },
  ];
}

async function allowanceFinding(user: ReturnType<typeof chainOf>["user"]): Promise<Finding> {
  const { escrow, router, now } = await user;
  if (escrow === undefined) throw new NotAsked("not asked: no escrow is open");
  const [{ allowanceInForce, allowanceLeft }, { momentWords, usdcWords }] = await Promise.all([
    import("@aimo-network/escrow/accounts/escrow-facts"),
    import("@aimo-network/escrow/plain-words"),
  ]);
  const { expiresAt } = allowanceInForce(escrow.data, now.time);
  const left = allowanceLeft(escrow.data, router.data, now.time);
  const words = `${usdcWords(left)} left, until ${momentWords(expiresAt)}`;
  if (now.time >= expiresAt)
    return bad(`ended ${momentWords(expiresAt)}`, "aimo allowance --expires-in 365 sets a new end.");
  return left > 0n ? good(words) : bad(words, "aimo allowance --total <usdc> raises it.");
}
