// What a load process can be told to do, and how orders and outcomes travel between the two processes.
import type { Burst, BurstOrder, GetOrder, Times } from "./burst.ts";
import type { CancelOrder } from "./cancel-latency.ts";
import type { CompanyOrder, CompanyOutcome } from "./company.ts";

/** Every order with its outcome, by name. */
export interface Orders {
  burst: { readonly order: BurstOrder; readonly outcome: Burst };
  gets: { readonly order: GetOrder; readonly outcome: Burst };
  cancels: { readonly order: CancelOrder; readonly outcome: Times };
  /** Company that stays, and more of it that comes to it, until all is dismissed. */
  company: { readonly order: CompanyOrder; readonly outcome: undefined };
  dismiss: { readonly order: undefined; readonly outcome: CompanyOutcome };
}

/** An order on its way. */
export type SentOrder = {
  [Name in keyof Orders]: { readonly id: number; readonly name: Name; readonly order: Orders[Name]["order"] };
}[keyof Orders];

/** The answer to an order: what came out, or why nothing did. */
export type SentOutcome =
  | { readonly id: number; readonly outcome: unknown }
  | { readonly id: number; readonly failure: string };
