// What the router answers about one's own selling, by the names of its OpenAPI document.
import type { paths } from "../api/generated/schema.d.ts";

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": { data: infer Data } } } } };
}
  ? Data
  : never;

/** What was earned, by day and model, and what was not paid. */
export type Earnings = Answer<"/api/v1/provider/earnings">;

/** One day's earnings from one model. */
export type EarnedRow = Earnings["by_day"][number];

/** Why some answers were not paid, with how many and how much. */
export type UnpaidSum = Earnings["unpaid"][number];

/** What was served, by day and model, and the newest answers. */
export type Served = Answer<"/api/v1/provider/activity">;

/** One day's answers of one model. */
export type ServedRow = Served["by_day"][number];

/** One answer that was served. */
export type ServedAnswer = Served["recent"][number];

/** One offer of a model as the market sells it. */
export type Offer = Answer<"/api/v1/models/{author}/{slug}/endpoints">["endpoints"][number];

/** One withdrawal, open or ended. */
export type Withdrawal = Answer<"/api/v1/provider/withdrawals">[number];

/** What is connected and on sale. */
export type Offered = Answer<"/api/v1/provider/offers">;
