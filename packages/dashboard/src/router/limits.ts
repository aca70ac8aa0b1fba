// Every limit of the pages about routers, each with its reason.

/** How long what a router says of itself is kept: it changes when its operator changes it. */
export const ROUTER_KEPT_MS = 60_000;
/** Until the router is asked again whether it answers: a page that is looked at tells of an outage within it. */
export const PULSE_MS = 15_000;
/** Until the chain is read again: two small accounts, by a node that may be everybody's. */
export const CHAIN_READ_MS = 30_000;
/** Until the router is asked again what it owes. */
export const SOLVENCY_ASKED_MS = 30_000;
/** Routers of the directory that are drawn: anybody may open one, the busiest come first. */
export const ROUTERS_SHOWN_MAX = 200;
