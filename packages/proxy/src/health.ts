// Health for containers: an endpoint that says whether the proxy can sell, and the command that asks it without curl.
import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Environment } from "./config/reading.ts";
import { HEALTH_ANSWER_MS } from "./limits.ts";
import type { ProxyStatus } from "./proxy.ts";
import type { Surroundings } from "./surroundings.ts";
import { isSystemError } from "./system-error.ts";

const VARIABLE = "AIMO_PROXY_HEALTH";
const PORT_MAX = 65_535;

/** Health cannot be told or asked; its message says what to do. */
export class HealthFault extends Error {
  override readonly name = "HealthFault";
}

interface HealthAddress {
  readonly host: string;
  readonly port: number;
}

/** The address in the variable; undefined where it is not set, so that health is off. Throws `HealthFault`. */
function healthAddress(environment: Environment): HealthAddress | undefined {
  const text = environment[VARIABLE] ?? "";
  if (text === "") return undefined;
  const [, inBrackets, name, port] = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = inBrackets ?? name;
  const number = Number.parseInt(port ?? "", 10);
  if (host !== undefined && number <= PORT_MAX) return { host, port: number };
  throw new HealthFault(`${VARIABLE}: expected an address such as 127.0.0.1:9797, found something else`);
}

interface Health {
  /** Requests can come: a router has this proxy's offers. */
  readonly isLive: boolean;
  readonly body: object;
}

function healthOf(status: ProxyStatus | undefined): Health {
  if (status === undefined) return { isLive: false, body: { status: "starting" } };
  const { routers, models, running } = status;
  const live = routers.filter(({ state }) => state === "live").length;
  return {
    isLive: live > 0,
    body: { status: live > 0 ? "live" : "offline", routers_live: live, routers: routers.length, models, running },
  };
}

/** Listens where the environment says so; answers whatever path is asked, 200 while a router link is live and 503 else. */
export async function serveHealth(
  environment: Environment,
  status: () => ProxyStatus | undefined,
): Promise<Server | undefined> {
  const address = healthAddress(environment);
  if (address === undefined) return undefined;
  const server = createServer((_request, response) => {
    const { isLive, body } = healthOf(status());
    response.writeHead(isLive ? 200 : 503, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body));
  });
  server.listen(address.port, address.host);
  try {
    await once(server, "listening");
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new HealthFault(`${VARIABLE}: cannot listen at ${environment[VARIABLE]} (${cause.code})`, { cause });
  }
  server.unref(); // health keeps no proxy from its end
  return server;
}

const ANY_ADDRESS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** `aimo-proxy health`: asks the proxy that runs with the same environment; resolves with the exit code. */
export async function askHealth({ environment, output, errors }: Surroundings): Promise<number> {
  const address = healthAddress(environment);
  if (address === undefined) {
    throw new HealthFault(
      `${VARIABLE} is not set: set it to 127.0.0.1:9797 for \`aimo-proxy run\` and for this command`,
    );
  }
  const host = ANY_ADDRESS[address.host] ?? address.host;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}/`;
  const late = new AbortController();
  const timer = systemClock.timer(HEALTH_ANSWER_MS, () => late.abort());
  try {
    const response = await fetch(url, { signal: late.signal, redirect: "error" });
    output.write(`${(await response.text()).slice(0, ANSWER_CHARACTERS_MAX)}\n`);
    return response.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    errors.write(
      `no proxy answers at ${environment[VARIABLE]}: is \`aimo-proxy run\` there, with the same ${VARIABLE}?\n`,
    );
    return 1;
  } finally {
    timer.cancel();
  }
}

const ANSWER_CHARACTERS_MAX = 1_000; // ours has a hundred
