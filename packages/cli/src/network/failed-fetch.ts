// Why an HTTP request came to nothing, each cause with its own words and remedy.
import { CommandFault } from "../fault.ts";

/** What was called, for people. */
export interface Called {
  /** Such as: the router, the Solana node. */
  readonly who: string;
  readonly url: string;
  /** The option that names it. */
  readonly option: string;
}

interface Words {
  readonly why: string;
  readonly next: string;
}

const CERTIFICATE_CODES = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH)/;

/** The innermost code of an error: fetch wraps the cause that says something. */
function codeOf(error: unknown): string {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (each instanceof AggregateError && each.errors.length > 0) return codeOf(each.errors[0]);
    if ("code" in each && typeof each.code === "string" && each.cause === undefined) return each.code;
    if (each.name === "TimeoutError") return "TIMEOUT";
    if (each.message === "bad port") return "BAD_PORT";
  }
  return "";
}

function wordsFor(code: string, { url, option }: Called): Words {
  const { host, hostname, protocol } = new URL(url);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return {
      why: `the name ${hostname} is not known (${code}).`,
      next: `Check ${option} for a typing error, and the network.`,
    };
  }
  if (code === "ECONNREFUSED") {
    return { why: `nothing listens at ${host}.`, next: `Check ${option} and its port; on this machine, start it.` };
  }
  if (code === "BAD_PORT") {
    const why = `${host} is a port that HTTP clients refuse, since other services have it.`;
    return { why, next: `Check the port in ${option}.` };
  }
  if (CERTIFICATE_CODES.test(code)) {
    return {
      why: `its TLS certificate is not to be trusted (${code}).`,
      next: `Check ${option}. For a certificate authority of your own, set NODE_EXTRA_CA_CERTS to its file.`,
    };
  }
  if (code === "EPROTO" || code === "ERR_SSL_WRONG_VERSION_NUMBER") {
    return {
      why: `${host} does not speak TLS (${code}).`,
      next: protocol === "https:" ? `If that is meant, write http:// in ${option}.` : `Check ${option}.`,
    };
  }
  if (code === "TIMEOUT" || code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") {
    return {
      why: `${host} did not answer in time.`,
      next: "Try again; if it stays so, check the network and its operator's status page.",
    };
  }
  const maybe = protocol === "http:" ? ` If it speaks TLS, write https:// in ${option}.` : "";
  return { why: `the connection to ${host} broke${code === "" ? "" : ` (${code})`}.`, next: `Try again.${maybe}` };
}

/** The fault for a request that got no answer; the URL's path and query may hold a secret and are not told. */
export function unreachable(error: unknown, called: Called): CommandFault {
  const words = wordsFor(codeOf(error), called);
  const what = `Cannot reach ${called.who} at ${new URL(called.url).origin}.`;
  return new CommandFault({ what, ...words, reason: "unreachable" }, { cause: error });
}
