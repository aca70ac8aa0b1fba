// What the public lists answer, prepared: shared by all surfaces of a router.
import { LRUCache } from "lru-cache";
import { AimoError } from "@aimo-network/protocol/errors";
import type { ModelView, RankedOffer } from "../../market/model-view.ts";
import type { LiveOffer, OfferBook } from "../../market/offer-book.ts";
import type { FreeSlots } from "./endpoint-shapes.ts";
import { toEndpoint } from "./endpoint-shapes.ts";
import type { KeptAnswers, MadeAnswer } from "./kept-answers.ts";
import { createKeptAnswers, keptBytes } from "./kept-answers.ts";
import { ANSWERS_KEPT_BYTES_MAX, ANSWERS_KEPT_MAX } from "./limits.ts";
import type { Listed, Listings, ListingsDeps, Snapshot } from "./listings.ts";
import { createListings } from "./listings.ts";
import { selectModels } from "./model-filter.ts";
import type { ModelFilter, ModelQuery } from "./model-query.ts";
import { readModelQuery } from "./model-query.ts";
import { toModel } from "./model-shapes.ts";
import type { Compressor } from "./prepared-answer.ts";
import { createCompressor, PreparedAnswer } from "./prepared-answer.ts";
import { Slices } from "./slices.ts";

/** What a catalogue shows. */
export interface CatalogueDeps extends ListingsDeps {
  readonly book: Pick<OfferBook, "models" | "near"> & { readonly version: number };
  readonly freeSlots: FreeSlots;
}

/** The answers. */
export interface Catalogue {
  readonly compressor: Compressor;
  /** Other answers, by names that are no model's id. */
  readonly kept: KeptAnswers;
  /** The models that a query asks for; `nextPage` says where those from an offset on are asked for. */
  list(query: ModelQuery, nextPage: (offset: number) => string): Promise<PreparedAnswer>;
  /** How many models a filter leaves. */
  count(filter: ModelFilter): Promise<PreparedAnswer>;
  /** One model, with an envelope or without; throws `model_not_found`. */
  model(id: string, envelope: "data" | "none"): PreparedAnswer;
  /** The offers of a model; throws `model_not_found`. */
  endpoints(id: string): Promise<PreparedAnswer>;
  /** The offers of all models that say they keep nothing. */
  zdrEndpoints(): Promise<PreparedAnswer>;
  /** The offers of a provider, model by model, as a JSON array that is made anew. */
  offersOf(wallet: string): Promise<MadeAnswer>;
}

const COMMA = Buffer.from(",");

function listJson(models: readonly Listed[], total: number, next: string | null): Buffer {
  const pieces: Buffer[] = [Buffer.from('{"object":"list","data":[')];
  for (const [index, { text }] of models.entries()) {
    if (index > 0) pieces.push(COMMA);
    pieces.push(text);
  }
  pieces.push(Buffer.from(`],"total_count":${total},"links":{"next":${JSON.stringify(next)}}}`));
  return Buffer.concat(pieces);
}

const HOUR_MS = 3_600_000;

