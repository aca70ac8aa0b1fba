// Keys and headers are taken, or refused without being shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GUIDE, GUIDE_ENVIRONMENT, faultsOf, guideWith, onlyFaultOf, parsed } from "./sample-config.ts";

const withHeaders = (headers: string): string => `${GUIDE}headers = ${headers}\n`;
const withoutKey = (headers: string): string =>
  guideWith(['api_key = "std::env::GOOGLE_API_KEY"', `headers = ${headers}`]);

test("a router's key must look like one", () => {
  const expected = "4 router.api_key: expected a provider key that starts with aimo-sk-, found ";
  const keyed = (key: string): string => onlyFaultOf(GUIDE, { ...GUIDE_ENVIRONMENT, AIMO_PROVIDER_KEY: key });
  const origin = "in the environment variable AIMO_PROVIDER_KEY a text";
  assert.equal(keyed("sk-openai"), `${expected}${origin} that does not`);
  assert.equal(keyed("aimo-sk-v2-x y"), `${expected}${origin} with a space or another character that cannot be in one`);
  assert.equal(keyed(`aimo-sk-${"x".repeat(505)}`), `${expected}${origin} of 513 characters; at most 512 fit`);
  assert.equal(onlyFaultOf(guideWith(["std::env::AIMO_PROVIDER_KEY", ""])), `${expected}a text that does not`);
  const longest = `aimo-sk-${"x".repeat(504)}`;
  assert.equal(parsed(guideWith(["std::env::AIMO_PROVIDER_KEY", longest])).routers[0]?.apiKey.reveal(), longest);
});

test("an upstream's key may be missing but not empty, and holds no space", () => {
  const [model] = parsed(guideWith(['api_key = "std::env::OPENAI_API_KEY"', ""])).models;
  assert.equal(model !== undefined && "apiKey" in model.upstream, false);
  const expected = "28 models[0].params.api_key: expected a key without spaces, and without `Bearer` before it, found ";
  const keyed = (key: string): string => onlyFaultOf(guideWith(["std::env::OPENAI_API_KEY", key]));
  assert.equal(keyed(""), `${expected}a text that is empty; leave the key out if it is not needed`);
  assert.equal(keyed("Bearer sk-1"), `${expected}a text with a space or another character that cannot be in one`);
  assert.equal(
    keyed("sk-1\\r\\nx-evil: 1"),
    `${expected}a text with a space or another character that cannot be in one`,
  );
  assert.equal(keyed("x".repeat(8_193)), `${expected}a text of 8193 characters; at most 8192 fit`);
});

test("headers are secrets under lower-case names, from the file or the environment", () => {
  const toml = withHeaders('{ X-Title = "AiMo Network", x-token = "std::env::TOKEN" }');
  const { models } = parsed(toml, { ...GUIDE_ENVIRONMENT, TOKEN: "t-1" });
  const revealed = Object.entries(models[2]?.upstream.headers ?? {}).map(([name, value]) => [name, value.reveal()]);
  assert.deepEqual(revealed, [
    ["x-title", "AiMo Network"],
    ["x-token", "t-1"],
  ]);
});

test("an authorization header stands in for the key but not beside it", () => {
  const [, , model] = parsed(withoutKey('{ Authorization = "Basic abc" }')).models;
  assert.equal(model?.upstream.headers["authorization"]?.reveal(), "Basic abc");
  assert.equal(
    onlyFaultOf(withHeaders('{ Authorization = "Basic abc" }')),
    "57 models[2].params.headers.Authorization: expected either api_key or an authorization header, found both",
  );
});

const CONNECTION = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
const SET_BY_PROXY = ["accept-encoding", "content-encoding", "content-length", "content-type", "expect", "host"];

test("headers of the connection and those the proxy sets are refused", () => {
  for (const name of [...CONNECTION, ...SET_BY_PROXY, "Transfer-Encoding"]) {
    assert.equal(
      onlyFaultOf(withHeaders(`{ ${name} = "x" }`)),
      `57 models[2].params.headers.${name}: expected a header that is free to set, found \`${name.toLowerCase()}\`, which the proxy or the connection sets`,
    );
  }
});

test("headers with wrong names, twice, with line ends or of another kind are refused", () => {
  assert.match(onlyFaultOf(withHeaders('{ "x y" = "1" }')), /headers\.x y: expected the name of a header/);
  assert.match(onlyFaultOf(withHeaders('{ x-a = "1", X-A = "2" }')), /headers\.X-A: expected each header once/);
  assert.match(onlyFaultOf(withHeaders('{ x-a = "1\\r\\nx-b: 2" }')), /headers\.x-a: expected a header's value/);
  assert.match(onlyFaultOf(withHeaders("{ x-a = 1 }")), /headers\.x-a: .* found an integer$/);
  assert.match(
    onlyFaultOf(withHeaders('"x-a: 1"')),
    /headers: expected a section of at most 32 headers, found a string$/,
  );
  const many = Array.from({ length: 33 }, (_, index) => `x-${index} = "1"`).join(", ");
  assert.match(onlyFaultOf(withHeaders(`{ ${many} }`)), /at most 32 headers, found 33$/);
  const [, , model] = parsed(withHeaders(`{ ${many.replace('x-0 = "1", ', "")} }`)).models;
  assert.equal(Object.keys(model?.upstream.headers ?? {}).length, 32);
});

test("headers that routers may pass through are names without credentials", () => {
  const allowing = (names: string): string => `allow_headers = ${names}\n${GUIDE}`;
  assert.deepEqual(parsed(allowing('["X-Session-Id", "x-other"]')).allowHeaders, ["x-session-id", "x-other"]);
  for (const name of ["authorization", "X-API-Key", "cookie", "x-payment", "payment-signature"]) {
    assert.match(
      onlyFaultOf(allowing(`["${name}"]`)),
      /^1 allow_headers\[0\]: expected a header that holds no credential/,
    );
  }
  for (const name of [...CONNECTION, ...SET_BY_PROXY]) {
    assert.match(onlyFaultOf(allowing(`["${name}"]`)), /^1 allow_headers\[0\]: expected a header that may pass/);
  }
  assert.deepEqual(
    faultsOf(allowing('["x-ok", "a b", 3, "X-OK"]')).map(({ path, problem }) => `${path}: ${problem}`),
    [
      'allow_headers[1]: expected the name of a request header, found "a b"',
      "allow_headers[2]: expected the name of a request header, found 3",
      'allow_headers[3]: expected each item once, found "x-ok" again',
    ],
  );
});
