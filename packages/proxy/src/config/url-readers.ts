// Readers for the addresses the proxy dials, and who has to be there: routers and upstreams.
import { isRouterId } from "@aimo-network/protocol/keys/key-message";
import { resolveText } from "./environment-values.ts";
import { isLoopbackHost } from "./network-address.ts";
import type { Place, Reader } from "./reading.ts";
import { mismatch, refuse } from "./reading.ts";
import type { TomlValue } from "./toml-document.ts";

const URL_CHARACTERS_MAX = 2_000; // what every server and proxy on the way takes

const PLAIN_SCHEME: Readonly<Record<string, string>> = { "ws:": "http:", "wss:": "https:" };

/** An address to which paths are added: scheme, host and path, without a slash at its end. */
function readBase(value: TomlValue, schemes: readonly string[], place: Place): URL | undefined {
  const expected = `an address that starts with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`;
  const resolved = resolveText(value, expected, place);
  if (resolved === undefined) return undefined;
  const { text, origin } = resolved;
  const url = text.length <= URL_CHARACTERS_MAX && /^[a-z]+:\/\/[^\s\\\p{Cc}]+$/iu.test(text) ? URL.parse(text) : null;
  if (url === null || !schemes.includes(url.protocol)) {
    return refuse(place, `expected ${expected}, found ${origin} that is none`);
  }
  if (url.username !== "" || url.password !== "") {
    return refuse(
      place,
      "expected an address without user name and password (write the key into api_key), found one with them",
    );
  }
  if (/[?#]/.test(text)) return refuse(place, "expected an address that ends with its path, found `?` or `#` in it");
  return url;
}

function baseText(url: URL): string {
  return `${PLAIN_SCHEME[url.protocol] ?? url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

/** A router's address as http(s), without `/api/v1`; plain http only to this machine. */
export const routerUrl: Reader<string> = {
  expected: "the https address of a router",
  read(value, place) {
    const url = readBase(value, ["https:", "wss:", "http:", "ws:"], place);
    if (url === undefined) return undefined;
    const isPlain = url.protocol === "http:" || url.protocol === "ws:";
    if (isPlain && !isLoopbackHost(url.hostname)) {
      const reason = "without encryption the key would travel in clear text";
      return refuse(place, `expected https:// for a router on another machine, found ${url.protocol}// (${reason})`);
    }
    return baseText(url).replace(/\/api\/v1$/, ""); // what people copy out of an OpenAI client's settings
  },
};

const ROUTER_ID = "a router id: the router's Ed25519 key in base58, 32 to 44 characters";

/** The id that the router at the address has to have. */
export const routerId: Reader<string> = {
  expected: ROUTER_ID,
  read(value, place) {
    return value.kind === "string" && isRouterId(value.text) ? value.text : mismatch(place, ROUTER_ID, value);
  },
};

const ENDPOINT = "/chat/completions";

/** An upstream's address, to which endpoints such as `/chat/completions` are added. */
export const upstreamBase: Reader<string> = {
  expected: "the https address of an OpenAI-compatible API",
  read(value, place) {
    const url = readBase(value, ["https:", "http:"], place);
    if (url === undefined) return undefined;
    const base = baseText(url);
    if (!base.endsWith(ENDPOINT)) return base;
    return refuse(place, `expected the part before ${ENDPOINT}, which the proxy adds itself, found it included`);
  },
};
