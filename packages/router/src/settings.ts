// Every setting of a router: its variable, its meaning, its default, and what it must look like.
import {
  ANSWERS_BYTES_MAX,
  BODIES_BYTES_MAX,
  BODY_BYTES_MAX,
  CONNECTIONS_MAX,
  CONNECTIONS_PER_NETWORK_MAX,
  DRAIN_MS,
  REQUESTS_PER_KEY_MAX,
} from "./limits.ts";
import { isChainAddress, isPublicRpcUrl, isRpcUrls, isUsdcAmount, isWebSocketUrl } from "./chain-settings.ts";
import { CHAIN_POLL_MS, PRIORITY_FEE_MAX } from "./chain/limits.ts";
import { DATABASE_CONNECTIONS_MAX, HISTORY_DAYS } from "./ledger/limits.ts";
import {
  KEY_REQUESTS_PER_MINUTE,
  KEY_TOKENS_PER_MINUTE,
  REQUESTS_PER_WALLET_MAX,
  SETTLE_AGE_MS,
  SETTLE_USDC,
  SPONSOR_MIN_USDC,
  WALLET_REQUESTS_PER_MINUTE,
  WALLET_TOKENS_PER_MINUTE,
} from "./billing/limits.ts";
import { INSPECTION_DELAY_MS, INSPECTION_USDC_PER_DAY } from "./inspection/limits.ts";
import { isCollectorUrl, isHeaderList, isShare } from "./trace-settings.ts";

/** One setting. */
export interface Setting {
  readonly meaning: string;
  readonly fallback: string;
  /** What a value must look like, in words and as a test. */
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
  /** Whether a value may hold a secret, so that no fault shows it. */
  readonly isSecret?: boolean;
}

const isWhole =
  (least: number, most: number) =>
  (value: string): boolean =>
    /^[0-9]{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most;
const isText = (value: string): boolean => value !== "";

function whole(meaning: string, fallback: number, least: number, most: number): Setting {
  return {
    meaning,
    fallback: String(fallback),
    expected: `a whole number from ${least} to ${most}`,
    accepts: isWhole(least, most),
  };
}

function text(meaning: string, fallback: string): Setting {
  return { meaning, fallback, expected: "a text", accepts: fallback === "" ? () => true : isText };
}

function isUrl(value: string): boolean {
  return value === "" || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol));
}

function isDatabaseUrl(value: string): boolean {
  return value === "" || (URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol));
}

function collector(meaning: string): Setting {
  return {
    meaning,
    fallback: "",
    expected: "an http or https URL without user and password, such as http://127.0.0.1:4318",
    accepts: isCollectorUrl,
    isSecret: true,
  };
}

function headers(meaning: string): Setting {
  return {
    meaning,
    fallback: "",
    expected: "name=value pairs with commas between them, values percent-encoded",
    accepts: isHeaderList,
    isSecret: true,
  };
}

function isAddress(value: string): boolean {
  return value === "" || isChainAddress(value);
}

function usdc(meaning: string, fallback: string): Setting {
  return { meaning, fallback, expected: "USDC with at most six decimals, such as 1 or 0.25", accepts: isUsdcAmount };
}

const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const HOUR_MS = 3_600_000;
const BYTES_MAX = 2 ** 40; // a tebibyte: more is a typing error
const RATE_MAX = 2 ** 50; // a quadrillion: no limit

