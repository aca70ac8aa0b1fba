// All models on sale as the lists show them: JSON ready to send, with what filters and sorts look at; only what has changed is made anew.
import { hash } from "node:crypto";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Price } from "@aimo-network/protocol/price";
import type { ModelViews } from "../../market/model-view.ts";
import type { LiveOffer, OfferBook } from "../../market/offer-book.ts";
import { supportedParameters } from "../../market/parameters.ts";
import type { OfferTruth } from "../../market/truth/offer-truth.ts";
import { restAfter } from "./kept-answers.ts";
import { LIST_AGE_MS_MAX, LIST_MEASURED_MS } from "./limits.ts";
import { cheapest, openOffers, toModel } from "./model-shapes.ts";
import { Slices } from "./slices.ts";

/** What filters ask of one offer. */
export interface ListedOffer {
  readonly wallet: string;
  readonly price: Price;
  readonly contextLength: number | undefined;
  readonly parameters: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly zdr: boolean;
}

/** One model as lists show it. */
export interface Listed {
  readonly id: string;
  /** Its JSON. */
  readonly text: Buffer;
  readonly digest: string;
  /** Whether its name alone gets to one of its offers. */
  readonly isOpen: boolean;
  readonly author: string;
  /** Its id and name, in lower case. */
  readonly words: string;
  readonly createdMs: number;
  /** Of its cheapest offer. */
  readonly price: Price;
  readonly contextLength: number;
  readonly latency: number | undefined;
  readonly throughput: number | undefined;
  /** Those that its name gets to; where there are none, all. */
  readonly offers: readonly ListedOffer[];
}

/** All models at one moment. */
export interface Snapshot {
  /** Equal for equal lists. */
  readonly digest: string;
  /** By id. */
  readonly models: readonly Listed[];
}

/** What listings are made from. */
export interface ListingsDeps {
  readonly clock: Clock;
  readonly book: Pick<OfferBook, "models"> & { readonly version: number };
  readonly truth: OfferTruth;
  readonly views: ModelViews;
}

/** Keeps the listings. */
export interface Listings {
  /** All models whose names get to somebody; made anew where it is due, and then waited for only by who comes first. */
  all(): Snapshot | Promise<Snapshot>;
  /** One model as it is now. */
  one(id: string): Listed | undefined;
}

interface Entry {
  readonly offers: readonly LiveOffer[];
  readonly findings: string;
  readonly tick: number;
  readonly listed: Listed | undefined;
}

interface Made {
  readonly snapshot: Snapshot;
  readonly book: number;
  readonly truth: number;
  readonly tick: number;
  readonly madeMs: number;
  readonly restUntilMs: number;
}

/** Creates listings; nothing is made before somebody asks. */
export function createListings({ clock, book, truth, views }: ListingsDeps): Listings {
  const entries = new Map<string, Entry>();
  let made: Made | undefined;
  let making: Promise<Snapshot> | undefined;

  const tickNow = (): number => Math.floor(clock.monotonic() / LIST_MEASURED_MS);
  const findingsOf = (offers: readonly LiveOffer[]): string =>
    offers
      .map(({ id }) => truth.finding(id))
      .map(({ verdict, withdrawn }) => (withdrawn.size === 0 ? verdict : `${verdict} ${[...withdrawn].join()}`))
      .join("|");

  const entryOf = (id: string, offers: readonly LiveOffer[], tick: number): Entry => {
    const known = entries.get(id);
    const findings = findingsOf(offers);
    if (known?.offers === offers && known.tick === tick && known.findings === findings) return known;
    const entry = { offers, findings, tick, listed: toListed(id, offers, views) };
    entries.set(id, entry);
    return entry;
  };

  const make = async (): Promise<Snapshot> => {
    const from = { book: book.version, truth: truth.version, tick: tickNow() };
    const models: Listed[] = [];
    const slices = new Slices(clock);
    let offerCount = 0;
    for (const [id, offers] of book.models()) {
      offerCount += offers.length;
      const { listed } = entryOf(id, offers, from.tick);
      if (listed?.isOpen === true) models.push(listed);
      if (slices.isOver()) await slices.pause();
    }
    for (const id of entries.keys()) if (!book.models().has(id)) entries.delete(id);
    models.sort((one, other) => (one.id < other.id ? -1 : 1));
    const digest = hash("sha256", models.map((listed) => listed.digest).join(), "base64url");
    const endMs = clock.monotonic();
    const restMs = restAfter(slices.busyMs(), offerCount);
    const snapshot = made?.snapshot.digest === digest ? made.snapshot : { digest, models };
    made = { ...from, snapshot, madeMs: endMs, restUntilMs: endMs + restMs };
    making = undefined;
    return snapshot;
  };

  const isCurrent = ({ book: version, truth: found, tick, restUntilMs }: Made): boolean =>
    (version === book.version && found === truth.version && tick === tickNow()) || clock.monotonic() < restUntilMs;

  return {
    all() {
      if (made !== undefined && isCurrent(made)) return made.snapshot;
      if (making !== undefined) {
        const isFresh = made !== undefined && clock.monotonic() - made.madeMs < LIST_AGE_MS_MAX;
        return isFresh && made !== undefined ? made.snapshot : making;
      }
      const before = made;
      const work = make(); // where it is done without a pause, it is done now
      if (made !== before && made !== undefined) return made.snapshot;
      making = work.finally(() => (making = undefined));
      return making;
    },
    one(id) {
      const offers = book.models().get(id);
      return offers === undefined ? undefined : entryOf(id, offers, tickNow()).listed;
    },
  };
}

function toListed(id: string, offers: readonly LiveOffer[], views: ModelViews): Listed | undefined {
  const view = views.of(offers);
  const model = toModel(id, view);
  const open = openOffers(view);
  const shown = cheapest(open);
  if (model === undefined || shown === undefined) return undefined;
  const text = Buffer.from(JSON.stringify(model));
  return {
    id,
    text,
    digest: hash("sha256", text, "base64url"),
    isOpen: shown.hidden === undefined,
    author: model.owned_by,
    words: `${id} ${model.name}`.toLowerCase(),
    createdMs: model.created * 1000,
    price: shown.offer.price,
    contextLength: model.context_length ?? 0,
    latency: model.aimo.latency_p50 ?? undefined,
    throughput: model.aimo.throughput_p50 ?? undefined,
    offers: open.map(({ offer, terms }) => ({
      wallet: offer.wallet,
      price: offer.price,
      contextLength: terms.context_length,
      parameters: supportedParameters(terms),
      inputs: terms.input_modalities,
      outputs: terms.output_modalities,
      zdr: terms.zdr ?? false,
    })),
  };
}
