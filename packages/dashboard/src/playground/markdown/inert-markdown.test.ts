import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { BLOCK_CHARS_MAX, MARKS_MAX, NESTING_MAX } from "../limits.ts";
import { createInertMarkdown } from "./inert-markdown.ts";

const draw = createInertMarkdown({
  idPrefix: "answer-7-",
  code: ({ code, language }) => createElement("pre", { title: language }, code),
});
const html = (markdown: string): string => renderToStaticMarkup(draw(markdown));

const TAGS = new Set(
  "a bdi blockquote br code del div em hr li ol p pre section span strong sup table tbody td th thead tr ul".split(" "),
);
const ATTRIBUTES = new Set("class dir href id rel target title start role tabindex aria-label".split(" "));

/** Everything that must hold of the HTML of any answer, however hostile. */
function assertInert(markup: string, from: string): void {
  for (const [, tag = "", attributes = ""] of markup.matchAll(/<\/?([^\s>/]+)([^>]*)>/g)) {
    assert.ok(TAGS.has(tag), `<${tag}> of ${from}`);
    for (const [, name = "", value = ""] of attributes.matchAll(/([^\s"=]+)="([^"]*)"/g)) {
      assert.ok(ATTRIBUTES.has(name), `${name} of ${from}`);
      if (name === "href") assert.match(value, /^(?:https?:\/\/[^@]*$|https?:\/\/[^/]+\/|mailto:|#answer-7-fn)/, from);
      if (name === "id") assert.match(value, /^answer-7-fn/, from);
    }
    if (tag === "a" && attributes.includes('href="') && !attributes.includes('href="#')) {
      assert.match(attributes, /target="_blank" rel="noopener noreferrer nofollow"/, from);
    }
  }
}

test("what Markdown says is drawn", () => {
  const markup = html(
    "# Title\n\nSome *em*, **strong**, ~~del~~ and `code`.\n\n- [x] done\n- [ ] not\n\n3. three\n\n> quote\n\n---\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n",
  );
  for (const part of [
    "<em>em</em>",
    ">strong</strong>",
    "<del>del</del>",
    ">code</code>",
    'start="3"',
    "<blockquote",
    "<hr",
    "text-right",
    'aria-label="done"',
    'aria-label="not done"',
  ]) {
    assert.ok(markup.includes(part), part);
  }
  assert.doesNotMatch(markup, /<h\d|<input/); // the outline and the forms are the page's own
});

test("code keeps its text and names its language", () => {
  assert.equal(html('```ts title=x\nconst a = "<b>";\n```'), '<pre title="ts">const a = &quot;&lt;b&gt;&quot;;</pre>');
});

test("HTML is shown as text", () => {
  for (const hostile of [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onclick=alert(1)>b</b> c",
    '<iframe src="https://evil.example"></iframe>',
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<!-- x --><meta http-equiv=refresh content=0>",
    "<a href='javascript:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
  ]) {
    const markup = html(hostile);
    assertInert(markup, hostile);
    assert.ok(markup.includes("&lt;"), hostile);
  }
});

test("links that could do something are left out, in every disguise", () => {
  for (const hostile of [
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](&#x6a;avascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\u0001javascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](/credits)",
    "[x](//evil.example)",
    "[x](#page)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]\n\n[y]: <javascript:alert(1)> 'title'",
    "<javascript:alert(1)>",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "[x](https://bank.example@evil.example/)",
  ]) {
    const markup = html(hostile);
    assertInert(markup, hostile);
    assert.doesNotMatch(markup, /<a /, hostile);
  }
});

test("a link shows its host, unless it says nothing else", () => {
  assert.match(
    html("[bank.example](https://evil.example/login)"),
    /href="https:\/\/evil\.example\/login".*>bank\.example<\/a><bdi[^>]*> \(evil\.example\)</,
  );
  assert.match(html("[https://bank.example/evil.example](https://evil.example)"), /\(evil\.example\)/);
  assert.doesNotMatch(html("see https://docs.example/a"), /\(docs\.example\)/);
  assert.match(html("me@docs.example"), /href="mailto:me@docs\.example"/);
  assert.match(html("[x](https://раypal.example)"), /\(xn--/);
});

test("what turns the writing around does not turn the host of a link", () => {
  const turned = html(
    "\u202ea [bank\u202e](https://moc.knab.example/) and [moc.knab.example](https://moc.knab.example/)",
  );
  assert.match(turned, /<bdi><a [^>]*>bank\u202e<\/a><bdi dir="ltr"[^>]*> \(moc\.knab\.example\)<\/bdi><\/bdi>/);
  assert.match(turned, /<bdi><a [^>]*>moc\.knab\.example<\/a><\/bdi>/); // nothing outside reaches in
});

test("images are never loaded: they are links that say so", () => {
  const markup = html(
    "![a chart](https://track.example/p.png?who=1) ![](data:image/png;base64,AAAA) ![b][r]\n\n[r]: https://track.example/2.png",
  );
  assert.doesNotMatch(markup, /<img|src=/);
  assert.match(markup, />image: a chart<\/a><bdi[^>]*> \(track\.example\)/);
  assert.match(markup, /image: without a description<bdi[^>]*> \(link left out\)/);
  assert.doesNotMatch(html("[![a](https://a.example/1.png)](https://b.example)"), /<a [^>]*>[^]*<a /);
});

test("footnotes lead within their own answer only", () => {
  const markup = html("One[^a] and [fake](#answer-7-fn-a) and [page](#page).\n\n[^a]: Note.\n");
  assertInert(markup, "footnotes");
  assert.match(markup, /href="#answer-7-fn-a"[^>]* id="answer-7-fnref-a"/);
  assert.match(markup, /<li id="answer-7-fn-a">/);
  assert.equal(markup.match(/href="#/g)?.length, 2);
  assert.doesNotMatch(html("[^constructor] [^__proto__]\n\n[^__proto__]: x\n[^constructor]: y"), /id="(?!answer-7-)/);
});

test("nothing that is too deep or too tangled overflows the stack, and all of it is shown", () => {
  const size = BLOCK_CHARS_MAX - 10;
  const hostile = [
    ">".repeat(size),
    `${"- ".repeat(size / 2)}a`,
    `${"1. ".repeat(size / 3)}a`,
    Array.from({ length: 118 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n"),
    Array.from({ length: 90 }, (_, depth) => `${">".repeat(Math.min(depth + 1, NESTING_MAX))} a`).join("\n"),
    "*".repeat(size),
    `${"*_".repeat(MARKS_MAX / 2 - 1)}a`,
    "[".repeat(size),
    `${"[".repeat(MARKS_MAX / 2)}${"]".repeat(MARKS_MAX / 2)}`,
    "![".repeat(MARKS_MAX),
    `${"|a".repeat(60)}|\n${"|-".repeat(60)}|\n${"|\n".repeat(5_000)}`,
    "a\n=\n".repeat(size / 4),
    "<".repeat(size),
    "`".repeat(size),
    "&".repeat(size),
    `[a](${"(".repeat(size)}`,
    "a\n".repeat(size / 2),
  ];
  for (const text of hostile) {
    const markup = html(text);
    assertInert(markup, text.slice(0, 40));
    const depth = [...markup.matchAll(/<(\/?)[a-z]+/g)].reduce(
      ({ now, most }, [, end]) =>
        end === "/" ? { now: now - 1, most } : { now: now + 1, most: Math.max(most, now + 1) },
      { now: 0, most: 0 },
    ).most;
    assert.ok(depth <= 3 * NESTING_MAX, `${depth} deep: ${text.slice(0, 40)}`);
  }
});

test("a block that would take too long is shown as it was written", () => {
  const text = "**a** ".repeat(MARKS_MAX / 4 + 1).trim();
  assert.equal(html(text), `<p class="break-words whitespace-pre-wrap">${text}</p>`);
});

test("what stands too deep is still told, as text", () => {
  const deep = Array.from({ length: NESTING_MAX + 6 }, (_, depth) => `${"  ".repeat(depth)}- level${depth}`).join("\n");
  for (let depth = 0; depth < NESTING_MAX + 6; depth += 1)
    assert.ok(html(deep).includes(`level${depth}`), String(depth));
});

const PIECES = [
  ..."[ ] ( ) < > ! * _ ~ ` # | : - = \\ & ; \n \t \" ' ".split(" ").filter((piece) => piece !== ""),
  ...[
    " ",
    "\n\n",
    "[^1]",
    "[^1]: ",
    "[a]: ",
    "javascript:",
    "&#106;avascript:",
    "https://a.example",
    "data:text/html,",
    "mailto:",
  ],
  ...[
    "<script>",
    "<img src=x onerror=y>",
    "<a href=",
    "![",
    "](",
    "```",
    "- [x] ",
    "| a | b |\n|---|---|\n",
    "onclick=",
    "word",
    "> ",
    "1. ",
  ],
];

test("no mixture of pieces of Markdown and HTML makes anything but inert elements", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      assertInert(html(text), JSON.stringify(text));
    }),
    { numRuns: 1_500 },
  );
});
