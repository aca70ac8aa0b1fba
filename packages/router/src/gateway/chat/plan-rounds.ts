// The models of a request as rounds of the choice: one for each, or one for all where a sort looks at all their offers together.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Market } from "../../market/market.ts";
import type { ModelName } from "../../market/model-name.ts";
import { parseModelName } from "../../market/model-name.ts";
import type { ModelView } from "../../market/model-view.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { NamedProvider, Preferences } from "../../market/preferences.ts";
import type { ChatRequest } from "./chat-request.ts";

/** The offers of one model of the request. */
export interface Asked {
  readonly name: ModelName;
  readonly offers: readonly LiveOffer[];
}

/** The models that somebody sells, in the client's order; throws `model_not_found` where there is none. */
export function findOffers(
  market: Market,
  { models, model }: Pick<ChatRequest, "models" | "model">,
): readonly [Asked, ...Asked[]] {
  const found = models.flatMap((text): Asked[] => {
    const name = parseModelName(text);
    const offers = name === undefined ? [] : market.book.find(name);
    return name === undefined || offers.length === 0 ? [] : [{ name, offers }];
  });
  const [first, ...rest] = found;
  if (first === undefined) throw new AimoError("model_not_found", { model, near: market.book.near(model) });
  return [first, ...rest];
}

/** A suffix is a short word for a sort; what the client says in full counts. */
function preferencesFor({ variant }: ModelName, asked: Preferences): Preferences {
  if (variant === undefined || asked.sort !== undefined) return asked;
  return { ...asked, sort: variant === "floor" ? "price" : "throughput" };
}

/** Offers that are chosen among together, by views that are kept: making one takes longer than all else here. */
export interface Round {
  readonly view: ModelView;
  /** Those whose model's name names their provider. */
  readonly named: readonly NamedProvider[];
  readonly preferences: Preferences;
}

function roundOf(market: Market, { name, offers }: Asked, preferences: Preferences): Round {
  const named = name.kind === "wallet" ? [name] : [];
  return { view: market.views.of(offers), named, preferences: preferencesFor(name, preferences) };
}

/** Two names may be one model's: its offers are the first's alone. */
function withoutSeen(round: Round, seen: Set<LiveOffer>): Round {
  const ranked = round.view.ranked.filter(({ offer }) => !seen.has(offer));
  for (const { offer } of ranked) seen.add(offer);
  return { ...round, view: { ...round.view, ranked } };
}

/** One round for each model, or one for all where a sort looks at all their offers together. */
export function roundsOf(
  market: Market,
  asked: readonly [Asked, ...Asked[]],
  preferences: Preferences,
): readonly [Round, ...Round[]] {
  const [first, ...others] = asked;
  const round = roundOf(market, first, preferences);
  if (others.length === 0) return [round];
  const seen = new Set(round.view.ranked.map(({ offer }) => offer));
  const rounds = [round, ...others.map((one) => withoutSeen(roundOf(market, one, preferences), seen))] as const;
  if (preferences.partition === "model" || preferences.sort === undefined) return rounds;
  const ranked = rounds.flatMap(({ view }) => view.ranked);
  return [{ view: { ...round.view, ranked }, named: rounds.flatMap(({ named }) => named), preferences }];
}
