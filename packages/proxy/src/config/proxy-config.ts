// The seller's `config.toml`: every section and key, and the frozen shape the program works with.
import { OFFERS_PER_LINK_MAX } from "@aimo-network/protocol/limits";
import { ConfigFaults } from "./config-faults.ts";
import { passableHeader } from "./header-names.ts";
import type { SoldModel } from "./model-section.ts";
import { modelSection, soldModel } from "./model-section.ts";
import type { Environment, Place, Reader, Reading } from "./reading.ts";
import { refuse } from "./reading.ts";
import type { Secret } from "./secret.ts";
import { routerKey } from "./secret-readers.ts";
import type { SectionView, Values } from "./section-table.ts";
import { defaultsOf, optional, required, section, withDefault } from "./section-table.ts";
import type { Timeouts } from "./timeouts-section.ts";
import { TIMEOUT_KEYS } from "./timeouts-section.ts";
import { parseToml } from "./toml-document.ts";
import { routerId, routerUrl } from "./url-readers.ts";
import { choice, list, sections, text, unique, wholeNumber } from "./value-readers.ts";

/** A router to sell through. */
export interface RouterTarget {
  /** http or https, without a slash at its end. */
  readonly url: string;
  readonly apiKey: Secret;
  /** Who has to be at that address; the key goes to whoever is there without it. */
  readonly id?: string;
}

/** Everything a proxy is told by its file; frozen to the bottom. */
export interface ProxyConfig {
  readonly routers: readonly RouterTarget[];
  readonly models: readonly SoldModel[];
  /** Requests at once, over all routers and models. */
  readonly maxConcurrency: number;
  /** The greatest `n` (answers to one prompt) a request may ask for. */
  readonly maxN: number;
  /** Names in lower case of request headers that pass to upstreams besides the built-in ones. */
  readonly allowHeaders: readonly string[];
  readonly timeouts: Timeouts;
  /** Which media a request may name: `https` is data: URLs and public https, `data` only data: URLs. */
  readonly media: { readonly allow: "https" | "data" };
  /** Fields of the request body that are refused besides the built-in ones. */
  readonly body: { readonly deny: readonly string[] };
  /** Where unacknowledged Ends are kept; without it the program chooses. */
  readonly spoolPath?: string;
}

const ROUTERS_MAX = 32; // each is a connection that is held and retried for good
const CONCURRENCY = { min: 1, max: 100_000 }; // no machine relays more answers at once
const N = { min: 1, max: 128 }; // what OpenAI's API takes at most
const ALLOWED_HEADERS_MAX = 32; // request heads must stay small
const DENIED_FIELDS_MAX = 64; // looked up for every request
const FIELD_CHARACTERS_MAX = 64; // longer than any parameter of a model API
const PATH_CHARACTERS_MAX = 1_024; // what file systems take

const ROUTER_KEYS = {
  url: required(unique(routerUrl, "router"), 'url = "https://devnet.aimo.network"'),
  api_key: required(routerKey, 'api_key = "std::env::AIMO_PROVIDER_KEY"'),
  id: optional(routerId, 'id = "6sbzC1eH4FTujJXWj51eQe25cYvr4xfXbJ1vAj7j2k5J"'),
};

const MEDIA_KEYS = {
  allow: withDefault(choice(["https", "data"]), "https", 'allow = "data"'),
};

const BODY_KEYS = {
  deny: withDefault(list(deniableField(), { min: 0, max: DENIED_FIELDS_MAX }), [], 'deny = ["logit_bias"]'),
};

const SPOOL_KEYS = {
  path: optional(text("the path of a file", PATH_CHARACTERS_MAX), 'path = "/var/lib/aimo-proxy/ends.jsonl"'),
};

/** All keys of the file; docs/proxy-config.md has a row for each. */
export const PROXY_KEYS = {
  router: optional(section("[router]", ROUTER_KEYS), "[router]"),
  routers: optional(sections(section("[[routers]]", ROUTER_KEYS), ROUTERS_MAX), "[[routers]]"),
  models: required(sections(modelSection, OFFERS_PER_LINK_MAX), "[[models]]"),
  max_concurrency: withDefault(wholeNumber("requests", CONCURRENCY), 64, "max_concurrency = 64"),
  max_n: withDefault(wholeNumber("answers", N), 8, "max_n = 8"),
  allow_headers: withDefault(
    list(passableHeader, { min: 0, max: ALLOWED_HEADERS_MAX }),
    [],
    'allow_headers = ["x-session-id"]',
  ),
  timeouts: withDefault(section("[timeouts]", TIMEOUT_KEYS), defaultsOf(TIMEOUT_KEYS), "[timeouts]"),
  media: withDefault(section("[media]", MEDIA_KEYS), defaultsOf(MEDIA_KEYS), "[media]"),
  body: withDefault(section("[body]", BODY_KEYS), defaultsOf(BODY_KEYS), "[body]"),
  spool: withDefault(section("[spool]", SPOOL_KEYS), {}, "[spool]"),
};

const NEEDED_FIELDS = ["model", "messages"];

function deniableField(): Reader<string> {
  const field = text("the name of a body field", FIELD_CHARACTERS_MAX);
  return {
    ...field,
    read(value, place) {
      const found = field.read(value, place);
      if (found === undefined || !NEEDED_FIELDS.includes(found)) return found;
      return refuse(place, `expected a field that requests can do without, found "${found}", which every request has`);
    },
  };
}

function checkRouters(_values: Partial<Values<typeof PROXY_KEYS>>, view: SectionView<typeof PROXY_KEYS>): void {
  const single = view.isMeant("router");
  const several = view.isMeant("routers");
  if (single && several)
    refuse(view.place("routers"), "expected either one [router] or several [[routers]], found both");
  if (!single && !several) refuse(view.place("router"), "expected a [router] section, found none");
}

// What a reading needs besides the text: the file's name for its faults, and the variables it may name.
interface ProxyConfigOptions {
  readonly fileName: string;
  readonly env: Environment;
}

/** Reads a `config.toml`; throws `ConfigFaults` with every fault of the file. */
export function parseProxyConfig(toml: string, { fileName, env }: ProxyConfigOptions): ProxyConfig {
  const document = parseToml(toml, fileName);
  const reading: Reading = { environment: env, root: PROXY_KEYS, faults: [], linesOfUnique: new Map() };
  const place: Place = { reading, path: "", at: document.at, example: "[router]" };
  const values = section("", PROXY_KEYS, checkRouters).read(document, place);
  if (values === undefined) throw new ConfigFaults(reading.faults, fileName);
  return deepFreeze(proxyConfig(values));
}

function proxyConfig(values: Values<typeof PROXY_KEYS>): ProxyConfig {
  const routers = values.routers ?? (values.router === undefined ? [] : [values.router]);
  const { connect_ms, first_byte_ms, idle_ms, total_ms } = values.timeouts;
  const timeouts = { connectMs: connect_ms, firstByteMs: first_byte_ms, idleMs: idle_ms, totalMs: total_ms };
  return {
    routers: routers.map(({ url, api_key: apiKey, id }) => ({ url, apiKey, ...(id !== undefined && { id }) })),
    models: values.models.map((model) => soldModel(model, timeouts)),
    maxConcurrency: values.max_concurrency,
    maxN: values.max_n,
    allowHeaders: values.allow_headers,
    timeouts,
    media: values.media,
    body: values.body,
    ...(values.spool.path !== undefined && { spoolPath: values.spool.path }),
  };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inside of Object.values(value)) deepFreeze(inside);
  return value;
}
