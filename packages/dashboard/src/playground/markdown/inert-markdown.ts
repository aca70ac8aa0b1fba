// Markdown of strangers as elements that can do nothing: no HTML, no scripts, no images from elsewhere, and no link without its host.
import type { ComponentType, ReactNode } from "react";
import { createElement } from "react";
import type { Components, ExtraProps, Options } from "react-markdown";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { inertLink, saysWhere } from "./inert-link.ts";
import { flattenDeep, isTangled } from "./tangle.ts";

/** What draws a block of code. */
export type CodeView = ComponentType<{ readonly code: string; readonly language: string }>;

/** How a text is drawn. */
export interface InertLook {
  /** Stands before the ids of footnotes, so that those of two answers differ. */
  readonly idPrefix: string;
  readonly code: CodeView;
}

type HtmlNode = ExtraProps["node"];
interface Drawn extends ExtraProps {
  readonly children?: ReactNode;
}

/** The text of an element, without recursion. */
function textIn(element: HtmlNode): string {
  let text = "";
  const waiting: NonNullable<HtmlNode>["children"] = [...(element?.children ?? [])].toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "text") text += node.value;
    else if (node.type === "element") waiting.push(...node.children.toReversed());
  }
  return text;
}

function property(node: HtmlNode, name: string): string | undefined {
  const value = node?.properties[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function hasClass(node: HtmlNode, name: string): boolean {
  const names = node?.properties["className"];
  return Array.isArray(names) && names.includes(name);
}

const LINK = "font-medium break-words text-accent underline underline-offset-2 hover:text-accent-strong";
const NOTE = "text-[0.8125em] text-muted";

// What turns the writing around, in the words of a link or before it, must not turn its host: `moc.knab.example` would read
// as `elpmaxe.bank.com`.
const note = (words: string): ReactNode => createElement("bdi", { dir: "ltr", className: NOTE }, ` (${words})`);

function linkTo(address: string | undefined, words: string, children: ReactNode): ReactNode {
  const link = inertLink(address);
  if (link === undefined) return createElement("span", null, children, note("link left out"));
  const attributes = { href: link.href, target: "_blank", rel: "noopener noreferrer nofollow", className: LINK };
  return createElement(
    "bdi",
    null,
    createElement("a", attributes, children),
    saysWhere(words, link) ? null : note(link.host),
  );
}

/** Links between a footnote and where it is called, which stay within the answer. */
function footnoteLink(node: HtmlNode, idPrefix: string, children: ReactNode): ReactNode {
  const [href, id] = [property(node, "href"), property(node, "id")];
  const isOurs = (text: string | undefined, start: string): boolean => text?.startsWith(start) === true;
  if (!isOurs(href, `#${idPrefix}fn`)) return createElement("span", null, children);
  const label = node?.properties["dataFootnoteBackref"] === undefined ? undefined : "Back to where it is called";
  const own = { ...(isOurs(id, idPrefix) && { id }), ...(label !== undefined && { "aria-label": label }) };
  return createElement("a", { href, className: LINK, ...own }, children);
}

function anchor(idPrefix: string, { node, children }: Drawn): ReactNode {
  const { dataFootnoteRef, dataFootnoteBackref } = node?.properties ?? {};
  if (dataFootnoteRef !== undefined || dataFootnoteBackref !== undefined) return footnoteLink(node, idPrefix, children);
  const words = textIn(node);
  const hasImage = node?.children.some((child) => child.type === "element" && child.tagName === "img") === true;
  return linkTo(property(node, "href"), words, hasImage ? `image ${words}`.trim() : children); // no link within a link
}

/** An image is not loaded: whoever made the address would learn who reads the answer, and when. */
function image({ node }: Drawn): ReactNode {
  const told = property(node, "alt") ?? "";
  const words = `image: ${told === "" ? "without a description" : told}`;
  return linkTo(property(node, "src"), words, words);
}

const HEADING = "mt-2 first:mt-0 font-semibold text-balance";
const heading =
  (size: string) =>
  ({ node, children }: Drawn): ReactNode => {
    // The page's own headings are its outline; those of an answer only look like some.
    if (property(node, "id") === "footnote-label")
      return createElement("p", { className: `${HEADING} text-sm` }, "Footnotes");
    return createElement("p", { className: `${HEADING} ${size}` }, children);
  };

const plainTag =
  (tag: string, className?: string) =>
  ({ children }: Drawn): ReactNode =>
    createElement(tag, { className }, children);

const cell =
  (tag: "th" | "td", className: string) =>
  ({ node, children }: Drawn): ReactNode => {
    const align = property(node, "align");
    const side = align === "right" ? "text-right" : align === "center" ? "text-center" : "text-left";
    return createElement(tag, { className: `${className} ${side}` }, children);
  };

function listItem(idPrefix: string, { node, children }: Drawn): ReactNode {
  const id = property(node, "id");
  const className = hasClass(node, "task-list-item") ? "list-none" : undefined;
  return createElement("li", { className, ...(id?.startsWith(idPrefix) === true && { id }) }, children);
}

function orderedList({ node, children }: Drawn): ReactNode {
  const start = property(node, "start");
  const first = start === undefined ? {} : { start: Number(start) };
  return createElement("ol", { className: "list-decimal space-y-1 pl-6 marker:text-muted", ...first }, children);
}

function checkbox({ node }: Drawn): ReactNode {
  const isChecked = node?.properties["checked"] === true;
  return createElement("span", { role: "img", "aria-label": isChecked ? "done" : "not done" }, isChecked ? "☑" : "☐");
}

function table({ children }: Drawn): ReactNode {
  const inner = createElement("table", { className: "border-collapse text-sm" }, children);
  return createElement(
    "div",
    { className: "overflow-x-auto", tabIndex: 0, role: "region", "aria-label": "Table" },
    inner,
  );
}

function codeBlock(code: CodeView, { node }: Drawn): ReactNode {
  const inner = node?.children.find((child) => child.type === "element");
  const names = inner?.properties["className"];
  const first = Array.isArray(names) ? names[0] : undefined;
  const language = typeof first === "string" ? first.replace(/^language-/, "") : "";
  return createElement(code, { code: textIn(node).replace(/\n$/, ""), language });
}

/** Every element that may appear, with all its attributes: nothing is passed through. */
function elements({ idPrefix, code }: InertLook): Components {
  return {
    a: (drawn) => anchor(idPrefix, drawn),
    img: image,
    h1: heading("text-xl"),
    h2: heading("text-lg"),
    h3: heading("text-base"),
    h4: heading("text-base"),
    h5: heading("text-sm"),
    h6: heading("text-sm"),
    p: plainTag("p", "break-words"),
    em: plainTag("em"),
    strong: plainTag("strong", "font-semibold"),
    del: plainTag("del"),
    sup: plainTag("sup"),
    br: () => createElement("br"),
    hr: () => createElement("hr", { className: "border-line" }),
    blockquote: plainTag("blockquote", "space-y-3 border-l-2 border-line-strong pl-4 text-muted"),
    ul: plainTag("ul", "list-disc space-y-1 pl-6 marker:text-muted"),
    ol: orderedList,
    li: (drawn) => listItem(idPrefix, drawn),
    input: checkbox,
    code: plainTag(
      "code",
      "rounded bg-sunken px-1 py-0.5 font-mono text-[0.875em] break-words [font-variant-ligatures:none]",
    ),
    pre: (drawn) => codeBlock(code, drawn),
    table,
    thead: plainTag("thead"),
    tbody: plainTag("tbody"),
    tr: plainTag("tr"),
    th: cell("th", "border border-line bg-sunken px-2.5 py-1.5 font-semibold"),
    td: cell("td", "border border-line px-2.5 py-1.5 align-top"),
    section: plainTag("section", "space-y-2 border-t border-line pt-3 text-sm text-muted"),
  };
}

/** A text as it was written. */
export function asWritten(text: string): ReactNode {
  return createElement("p", { className: "break-words whitespace-pre-wrap" }, text);
}

/**
 * Creates what reads Markdown and draws what it says; what would take too long to read, or cannot be, is shown as it was
 * written. Once for each answer: what is drawn anew with another's elements loses its place and selection.
 */
export function createInertMarkdown(look: InertLook): (text: string) => ReactNode {
  const components = elements(look);
  const options = {
    remarkPlugins: [[remarkGfm, { singleTilde: false }], flattenDeep],
    remarkRehypeOptions: { clobberPrefix: look.idPrefix },
    allowedElements: Object.keys(components),
    unwrapDisallowed: true,
    urlTransform: (address: string, name: string) =>
      name === "href" && address.startsWith("#") ? address : inertLink(address)?.href,
    components,
  } satisfies Options;
  return (text) => {
    if (isTangled(text)) return asWritten(text);
    try {
      return Markdown({ children: text, ...options });
    } catch {
      return asWritten(text); // readers of Markdown recurse: one that runs out of stack throws
    }
  };
}
