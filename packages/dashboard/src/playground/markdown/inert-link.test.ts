import assert from "node:assert/strict";
import { test } from "node:test";
import { LINK_CHARS_MAX } from "../limits.ts";
import { inertLink, saysWhere } from "./inert-link.ts";

test("links to the web and to mail may be followed, and say where they lead", () => {
  assert.deepEqual(inertLink("https://docs.example:8443/a?b#c"), {
    href: "https://docs.example:8443/a?b#c",
    host: "docs.example:8443",
  });
  assert.deepEqual(inertLink("HTTP://Docs.Example"), { href: "http://docs.example/", host: "docs.example" });
  assert.deepEqual(inertLink("mailto:me@docs.example?subject=x"), {
    href: "mailto:me@docs.example?subject=x",
    host: "me@docs.example",
  });
});

test("a host in look-alike letters is shown in those that computers read", () => {
  assert.equal(inertLink("https://раypal.example/")?.host, "xn--ypal-43d9g.example");
});

test("nothing else may", () => {
  for (const address of [
    ...[
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      " javascript:alert(1)",
      "java\nscript:alert(1)",
      "java\tscript:alert(1)",
    ],
    ...[
      "\u0001javascript:alert(1)",
      "vbscript:x",
      "data:text/html,x",
      "data:image/png;base64,AAAA",
      "blob:https://a.example/1",
    ],
    ...[
      "file:///etc/passwd",
      "ftp://a.example/",
      "ws://a.example",
      "about:blank",
      "view-source:https://a.example",
      "intent:x",
    ],
    ...[
      "/credits",
      "//evil.example/x",
      "#top",
      "?x",
      "credits",
      "",
      "https://",
      "http:",
      "mailto:",
      "https:// a.example",
    ],
    ...["https://bank.example@evil.example/", "https://bank.example:x@evil.example/"],
    `https://a.example/${"x".repeat(LINK_CHARS_MAX)}`,
  ]) {
    assert.equal(inertLink(address), undefined, address);
  }
  assert.equal(inertLink(undefined), undefined);
});

test("only words that are the address itself say where it leads", () => {
  const link = inertLink("https://a.example/x") ?? assert.fail();
  for (const words of ["https://a.example/x", "a.example/x/", " HTTPS://A.example/X "])
    assert.equal(saysWhere(words, link), true);
  for (const words of ["a.example", "https://bank.example/a.example/x", "here", ""])
    assert.equal(saysWhere(words, link), false);
});
