import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Script } from "node:vm";
import { parseSync } from "oxc-parser";
import type { ChatBody } from "../chat/chat-body.ts";
import { shortenImages, snippetsFor } from "./snippets.ts";

const API_BASE = "https://router.example/api/v1";

/** Everything that means something to a shell, to Python or to TypeScript, and what nobody sees. */
const HOSTILE = [
  // oxlint-disable-next-line no-template-curly-in-string -- a shell and TypeScript read it, this file does not
  'it\'s "quoted" and `ticked` $HOME ${HOME} $(touch /tmp/no) `id` \\ \\n \\u0041 %s %(x)s {x} #{x}',
  "JSON\nEOF\n'JSON'\n\"\"\"\n'''\n*/ // --\n!! !x ~ & | ; > < * ?",
  "tab\tbell\u0007escape\u001b[201~ null\u0000 return\r\nline\u2028paragraph\u2029end",
  "żółć 漢字 🙂 👩‍👩‍👧 \u202Ereversed\u202C zero\u200Bwidth mark\uFEFF tag\u{E0041}",
  "</script><!-- ]]> \\'; rm -rf ~ #",
].join("\n");

const BODY: ChatBody = {
  model: "acme/it's-$a-model",
  messages: [
    { role: "system", content: HOSTILE },
    {
      role: "user",
      content: [
        { type: "text", text: HOSTILE },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      ],
    },
    { role: "assistant", content: "" },
    { role: "user", content: "'" },
  ],
  temperature: 0.7,
  seed: -3,
  stop: ["\n", "'", HOSTILE],
  reasoning: { effort: "low", exclude: false, note: null },
};

function code(id: string, body = BODY): string {
  return snippetsFor(API_BASE, body).find((snippet) => snippet.id === id)?.code ?? assert.fail(`no snippet ${id}`);
}

test("the shell's snippet, run by a real shell, sends exactly the request", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "aimo-snippet-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "curl"), `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/arguments\ncat > ${folder}/body\n`);
  chmodSync(join(folder, "curl"), 0o755);
  const script = join(folder, "snippet.sh");
  writeFileSync(script, code("curl"));
  const env = { PATH: `${folder}:${process.env["PATH"]}`, HOME: folder, AIMO_API_KEY: "aimo-sk-test" };
  for (const shell of ["bash", "sh"]) {
    const run = spawnSync(shell, [script], { env, encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stdout + run.stderr, "");
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "body"), "utf8")), { ...BODY, stream: true });
    assert.deepEqual(readFileSync(join(folder, "arguments"), "utf8").trimEnd().split("\n"), [
      ...["--no-buffer", `${API_BASE}/chat/completions`, "-H", "Authorization: Bearer aimo-sk-test"],
      ...["-H", "Content-Type: application/json", "--data-binary", "@-"],
    ]);
  }
});

// Runs the snippet with a library in place of OpenAI's, which writes down what it was given.
const PYTHON_STUB = `
import json, os, sys, types
class OpenAI:
    def __init__(self, **client):
        def create(**request):
            sys.stdout.buffer.write(json.dumps([client, request], ensure_ascii=False).encode("utf-8"))
            return []
        self.chat = types.SimpleNamespace(completions=types.SimpleNamespace(create=create))
module = types.ModuleType("openai")
module.OpenAI = OpenAI
sys.modules["openai"] = module
os.environ["AIMO_API_KEY"] = "aimo-sk-test"
exec(compile(sys.stdin.buffer.read().decode("utf-8"), "snippet", "exec"))
`;

const hasPython = spawnSync("python3", ["-c", ""]).status === 0;

test(
  "the Python snippet, run by Python, asks for exactly the request",
  { skip: hasPython ? false : "there is no python3 here" },
  () => {
    const run = spawnSync("python3", ["-I", "-c", PYTHON_STUB], { input: code("python"), encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    const [client, request] = JSON.parse(run.stdout) as [object, Record<string, unknown>];
    assert.deepEqual(client, { base_url: API_BASE, api_key: "aimo-sk-test" });
    const { extra_body: extra, stream, ...named } = request;
    assert.equal(stream, true);
    assert.deepEqual({ ...named, ...(extra as object) }, BODY);
    assert.deepEqual(extra, { reasoning: BODY["reasoning"] });
  },
);

test("the TypeScript snippet can be read, and holds exactly the request", () => {
  const source = code("typescript");
  assert.deepEqual(parseSync("snippet.ts", source, { lang: "ts" }).errors, []);
  const literal = /create\(([^]*)\);\nfor await/.exec(source)?.[1] ?? assert.fail("there is no request in it");
  assert.deepEqual(JSON.parse(JSON.stringify(new Script(`(${literal})`).runInNewContext())), { ...BODY, stream: true });
  assert.match(source, /baseURL: "https:\/\/router\.example\/api\/v1"/);
});

test("what nobody sees is written as escapes in all of them", () => {
  for (const { code: source } of snippetsFor(API_BASE, BODY)) {
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    assert.doesNotMatch(source, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\uFEFF]|\u{E0041}/u);
  }
});

test("a hostile API base ends no text", () => {
  const bodyOf = { model: "a/b", messages: [] };
  const [curl] = snippetsFor("https://x.example/';touch no;'", bodyOf);
  assert.match(curl?.code ?? "", /'https:\/\/x\.example\/'\\'';touch no;'\\''\/chat\/completions'/);
});

test("images are cut, and counted", () => {
  const url = `data:image/png;base64,${"A".repeat(500)}`;
  const { body, cut } = shortenImages({
    model: "a/b",
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image_url", image_url: { url } },
        ],
      },
    ],
  });
  assert.equal(cut, 1);
  assert.deepEqual(body.messages[0]?.content, [
    { type: "text", text: "look" },
    { type: "image_url", image_url: { url: `${url.slice(0, 48)}…` } },
  ]);
});
