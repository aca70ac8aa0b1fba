// Listening on an address, or saying in words why that is impossible.
import { ConfigError } from "./config.ts";

/** A server that can be told where to listen. */
export interface Listener {
  listen(options: { host: string; port: number; listenTextResolver: (address: string) => string }): Promise<unknown>;
}

/** An address, and the settings that name it. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly settings: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "this machine has no such address",
};

/** Starts listening; throws `ConfigError` with what to change where the address cannot be had. */
export async function listen(server: Listener, { host, port, settings }: ListenAddress): Promise<void> {
  try {
    await server.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reason = REASONS[code];
    if (reason === undefined) throw cause;
    throw new ConfigError([`${settings}: cannot listen on ${host}:${port}: ${reason}. Choose another.`]);
  }
}
