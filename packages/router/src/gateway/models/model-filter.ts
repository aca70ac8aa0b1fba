// Which models a query lists, and in which order: pure.
import type { Listed, ListedOffer } from "./listings.ts";
import type { ModelFilter, ModelQuery } from "./model-query.ts";
import type { Sort } from "./model-query-shape.ts";

const MS_PER_DAY = 86_400_000;

/** Tests one offer for everything that is asked of offers: a model is listed where one of its offers has all of it. */
function offerTest(filter: ModelFilter): (offer: ListedOffer) => boolean {
  const { parameters, inputs, outputs, wallets, zdr, contextMin } = filter;
  const { promptMin, promptMax, completionMin, completionMax } = filter;
  return ({ price, ...offer }) =>
    (wallets === undefined || wallets.includes(offer.wallet)) &&
    (!zdr || offer.zdr) &&
    (contextMin === undefined || (offer.contextLength ?? 0) >= contextMin) &&
    (promptMin === undefined || price.prompt >= promptMin) &&
    (promptMax === undefined || price.prompt <= promptMax) &&
    (completionMin === undefined || price.completion >= completionMin) &&
    (completionMax === undefined || price.completion <= completionMax) &&
    parameters.every((name) => offer.parameters.includes(name)) &&
    inputs.every((name) => offer.inputs.includes(name)) &&
    (outputs === undefined || outputs.some((name) => offer.outputs.includes(name)));
}

/** The test of a filter. */
function modelTest(filter: ModelFilter, nowMs: number): (model: Listed) => boolean {
  const { text, authors, ageDaysMin, ageDaysMax } = filter;
  const isOffered = offerTest(filter);
  return (model) => {
    const ageDays = (nowMs - model.createdMs) / MS_PER_DAY;
    return (
      (text === undefined || model.words.includes(text)) &&
      (authors === undefined || authors.includes(model.author)) &&
      (ageDaysMin === undefined || ageDays >= ageDaysMin) &&
      (ageDaysMax === undefined || ageDays <= ageDaysMax) &&
      model.offers.some(isOffered)
    );
  };
}

type Order = (one: Listed, other: Listed) => number;

function byPrice({ price: one }: Listed, { price: other }: Listed): number {
  const [sum, otherSum] = [one.prompt + one.completion, other.prompt + other.completion];
  return sum < otherSum ? -1 : sum > otherSum ? 1 : 0;
}

/** What has not been measured comes last, whichever way. */
function measuredFirst(one: number | undefined, other: number | undefined, sign: 1 | -1): number {
  if (one === undefined || other === undefined) return (one === undefined ? 1 : 0) - (other === undefined ? 1 : 0);
  return (one - other) * sign;
}

/** Of equal ones the order of ids stays, which they come in. */
const ORDERS: Readonly<Record<Sort, Order>> = {
  newest: (one, other) => other.createdMs - one.createdMs,
  "pricing-low-to-high": byPrice,
  "pricing-high-to-low": (one, other) => byPrice(other, one),
  "context-high-to-low": (one, other) => other.contextLength - one.contextLength,
  "throughput-high-to-low": (one, other) => measuredFirst(one.throughput, other.throughput, -1),
  "latency-low-to-high": (one, other) => measuredFirst(one.latency, other.latency, 1),
};

/** The models that a query asks for, in its order, before its page is cut out. */
export function selectModels(
  models: readonly Listed[],
  { filter, sort }: ModelQuery,
  nowMs: number,
): readonly Listed[] {
  const found = models.filter(modelTest(filter, nowMs));
  return sort === undefined ? found : found.toSorted(ORDERS[sort]);
}
