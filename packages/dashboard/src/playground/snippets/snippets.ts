// The request of the playground as others would send it: with curl, or with OpenAI's own libraries.
import { chatCurl } from "../../api/chat-curl.ts";
import type { ChatBody, ChatMessage } from "../chat/chat-body.ts";
import { jsonText, pythonLiteral, typescriptLiteral } from "./literal-text.ts";

/** A way to send it. */
export interface Snippet {
  readonly id: "curl" | "python" | "typescript";
  readonly title: string;
  /** What it needs, in a word each. */
  readonly needs: string;
  readonly code: string;
}

const IMAGE_CHARS_KEPT = 48; // the kind of the image, and enough to recognise it

/** The body with the data of its images cut: they are megabytes that nobody reads. */
export function shortenImages(body: ChatBody): { readonly body: ChatBody; readonly cut: number } {
  let cut = 0;
  const messages = body.messages.map((message): ChatMessage => {
    if (typeof message.content === "string") return message;
    const content = message.content.map((part) => {
      if (part.type === "text" || !part.image_url.url.startsWith("data:")) return part;
      cut += 1;
      return { type: part.type, image_url: { url: `${part.image_url.url.slice(0, IMAGE_CHARS_KEPT)}…` } };
    });
    return { role: message.role, content };
  });
  return { body: { ...body, messages }, cut };
}

// No line of JSON is this word: within JSON every line begins with a bracket, a quote or a blank.
const END = "JSON";

function curl(apiBase: string, body: ChatBody): string {
  const request = jsonText({ ...body, stream: true });
  return chatCurl(apiBase, `--data-binary @- <<'${END}'\n${request}\n${END}`, "--no-buffer ");
}

/** What OpenAI's Python library takes by name; anything else goes into `extra_body`. */
const PYTHON_NAMES: ReadonlySet<string> = new Set([
  ...["model", "messages", "temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "stop"],
  "reasoning_effort",
]);

function python(apiBase: string, body: ChatBody): string {
  const members = Object.entries(body);
  const extra = Object.fromEntries(members.filter(([name]) => !PYTHON_NAMES.has(name)));
  const named = members.filter(([name]) => PYTHON_NAMES.has(name));
  const argument = (name: string, value: unknown): string => `    ${name}=${pythonLiteral(value, "    ")},`;
  return [
    "import os",
    "",
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${pythonLiteral(apiBase)}, api_key=os.environ["AIMO_API_KEY"])`,
    "stream = client.chat.completions.create(",
    ...named.map(([name, value]) => argument(name, value)),
    ...(Object.keys(extra).length === 0 ? [] : [argument("extra_body", extra)]),
    "    stream=True,",
    ")",
    "for chunk in stream:",
    "    for choice in chunk.choices:",
    '        print(choice.delta.content or "", end="", flush=True)',
    "print()",
  ].join("\n");
}

function typescript(apiBase: string, body: ChatBody): string {
  return [
    'import OpenAI from "openai";',
    "",
    "const client = new OpenAI({",
    `  baseURL: ${typescriptLiteral(apiBase)},`,
    '  apiKey: process.env["AIMO_API_KEY"],',
    "});",
    `const stream = await client.chat.completions.create(${typescriptLiteral({ ...body, stream: true })});`,
    "for await (const chunk of stream) {",
    '  process.stdout.write(chunk.choices[0]?.delta.content ?? "");',
    "}",
  ].join("\n");
}

/** The request in each way. `apiBase` is the router's, without a slash at its end. */
export function snippetsFor(apiBase: string, body: ChatBody): readonly Snippet[] {
  return [
    { id: "curl", title: "curl", needs: "a shell and curl", code: curl(apiBase, body) },
    { id: "python", title: "Python", needs: "pip install openai", code: python(apiBase, body) },
    { id: "typescript", title: "TypeScript", needs: "npm install openai", code: typescript(apiBase, body) },
  ];
}
