import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { attributionOf } from "./attribution.ts";
import { APP_TITLE_CHARS_MAX, APP_URL_CHARS_MAX, REFERER_CHARS_MAX, TITLE_CHARS_READ_MAX } from "./limits.ts";

const SITE = "https://chat.example.org";

function urlOf(referer: string): string | undefined {
  return attributionOf({ "http-referer": referer })?.url;
}

function titleOf(title: string): string | undefined {
  return attributionOf({ "http-referer": SITE, "x-title": title })?.title;
}

test("an app's address is its scheme, host and path, and nothing that may be a secret", () => {
  const cleaned = {
    [SITE]: `${SITE}/`,
    [`${SITE}/`]: `${SITE}/`,
    [`${SITE}/app/`]: `${SITE}/app`,
    [`${SITE}//app//`]: `${SITE}/app`,
    [`${SITE}/app?token=s3cret&a=1`]: `${SITE}/app`,
    [`${SITE}/app#token=s3cret`]: `${SITE}/app`,
    [`${SITE}/app;jsessionid=s3cret?x`]: `${SITE}/app`,
    "https://anna:s3cret@chat.example.org/app": `${SITE}/app`,
    "HTTPS://Chat.Example.ORG:443/App": `${SITE}/App`,
    "http://chat.example.org:8080": "http://chat.example.org:8080/",
    "https://b\u00fccher.example.org": "https://xn--bcher-kva.example.org/",
    [`${SITE}/\u202eppa`]: `${SITE}/%E2%80%AEppa`,
  };
  for (const [referer, url] of Object.entries(cleaned)) assert.equal(urlOf(referer), url, referer);
});

test("what is no address that everybody could find is no app, and no error", () => {
  const none = [
    "",
    "chat.example.org",
    "javascript:alert(1)",
    "ftp://chat.example.org",
    "file:///etc/passwd",
    "data:text/html,x",
    "https://",
    "https://localhost",
    "http://localhost:3000/app",
    "http://app.localhost",
    "http://127.0.0.1:8080",
    "http://2130706433",
    "http://[::1]/",
    "https://203.0.113.7",
    "http://printer",
    "http://printer.local",
    "http://wiki.corp",
    "http://router.home.arpa",
    `${SITE}, https://other.example.org`,
    "https://chat.example.org.", // a second spelling of one name
  ];
  for (const referer of none) assert.equal(urlOf(referer), undefined, referer);
  assert.equal(attributionOf({}), undefined);
  assert.equal(attributionOf({ "x-title": "Anna's", "x-aimo-public-app": "1" }), undefined);
});

test("an address is kept up to its length, and read up to another", () => {
  const fits = `${SITE}/${"a".repeat(APP_URL_CHARS_MAX - SITE.length - 1)}`;
  assert.equal(urlOf(fits), fits);
  assert.equal(urlOf(`${fits}a`), undefined);
  const query = (length: number): string => `${SITE}/?${"q".repeat(length - SITE.length - 2)}`;
  assert.equal(urlOf(query(REFERER_CHARS_MAX)), `${SITE}/`);
  assert.equal(urlOf(query(REFERER_CHARS_MAX + 1)), undefined);
});

test("a title is one line of what can be seen, whichever of its headers it is in", () => {
  assert.equal(titleOf("  Anna's \t Chat "), "Anna's Chat");
  assert.equal(titleOf("Chat\u0007\u007f"), "Chat");
  assert.equal(
    titleOf(Buffer.from("Gr\u00fc\u00dfe \u{1f600}\u202e\u200b", "utf8").toString("latin1")),
    "Gr\u00fc\u00dfe \u{1f600}",
  );
  assert.equal(titleOf("Gr\u00fc\u00dfe"), "Gr\u00fc\u00dfe"); // Latin-1 as it is
  assert.equal(titleOf(Buffer.from("Cl\u0456ne", "utf8").toString("latin1")), "Cline"); // a Cyrillic letter among Latin ones
  const both = { "http-referer": SITE, "x-title": "Old", "x-openrouter-title": "New" };
  assert.equal(attributionOf(both)?.title, "New");
  assert.equal(attributionOf({ "http-referer": SITE })?.title, "");
});

test("a title that is too long is none, on the line and behind what cannot be seen", () => {
  const fits = "a".repeat(APP_TITLE_CHARS_MAX);
  assert.equal(titleOf(fits), fits);
  assert.equal(titleOf(`${fits}a`), "");
  const padded = (length: number): string => `Chat${"\u0007".repeat(length - 4)}`;
  assert.equal(titleOf(padded(TITLE_CHARS_READ_MAX)), "Chat");
  assert.equal(titleOf(padded(TITLE_CHARS_READ_MAX + 1)), "");
});

test("a request counts in public where it says so, and only so", () => {
  const isPublic = (said?: string): boolean | undefined =>
    attributionOf({ "http-referer": SITE, ...(said !== undefined && { "x-aimo-public-app": said }) })?.isPublic;
  assert.equal(isPublic("1"), true);
  for (const said of [undefined, "", "0", "true", "yes", "1, 1"]) assert.equal(isPublic(said), false, said);
});

test("whatever the headers hold, it is no error and within the columns", () => {
  const anything = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string({ unit: "binary", maxLength: 500 }),
  );
  fc.assert(
    fc.property(anything, anything, (referer, title) => {
      const found = attributionOf({ "http-referer": referer, "x-title": title });
      if (found === undefined) return;
      assert.ok(found.url.length <= APP_URL_CHARS_MAX && found.title.length <= APP_TITLE_CHARS_MAX);
      assert.match(found.url, /^https?:\/\/[!-~]+$/);
      assert.doesNotMatch(found.url, /[?#;]|^[^/]*\/\/[^/]*@/);
      assert.doesNotMatch(found.title, /[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
  );
});