/** Every setting there is, by its variable; `aimo-router --help` prints this table. */
export const SETTINGS = {
  AIMO_HOST: text("address to listen on", "127.0.0.1"),
  AIMO_PORT: whole("port to listen on, 0 for any free one", 8787, 0, 65_535),
  AIMO_OPERATOR_HOST: text("address of the operator's port", "127.0.0.1"),
  AIMO_OPERATOR_PORT: whole("port of /healthz, /readyz and /metrics, 0 for any free one", 8788, 0, 65_535),
  AIMO_DATA_DIR: text("where the router keeps its identity, its database and first-generation offers", ".aimo-router"),
  DATABASE_URL: {
    meaning: "PostgreSQL 15 or newer for the ledger; none, the router runs one of its own in its data directory",
    fallback: "",
    expected: "a URL such as postgres://user:password@host:5432/database",
    accepts: isDatabaseUrl,
    isSecret: true,
  },
  AIMO_DATABASE_CONNECTIONS_MAX: whole("connections to the database at once", DATABASE_CONNECTIONS_MAX, 1, 1_000),
  AIMO_HISTORY_DAYS: whole("days that the journal and the generations are kept", HISTORY_DAYS, 7, 36_500),
  AIMO_PUBLIC_URL: {
    meaning: "where clients reach this router, if not the address it listens on",
    fallback: "",
    expected: "an http or https URL",
    accepts: isUrl,
  },
  AIMO_CONSOLE_DIR: text(
    "folder of the web console that is served at /; `none`, no console; none named, the one that this router came with",
    "",
  ),
  AIMO_NAME: text("the router's name for people", "AiMo router"),
  AIMO_ACCEPT_V1_SPENDING: {
    meaning: "whether first-generation keys may spend",
    fallback: "false",
    expected: "true or false",
    accepts: (value) => value === "true" || value === "false",
  },
  AIMO_BODY_BYTES_MAX: whole("largest request body in bytes", BODY_BYTES_MAX, 1_024, 256 * 1024 * 1024),
  AIMO_BODIES_BYTES_MAX: whole("request bodies held at once, in bytes", BODIES_BYTES_MAX, 1_024, BYTES_MAX),
  AIMO_ANSWERS_BYTES_MAX: whole("answers held at once, in bytes", ANSWERS_BYTES_MAX, 1_024, BYTES_MAX),
  AIMO_REQUESTS_PER_KEY_MAX: whole("requests of one key at once", REQUESTS_PER_KEY_MAX, 1, 1_000_000),
  AIMO_KEY_REQUESTS_PER_MINUTE: whole("requests of one key per minute", KEY_REQUESTS_PER_MINUTE, 1, RATE_MAX),
  AIMO_KEY_TOKENS_PER_MINUTE: whole("tokens of one key per minute", KEY_TOKENS_PER_MINUTE, 1, RATE_MAX),
  AIMO_WALLET_REQUESTS_PER_MINUTE: whole("requests of one wallet per minute", WALLET_REQUESTS_PER_MINUTE, 1, RATE_MAX),
  AIMO_WALLET_TOKENS_PER_MINUTE: whole("tokens of one wallet per minute", WALLET_TOKENS_PER_MINUTE, 1, RATE_MAX),
  AIMO_REQUESTS_PER_WALLET_MAX: whole("requests of one wallet at once", REQUESTS_PER_WALLET_MAX, 1, 1_000_000),
  AIMO_CONNECTIONS_MAX: whole("connections of clients at once", CONNECTIONS_MAX, 1, 1_000_000),
  AIMO_CONNECTIONS_PER_ADDRESS_MAX: whole(
    "of them from one address; loopback and private ones are not counted",
    CONNECTIONS_PER_NETWORK_MAX,
    1,
    1_000_000,
  ),
  AIMO_FIRST_BYTE_TIMEOUT_MS: whole("until a stream's first event", 120_000, 10, HOUR_MS),
  AIMO_IDLE_TIMEOUT_MS: whole("between two events of a stream", 60_000, 10, HOUR_MS),
  AIMO_TOTAL_TIMEOUT_MS: whole("for a whole answer, over all providers tried", 600_000, 10, HOUR_MS),
  AIMO_DRAIN_MS: whole("for running answers when the router stops", DRAIN_MS, 0, HOUR_MS),
  AIMO_RPC_URL: {
    meaning:
      "Solana RPC nodes in order of preference, commas between; none, this router has no chain: nobody can deposit",
    fallback: "",
    expected: "http or https URLs with commas between",
    accepts: isRpcUrls,
    isSecret: true,
  },
  AIMO_RPC_WS_URL: {
    meaning: "WebSocket of such a node, to hear of changes sooner; none, where Solana's nodes have it beside their RPC",
    fallback: "",
    expected: "a ws or wss URL",
    accepts: isWebSocketUrl,
    isSecret: true,
  },
  AIMO_PUBLIC_RPC_URL: {
    meaning:
      "Solana RPC node that this router tells everybody, for wallets in browsers; none, the cluster's public one. AIMO_RPC_URL is told to nobody, unless it is this machine's",
    fallback: "",
    expected: "an http or https URL with no user and password, by a name or IPv4",
    accepts: isPublicRpcUrl,
  },
  AIMO_PROGRAM_ID: {
    meaning: "address of the escrow program; needed with AIMO_RPC_URL",
    fallback: "",
    expected: "an address in base58",
    accepts: isAddress,
  },
  AIMO_COMMITMENT: {
    meaning: "how sure the chain must be before a deposit counts: confirmed, or finalized",
    fallback: "finalized",
    expected: "confirmed or finalized",
    accepts: (value) => value === "confirmed" || value === "finalized",
  },
  AIMO_CHAIN_POLL_MS: whole("between two looks at the chain", CHAIN_POLL_MS, 50, 60_000),
  AIMO_SETTLE_AGE_MS: whole("after which a charge is settled on chain at the latest", SETTLE_AGE_MS, 100, HOUR_MS),
  AIMO_SETTLE_USDC: usdc("owed by one user to one provider, which is settled at once", SETTLE_USDC),
  AIMO_SPONSOR_MIN_USDC: usdc(
    "owed to a provider before its account is opened at this router's expense",
    SPONSOR_MIN_USDC,
  ),
  AIMO_PRIORITY_FEE_MAX: whole("micro-lamports per compute unit, at most", PRIORITY_FEE_MAX, 0, BYTES_MAX),
  AIMO_INSPECTION_USDC_PER_DAY: usdc(
    "that examining offers may cost in a day, from the deposit of the wallet in inspector.json; 0 examines none",
    INSPECTION_USDC_PER_DAY,
  ),
  AIMO_INSPECTION_DELAY_MS: whole("within which a new offer is examined", INSPECTION_DELAY_MS, 100, 24 * HOUR_MS),
  AIMO_SIGNER_SOCKET: text("Unix socket of the process that signs, if it is not this one (`aimo-router signer`)", ""),
  AIMO_SIGNER_WINDOW_USDC: {
    meaning: "USDC that are signed for in a window of the program at most; none, what the program allows",
    fallback: "",
    expected: "USDC with at most six decimals, such as 1000",
    accepts: (value) => value === "" || isUsdcAmount(value),
  },
  AIMO_SETTLER_KEY_FILE: text("Solana key file of the settler; none, settler.json in the data directory", ""),
  AIMO_COSIGNER_KEY_FILE: text("Solana key file of the cosigner; none, cosigner.json in the data directory", ""),
  AIMO_LOG_LEVEL: {
    meaning: `how much is logged: ${LEVELS.join(", ")}`,
    fallback: "info",
    expected: LEVELS.join(", "),
    accepts: (value) => LEVELS.includes(value),
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: collector("OpenTelemetry collector for traces (OTLP over HTTP); none, no traces"),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector("the same as a whole URL, used as it is"),
  OTEL_EXPORTER_OTLP_HEADERS: headers("headers for the collector"),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers("further headers for traces"),
  OTEL_SERVICE_NAME: { meaning: "what traces call this router", fallback: "", expected: "a text", accepts: () => true },
  OTEL_TRACES_SAMPLER_ARG: {
    meaning: "share of requests traced where the client does not decide",
    fallback: "1",
    expected: "a number from 0 to 1",
    accepts: isShare,
  },
} as const satisfies Readonly<Record<string, Setting>>;
