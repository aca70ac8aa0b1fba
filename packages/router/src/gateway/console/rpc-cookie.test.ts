// What a cookie can put into the page's policy: one plain origin, and nothing else whoever wrote it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { RPC_COOKIE_CHARS_MAX } from "./limits.ts";
import { contentSecurityPolicy } from "./page-headers.ts";
import { chosenRpcOrigin, policyOrigin } from "./rpc-cookie.ts";

const cookieOf = (url: string): string => `aimo_rpc=${encodeURIComponent(url)}`;

describe("the RPC node that a cookie chooses", () => {
  for (const [url, origin] of [
    ["https://rpc.example/?api-key=secret", "https://rpc.example"],
    ["https://RPC.example:8443/path", "https://rpc.example:8443"],
    ["https://rpc.example:443/", "https://rpc.example"],
    ["http://localhost:8899", "http://localhost:8899"],
    ["http://127.0.0.1:8899/", "http://127.0.0.1:8899"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
  ] as const) {
    test(`is ${origin} for ${url}`, () => {
      assert.equal(chosenRpcOrigin(cookieOf(url)), origin);
      assert.equal(chosenRpcOrigin(`aimo-session=x; ${cookieOf(url)}; b=2`), origin);
    });
  }

  for (const url of [
    "http://rpc.example",
    "http://192.168.0.1:8899",
    "http://127.0.0.1.example",
    "ws://127.0.0.1:8900",
    "data:text/html,x",
    "javascript:alert(1)",
    "https://u:p@rpc.example",
    "https://a;script-src *",
    "https://a;script-src",
    "https://*.example",
    "https://*",
    "https://a,b.example",
    "https://a'b.example",
    "https://[::1]:8899",
    "https://rpc.example;",
    "rpc.example",
    "",
  ]) {
    test(`is nothing for ${url}`, () => assert.equal(chosenRpcOrigin(cookieOf(url)), undefined));
  }

  test("is nothing where it is not written as the page writes it, is too long, or comes twice", () => {
    const good = cookieOf("https://rpc.example");
    const long = cookieOf(`https://rpc.example/${"a".repeat(RPC_COOKIE_CHARS_MAX)}`);
    for (const header of [
      "aimo_rpc=https://rpc.example",
      'aimo_rpc="https%3A%2F%2Frpc.example"',
      "aimo_rpc=https%3A%2F%2Frpc.example%",
      "aimo_rpc=%E0%A4%A",
      "aimo_rpc=https%3A%2F%2Frpc.example x",
      "xaimo_rpc=https%3A%2F%2Frpc.example",
      "aimo_rpc =https%3A%2F%2Frpc.example",
      `${good}; ${good}`,
      long,
      "",
    ]) {
      assert.equal(chosenRpcOrigin(header), undefined, header);
    }
    assert.equal(chosenRpcOrigin(undefined), undefined);
  });

  test("adds nothing to the policy but one plain origin, whatever a cookie says", () => {
    const plain = contentSecurityPolicy([]);
    const nasty = fc.constantFrom(
      ..." ;,*'\"\\\r\n\t%/@[]#?&=".split(""),
      "script-src ",
      "'unsafe-inline'",
      "https://",
      ".",
      "%3B",
      "%20",
    );
    const word = fc.array(fc.oneof(nasty, fc.string({ maxLength: 4, unit: "grapheme" }), fc.domain()), {
      maxLength: 8,
    });
    const text = fc.oneof(
      word.map((parts) => parts.join("")),
      fc.webUrl({ withQueryParameters: true }),
    );
    const header = fc.oneof(
      text.map(cookieOf),
      text.map((value) => `aimo_rpc=${value}`),
      text.map((value) => cookieOf(`https://a.example${value}`)),
      text.map((value) => cookieOf(`https://${value}`)),
      fc.tuple(text, text).map(([one, other]) => `${one}; aimo_rpc=${encodeURIComponent(other)}`),
    );
    let chosen = 0;
    fc.assert(
      fc.property(header, (cookie) => {
        const origin = chosenRpcOrigin(cookie);
        const policy = contentSecurityPolicy(origin === undefined ? [] : [origin]);
        if (origin === undefined) return policy === plain;
        chosen += 1;
        const added = ` ${origin}`;
        return /^ https?:\/\/[a-z0-9.-]+(:[0-9]{1,5})?$/.test(added) && policy.replace(added, "") === plain;
      }),
      { numRuns: 20_000 },
    );
    assert.ok(chosen > 100, `only ${chosen} cookies chose anything`);
  });
});

test("the origin of an operator's node is its host alone", () => {
  assert.equal(policyOrigin("http://10.0.0.1:8899/secret?x"), "http://10.0.0.1:8899");
  for (const url of [
    "",
    "http://a_b;c",
    "http://u@host.example",
    "ftp://host.example",
    "https://host.example\u0000;",
  ]) {
    assert.equal(policyOrigin(url), undefined, url);
  }
});
