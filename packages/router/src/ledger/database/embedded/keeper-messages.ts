// What a router and the keeper of its embedded PostgreSQL tell each other.
import type { PostgresHome } from "./postgres-home.ts";

/** All a keeper needs to run a database. */
export interface KeeperPlan {
  readonly home: PostgresHome;
  /** Undefined settings are PostgreSQL's own. */
  readonly settings: Readonly<Record<string, string>>;
  readonly routerProcessId: number;
}

/** From the router. */
export type KeeperOrder = { readonly type: "start"; readonly plan: KeeperPlan } | { readonly type: "stop" };

/** From the keeper. */
export type KeeperReport =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly reason: string }
  /** What PostgreSQL said, or what happened to it. */
  | { readonly type: "line"; readonly line: string; readonly isUsual: boolean };
