// What a model may write to do something to whoever reads it. Each says `seen` so that a test knows that it was drawn.

const ACT = "globalThis.hacked=1";
/** A path that nobody asks for but what was brought in. */
export const TRAP = "/trap";

/** HTML in its many shapes. */
const HTML = [
  `<script>${ACT}</script>`,
  `<script src="${TRAP}.js"></script>`,
  `<img src="${TRAP}.png" onerror="${ACT}">`,
  `<img src=x onerror=${ACT}//`,
  `<svg onload="${ACT}"><animate onbegin="${ACT}" attributeName="x"/></svg>`,
  `<svg><script>${ACT}</script></svg>`,
  `<math><mtext></mtext><mglyph><style><img src=x onerror=${ACT}></style></mglyph></math>`,
  `<iframe src="${TRAP}"></iframe><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>`,
  `<object data="${TRAP}"></object><embed src="${TRAP}">`,
  `<video src="${TRAP}" autoplay onloadstart="${ACT}"></video><audio src="${TRAP}"></audio>`,
  `<form action="${TRAP}"><input name="seed" autofocus onfocus="${ACT}"><button formaction="javascript:${ACT}">Go</button></form>`,
  `<style>@import "${TRAP}.css"; body { display: none }</style><link rel="stylesheet" href="${TRAP}.css">`,
  `<meta http-equiv="refresh" content="0; url=${TRAP}"><base href="https://evil.example/">`,
  `<details open ontoggle="${ACT}"><summary>x</summary></details><marquee onstart="${ACT}">x</marquee>`,
  `<a href="javascript:${ACT}" onclick="${ACT}" style="position:fixed;inset:0">over everything</a>`,
  `<noscript><p title="</noscript><img src=x onerror=${ACT}>"></noscript>`,
  `<!--><script>${ACT}</script>--> <![CDATA[<script>${ACT}</script>]]>`,
  `&lt;script&gt;${ACT}&lt;/script&gt; &#60;img src=x onerror=${ACT}&#62;`,
];

/** Schemes that run or show something, in every disguise that a reader of Markdown may undo. */
const LINKS = [
  `[seen](javascript:${ACT})`,
  `[seen](JaVaScRiPt:${ACT})`,
  `[seen](java&#x73;cript:${ACT})`,
  `[seen](java&Tab;script:${ACT})`,
  `[seen](<java\tscript:${ACT}>)`,
  `[seen](<\u0001javascript:${ACT}>)`,
  `[seen](< javascript:${ACT}>)`,
  `[seen](&#106;&#97;vascript&colon;${ACT})`,
  `[seen](javascript&#58;${ACT})`,
  `[seen](data:text/html,<script>${ACT}</script>)`,
  `[seen](data:text/html;base64,PHNjcmlwdD5oYWNrZWQ9MTwvc2NyaXB0Pg==)`,
  `[seen](vbscript:x) [seen](file:///etc/passwd) [seen](blob:https://x/y) [seen](filesystem:https://x/y)`,
  `[seen](view-source:https://x) [seen](intent://x#Intent;end) [seen](solana:pay?recipient=x)`,
  `<javascript:${ACT}> <data:text/html,x>`,
  `[seen]: javascript:${ACT}`,
  `[seen][]`,
  `![seen](javascript:${ACT})`,
  `[![seen](${TRAP}.png)](javascript:${ACT})`,
  `[seen](/api/v1/auth/logout) [seen](//evil.example/x) [seen](\\\\evil.example\\x)`,
  `[https://bank.example](https://evil.example/phish) [seen](https://bank.example@evil.example/)`,
];

/** Pictures, which would tell somebody who reads. */
const IMAGES = [
  `![seen](https://evil.example/pixel.png)`,
  `![seen](//evil.example/pixel.png "title")`,
  `![seen](${TRAP}.png)`,
  `![seen](data:image/svg+xml,<svg onload='${ACT}' xmlns='http://www.w3.org/2000/svg'/>)`,
  `![seen][pixel]`,
  `[pixel]: https://evil.example/pixel.png`,
  `<picture><source srcset="https://evil.example/a.png"><img src="https://evil.example/b.png"></picture>`,
];

/** Texts that take a reader of Markdown long, or much of its stack. */
const TANGLES = [
  `${"> ".repeat(5_000)}seen`,
  `${"[".repeat(20_000)}seen${"](x)".repeat(5_000)}`,
  `${"*_".repeat(10_000)}seen`,
  `${"- ".repeat(3_000)}seen`,
  `${"![".repeat(10_000)}seen`,
  `${"`".repeat(9_999)}seen`,
  `|${"a|".repeat(2_000)}\n|${"-|".repeat(2_000)}\n|seen|\n`.repeat(3),
  `${"<a ".repeat(10_000)}seen`,
  `${"&".repeat(20_000)}seen`,
];

/** All of them by what they try; each text is one answer. */
export const HOSTILE_ANSWERS: Readonly<Record<string, string>> = {
  "HTML in every shape": [...HTML, "seen"].join("\n\n"),
  "HTML within a line": `seen ${HTML.join(" ")}`,
  "HTML in code, quotes, lists and tables": [
    `\`\`\`html"><img src=x onerror=${ACT}>\n${HTML.join("\n")}\n\`\`\``,
    HTML.map((line) => `> ${line}`).join("\n"),
    HTML.map((line) => `- ${line}`).join("\n"),
    `| seen | ${HTML[0]} |\n|---|---|\n| ${HTML[2]} | \`${HTML[3]}\` |`,
  ].join("\n\n"),
  "links that would run something": LINKS.join("\n\n"),
  "pictures of others": IMAGES.join("\n\n"),
  "footnotes and ids that would stand for the page's own": [
    `seen[^1] <a id="page"></a>`,
    `[^1]: <img src=x onerror=${ACT}> # <h1 id="root">x</h1>`,
  ].join("\n\n"),
  "letters that turn the line or hide": "seen \u202Eevil\u202C \u2066x\u2069 \u200B\u200D \uFEFF a\u0300\u0300".repeat(
    50,
  ),
  "nesting without end": TANGLES.join("\n\n"),
};

/** A megabyte of it. */
export const MEGABYTE: string = `${HTML.join("\n")}\n\n**seen** ${LINKS.join(" ")}\n\n`.repeat(300).slice(0, 1_048_576);
