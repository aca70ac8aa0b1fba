// The key that pays for answers: the one that is given, else one that the wallet signs for this command alone.
import type { MicroUsdc, NanoUsdc } from "@aimo-network/protocol/money";
import { divide, microUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { CHAT_KEY_REST_MS } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import { variable } from "../settings/environment.ts";

/** Pays for answers. */
export interface SpendingKey {
  /** Who pays, for people. */
  readonly payer: string;
  /** Nobody else has it. */
  readonly isOwn: boolean;
  /** The key to ask with now; `spent` is what was charged to those before it. */
  bearer(spent: NanoUsdc): Promise<string>;
}

/** Reads `--limit`: USDC that may be spent; undefined where there is none. */
export function readLimit(text: string | boolean | readonly string[] | undefined): MicroUsdc | undefined {
  if (typeof text !== "string") return undefined;
  const limit = parseMicroUsdc(text);
  if (limit > 0n) return limit;
  throw new CommandFault({
    what: "--limit: expected more than 0 USDC.",
    next: "Such as --limit 0.50.",
    reason: "usage",
  });
}

/** What is left of a limit, rounded up to what a key can hold; a key's limit is never 0, for that would be none. */
function restOf(limit: MicroUsdc, spent: NanoUsdc): MicroUsdc {
  const spentMicro = divide(spent, 1_000n, "down");
  return microUsdc(limit > spentMicro ? limit - spentMicro : 1n);
}

const BEARER = /^[\x21-\x7E]+$/; // what a header may hold

/** The key in AIMO_API_KEY, where no wallet is named that is to pay instead. */
function givenKey({ environment, options }: CommandContext): string | undefined {
  const given = variable(environment, "AIMO_API_KEY")?.trim();
  if (given === undefined || options.walletFile !== undefined) return undefined;
  if (BEARER.test(given)) return given;
  throw new CommandFault({
    what: "AIMO_API_KEY is no key.",
    why: "a key has no spaces and only plain letters, digits and signs.",
    next: "Set it to what `aimo keygen` prints, or unset it: the wallet signs a key then.",
    reason: "wallet",
    code: "malformed_key",
  });
}

/** Opens it: `--id`, else AIMO_API_KEY, else the usual wallet. Throws `CommandFault` where there is neither key nor wallet. */
export async function openSpendingKey(
  context: CommandContext,
  router: Router,
  { limit, validForMs }: { readonly limit: MicroUsdc | undefined; readonly validForMs: number },
): Promise<SpendingKey> {
  const given = givenKey(context);
  if (given !== undefined)
    return { payer: "the key in AIMO_API_KEY", isOwn: false, bearer: () => Promise.resolve(given) };
  const [{ openWallet }, { ownKey }] = await Promise.all([
    import("../wallet/open-wallet.ts"),
    import("../network/own-key.ts"),
  ]);
  const wallet = await openWallet(context);
  let key: { readonly bearer: string; readonly endsMs: number } | undefined;
  return {
    payer: `the wallet ${wallet.address}`,
    isOwn: true,
    async bearer(spent) {
      const nowMs = context.clock.now();
      if (key !== undefined && nowMs < key.endsMs - Math.min(CHAT_KEY_REST_MS, validForMs / 2)) return key.bearer;
      const bearer = await ownKey(context, router.id, wallet, {
        scopes: ["completion_model"],
        isEarnOnly: false,
        validForMs,
        ...(limit !== undefined && { usageLimit: restOf(limit, spent) }),
      });
      key = { bearer, endsMs: nowMs + validForMs };
      return bearer;
    },
  };
}
