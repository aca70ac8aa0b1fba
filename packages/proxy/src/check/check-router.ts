// Connects to a router once, without offering anything, to see whether it is there and takes the key.
import type { Clock } from "@aimo-network/protocol/clock";
import type { RouterTarget } from "../config/proxy-config.ts";
import type { Environment } from "../config/reading.ts";
import { Ends } from "../ends/ends.ts";
import type { LinkEnd } from "../link/dial.ts";
import { askWhoIsThere } from "../link/router-identity.ts";
import { LinkSession } from "../link/session.ts";
import type { Log } from "../log.ts";
import type { Server } from "../serving/serve.ts";
import { SOFTWARE, VERSION } from "../version.ts";
import type { Finding, Verdict } from "./finding.ts";
import { shown } from "./finding.ts";

/** The row of one router. */
export interface RouterReport {
  readonly url: string;
  readonly reachable: Verdict;
  readonly key: Verdict;
  readonly findings: readonly Finding[];
}

/** What a router is tried with; `server` refuses what might come. */
export interface RouterTools {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly log: Log;
  readonly server: Server;
}

/** Resolves once the router has welcomed this proxy or has not; the key goes to nobody but the router of the config. */
export async function checkRouter(tools: RouterTools, target: RouterTarget): Promise<RouterReport> {
  const stranger = await askForId(tools, target);
  return stranger === undefined ? await connectOnce(tools, target) : failedReport(target.url, stranger);
}

function askForId({ clock, environment }: RouterTools, target: RouterTarget): Promise<LinkEnd | undefined> {
  const { id } = target;
  if (id === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    askWhoIsThere(clock, environment, { ...target, id }, resolve);
  });
}

function connectOnce({ log, ...tools }: RouterTools, target: RouterTarget): Promise<RouterReport> {
  const { url } = target;
  const ends = new Ends(tools.clock, log, undefined); // a check replays nothing
  const hello = { software: SOFTWARE, version: `${VERSION} check`, max_concurrency: 1 };
  return new Promise((resolve) => {
    const session: LinkSession = new LinkSession({ ...tools, ends }, target, hello, [], {
      live() {
        resolve({ url, reachable: "works", key: "works", findings: [] });
        session.close(1000, "checked");
      },
      noticed: () => undefined,
      drained: () => undefined,
      closed: (end) => resolve(failedReport(url, end)),
    });
  });
}

function failedReport(url: string, end: LinkEnd): RouterReport {
  const reason = shown(end.reason);
  if (end.kind === "stranger") {
    const fix = "Check routers.url and routers.id: both come from whoever runs the router.";
    const finding: Finding = { severity: "fails", what: reason, fix };
    return { url, reachable: "fails", key: "-", findings: [finding] };
  }
  if (end.kind === "closed") {
    const fix = "Check routers.url, the network, and HTTPS_PROXY if a proxy is needed.";
    const finding: Finding = { severity: "fails", what: `cannot connect: ${reason} (code ${end.code})`, fix };
    return { url, reachable: "fails", key: "-", findings: [finding] };
  }
  if (end.status === 401 || end.status === 403) {
    const fix = "Make a provider key (scope completion_model) for this router and put it into api_key.";
    const finding: Finding = { severity: "fails", what: `the router refuses the key: ${reason}`, fix };
    return { url, reachable: "works", key: "fails", findings: [finding] };
  }
  const fix = "Check routers.url: it is the address of a router, without a path.";
  const finding: Finding = { severity: "fails", what: `the address answers ${end.status}: ${reason}`, fix };
  return { url, reachable: "fails", key: "-", findings: [finding] };
}