/** Equal for equal queries whose answers are equal; amounts are bigints, which JSON does not know. */
function keyOf(query: ModelQuery, nowMs: number): string {
  const { ageDaysMin, ageDaysMax } = query.filter;
  const hour = ageDaysMin === undefined && ageDaysMax === undefined ? undefined : Math.floor(nowMs / HOUR_MS);
  const write = (_name: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
  return JSON.stringify({ ...query, hour }, write);
}

const WHOLE_KEY = keyOf(readModelQuery({}), 0);

/** The whole list and its parts, each made once for as long as nothing changes. */
function createLists({ clock }: CatalogueDeps, listings: Listings): Pick<Catalogue, "list" | "count"> {
  let whole: { readonly snapshot: Snapshot; readonly answer: PreparedAnswer } | undefined;
  const parts = new LRUCache<string, PreparedAnswer>({
    max: ANSWERS_KEPT_MAX,
    maxSize: ANSWERS_KEPT_BYTES_MAX,
    sizeCalculation: (answer) => (answer === whole?.answer ? 1 : keptBytes(answer)), // the whole list is there anyway
  });

  /** The whole list; parts of another snapshot are forgotten. */
  const wholeOf = (snapshot: Snapshot): PreparedAnswer => {
    if (whole?.snapshot !== snapshot) {
      const { models } = snapshot;
      const answer = new PreparedAnswer(listJson(models, models.length, null), { isCommon: true });
      whole = { snapshot, answer };
      parts.clear();
    }
    return whole.answer;
  };

  /** A part of a snapshot, by a name that says all about it. */
  const part = (name: string, make: () => PreparedAnswer): PreparedAnswer => {
    const known = parts.get(name);
    if (known !== undefined) return known;
    const made = make();
    parts.set(name, made);
    return made;
  };

  return {
    async list(query, nextPage) {
      const snapshot = await listings.all();
      const all = wholeOf(snapshot);
      const key = keyOf(query, clock.now());
      if (key === WHOLE_KEY) return all;
      const { page, sort } = query;
      return part(page === undefined ? key : `${key} ${nextPage(0)}`, () => {
        const found = selectModels(snapshot.models, query, clock.now());
        if (page === undefined) {
          const isAll = sort === undefined && found.length === snapshot.models.length;
          return isAll ? all : new PreparedAnswer(listJson(found, found.length, null));
        }
        const end = page.offset + page.limit;
        const next = end < found.length ? nextPage(end) : null;
        return new PreparedAnswer(listJson(found.slice(page.offset, end), found.length, next));
      });
    },
    async count(filter) {
      const snapshot = await listings.all();
      wholeOf(snapshot); // or what was counted of another snapshot would be known still
      const query = { filter, sort: undefined, page: undefined };
      return part(`count ${keyOf(query, clock.now())}`, () => {
        const found = selectModels(snapshot.models, query, clock.now());
        return new PreparedAnswer(Buffer.from(JSON.stringify({ data: { count: found.length } })));
      });
    },
  };
}

/** Endpoints as JSON, made with pauses. */
function createEndpointLists({ clock, book, views, freeSlots }: CatalogueDeps, notFound: (id: string) => AimoError) {
  async function listOf(offers: Iterable<readonly [RankedOffer, ModelView]>): Promise<MadeAnswer> {
    const texts: string[] = [];
    const slices = new Slices(clock);
    for (const [one, view] of offers) {
      texts.push(JSON.stringify(toEndpoint(one, view, freeSlots)));
      if (slices.isOver()) await slices.pause();
    }
    return { json: `[${texts.join(",")}]`, offers: texts.length };
  }

  /** Of models that nobody offers so no view is made. */
  function* offersThat(
    isAsked: (offer: LiveOffer) => boolean,
    isShown: (one: RankedOffer) => boolean,
  ): Generator<readonly [RankedOffer, ModelView]> {
    for (const offers of book.models().values()) {
      if (!offers.some(isAsked)) continue;
      const view = views.of(offers);
      for (const one of view.ranked) if (isShown(one)) yield [one, view];
    }
  }

  return {
    async ofModel(id: string): Promise<MadeAnswer> {
      const offers = book.models().get(id);
      const view = offers && views.of(offers);
      const model = view && toModel(id, view);
      if (model === undefined || view === undefined) throw notFound(id);
      const { name, created, description, architecture } = model;
      const head = JSON.stringify({ id, name, created, description, architecture }).slice(0, -1);
      const byShare = view.ranked.toSorted(
        (one, other) => other.share - one.share || one.comparedPrice - other.comparedPrice,
      );
      const list = await listOf(byShare.map((one) => [one, view] as const));
      return { json: `{"data":${head},"endpoints":${list.json}}}`, offers: list.offers };
    },
    async zdr(): Promise<MadeAnswer> {
      const keepNothing = offersThat(
        ({ offer }) => offer.zdr === true,
        ({ terms }) => terms.zdr === true,
      );
      const { json, offers } = await listOf(keepNothing);
      return { json: `{"data":${json}}`, offers };
    },
    ofProvider: (wallet: string) =>
      listOf(
        offersThat(
          (offer) => offer.wallet === wallet,
          ({ offer }) => offer.wallet === wallet,
        ),
      ),
  };
}

/** Creates a catalogue in which nothing is made before somebody asks. */
export function createCatalogue(deps: CatalogueDeps): Catalogue {
  const { clock, book } = deps;
  const notFound = (id: string): AimoError => new AimoError("model_not_found", { model: id, near: book.near(id) });
  const listings = createListings(deps);
  const endpointLists = createEndpointLists(deps, notFound);
  const kept = createKeptAnswers(clock);
  return {
    compressor: createCompressor(),
    kept,
    ...createLists(deps, listings),
    model(id, envelope) {
      const listed = listings.one(id);
      if (listed === undefined) throw notFound(id);
      return envelope === "none"
        ? new PreparedAnswer(listed.text)
        : new PreparedAnswer(Buffer.concat([Buffer.from('{"data":'), listed.text, Buffer.from("}")]));
    },
    endpoints: (id) => kept.get(id, () => endpointLists.ofModel(id)),
    zdrEndpoints: () => kept.get("zdr", () => endpointLists.zdr()),
    offersOf: (wallet) => endpointLists.ofProvider(wallet),
  };
}
