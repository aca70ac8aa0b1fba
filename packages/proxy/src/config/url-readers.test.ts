// Addresses of routers and upstreams are taken in one form, or refused with the reason.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GUIDE_ENVIRONMENT, guideWith, onlyFaultOf, parsed } from "./sample-config.ts";

const ROUTER = "https://devnet.aimo.network";
const UPSTREAM = "https://api.openai.com/v1";

const routerWith = (url: string): string => guideWith([ROUTER, url]);
const upstreamWith = (url: string): string => guideWith([UPSTREAM, url]);

test("a router's address is http(s) without a slash at its end, however it was written", () => {
  const readings: readonly (readonly [string, string])[] = [
    ["https://devnet.aimo.network/", ROUTER],
    ["https://DEVNET.aimo.network", ROUTER],
    ["wss://devnet.aimo.network", ROUTER],
    ["https://devnet.aimo.network/api/v1", ROUTER],
    ["https://devnet.aimo.network/api/v1/", ROUTER],
    ["https://example.com/aimo//", "https://example.com/aimo"],
    ["https://example.com:8443", "https://example.com:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["ws://localhost:8080", "http://localhost:8080"],
    ["http://[::1]:8080", "http://[::1]:8080"],
  ];
  for (const [written, url] of readings) assert.equal(parsed(routerWith(written)).routers[0]?.url, url, written);
});

test("plain http to a router on another machine is refused with the reason", () => {
  for (const host of ["devnet.aimo.network", "localhost.evil.com", "127.0.0.1.evil.com", "10.0.0.1", "router"]) {
    for (const scheme of ["http:", "ws:"]) {
      assert.equal(
        onlyFaultOf(routerWith(`${scheme}//${host}`)),
        `2 router.url: expected https:// for a router on another machine, found ${scheme}// (without encryption the key would travel in clear text)`,
      );
    }
  }
});

test("the id of the router that has to be there is a key in base58, or none", () => {
  const id = "6sbzC1eH4FTujJXWj51eQe25cYvr4xfXbJ1vAj7j2k5J";
  const keyLine = 'api_key = "std::env::AIMO_PROVIDER_KEY"';
  const written = (value: string): string => guideWith([keyLine, `${keyLine}\nid = ${value}`]);
  assert.equal(parsed(written(`"${id}"`)).routers[0]?.id, id);
  assert.equal(Object.hasOwn(parsed(guideWith()).routers[0] ?? {}, "id"), false);
  for (const [value, found] of [
    ['"devnet"', '"devnet"'],
    [`"${id}0"`, `"${id}0"`],
    ['"std::env::ROUTER"', '"std::env::ROUTER"'],
    ["1", "1"],
  ] as const) {
    const expected = "a router id: the router's Ed25519 key in base58, 32 to 44 characters";
    assert.equal(onlyFaultOf(written(value)), `5 router.id: expected ${expected}, found ${found}`);
  }
});

test("an upstream's address keeps its path and loses the slash at its end", () => {
  const readings: readonly (readonly [string, string])[] = [
    ["https://api.openai.com/v1/", UPSTREAM],
    ["https://api.openai.com", "https://api.openai.com"],
    ["http://localhost:11434/v1", "http://localhost:11434/v1"],
    ["http://ollama:11434/v1", "http://ollama:11434/v1"],
    ["http://192.168.1.20:8000/v1", "http://192.168.1.20:8000/v1"],
    ["http://0.0.0.0:8000/v1", "http://0.0.0.0:8000/v1"],
    ["http://host.docker.internal:11434", "http://host.docker.internal:11434"],
  ];
  for (const [written, base] of readings) {
    assert.equal(parsed(upstreamWith(written)).models[0]?.upstream.apiBase, base, written);
  }
});

test("plain http to a public upstream needs allow_plain_http", () => {
  const toml = upstreamWith("http://api.openai.com/v1");
  assert.equal(
    onlyFaultOf(toml),
    "26 models[0].params.api_base: expected https:// for a host on the public internet, found http:// (key and prompts would travel in clear text; allow_plain_http = true permits it)",
  );
  const permitted = toml.replace("[models.params]", "[models.params]\nallow_plain_http = true");
  assert.equal(parsed(permitted).models[0]?.upstream.apiBase, "http://api.openai.com/v1");
  const refused = toml.replace("[models.params]", "[models.params]\nallow_plain_http = false");
  assert.match(onlyFaultOf(refused), /^27 models\[0\]\.params\.api_base: /);
});

test("an address with the whole endpoint is refused", () => {
  assert.equal(
    onlyFaultOf(upstreamWith("https://api.openai.com/v1/chat/completions")),
    "26 models[0].params.api_base: expected the part before /chat/completions, which the proxy adds itself, found it included",
  );
});

test("what is no address, or more than one, is refused without being shown", () => {
  const none = ["", "api.openai.com/v1", "ftp://host/v1", "file:///etc/passwd", "https://", "https://a b.example"];
  for (const written of [
    ...none,
    "javascript:alert(1)",
    "https:api.openai.com",
    `https://a.example/${"x".repeat(2_000)}`,
  ]) {
    assert.equal(
      onlyFaultOf(upstreamWith(written)),
      "26 models[0].params.api_base: expected an address that starts with https:// or http://, found a text that is none",
    );
  }
  assert.match(onlyFaultOf(upstreamWith("https://user:pass@host/v1")), /without user name and password/);
  assert.match(onlyFaultOf(upstreamWith("https://user@host/v1")), /without user name and password/);
  for (const written of ["https://host/v1?a=b", "https://host/v1?", "https://host/v1#x"]) {
    assert.match(onlyFaultOf(upstreamWith(written)), /ends with its path, found `\?` or `#` in it/);
  }
});

test("addresses are read from the environment", () => {
  const toml = guideWith([ROUTER, "std::env::ROUTER"], [UPSTREAM, "std::env::BASE"]);
  const environment = { ...GUIDE_ENVIRONMENT, ROUTER: "https://r.example/", BASE: "https://b.example/v1/" };
  const config = parsed(toml, environment);
  assert.equal(config.routers[0]?.url, "https://r.example");
  assert.equal(config.models[0]?.upstream.apiBase, "https://b.example/v1");
  assert.equal(
    onlyFaultOf(toml, { ...environment, BASE: "sk-mistaken" }),
    "26 models[0].params.api_base: expected an address that starts with https:// or http://, found in the environment variable BASE a text that is none",
  );
});
