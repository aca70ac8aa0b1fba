// A batch of health as the arrays `offer_health_add` takes.
import type { BookedHealth } from "./offer-health-books.ts";

const dateOf = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

/** The values after the instance, the batch's number and the day. */
export function offerHealthValues({ offers, slots, speeds }: BookedHealth): readonly unknown[] {
  const sorted = offers.toSorted((one, other) => (one.offerId < other.offerId ? -1 : 1));
  const places = new Map(sorted.map(({ offerId }, index) => [offerId, index + 1]));
  const standings = sorted.map(({ standing }) => standing);
  const payers = sorted.flatMap((offer, index) => offer.payers.map((payer) => ({ payer, place: index + 1 })));
  return [
    sorted.map(({ offerId }) => offerId),
    sorted.map(({ successes }) => successes),
    sorted.map(({ firstSuccessMs }) => dateOf(firstSuccessMs)),
    standings.map((standing) => standing?.mode),
    standings.map((standing) => dateOf(standing?.outageUntilMs)),
    standings.map((standing) => standing?.proofNeeded),
    standings.map((standing) => standing?.relapses),
    standings.map((standing) => dateOf(standing?.returnedMs)),
    standings.map((standing) => dateOf(standing?.changedMs)),
    payers.map(({ place }) => place),
    payers.map(({ payer }) => payer),
    slots.map(({ offerId }) => places.get(offerId)),
    slots.map(({ slot }) => slot),
    slots.map(({ succeeded }) => succeeded),
    slots.map(({ failed }) => failed),
    speeds.map(({ offerId }) => places.get(offerId)),
    speeds.map(({ slot }) => slot),
    speeds.map(({ kind }) => kind),
    speeds.map(({ bucket }) => bucket),
    speeds.map(({ count }) => count),
  ];
}
