import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "./command-table.ts";
import { optionsOf, parseCommandLine } from "./program.ts";
import { exampleCommands } from "./test-bed/shell-words.ts";
import { VERSION } from "./version.ts";

const specs = COMMANDS.flatMap(({ commands }) => commands);

test("each command has words of its own, below its group's noun", () => {
  const words = specs.map((spec) => spec.words);
  assert.deepEqual(words.toSorted(), [...new Set(words)].toSorted());
  for (const { noun, commands } of COMMANDS) {
    for (const spec of commands) assert.ok(noun === "" || spec.words.startsWith(`${noun} `), spec.words);
  }
  const alone = new Set(words);
  for (const each of words) {
    const noun = each.split(" ").slice(0, -1).join(" ");
    assert.ok(!alone.has(noun), `${noun} is a command and cannot be the noun of ${each}`);
  }
});

/** What the sources tell people to type, up to where prose begins. */
function* adviceIn(folder: string): Generator<{ place: string; words: string[] }> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const place = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !place.endsWith(".ts") || /\.test\.ts$|test-bed/.test(place)) continue;
    const told = readFileSync(place, "utf8").replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
    for (const [, words = ""] of told.matchAll(/\baimo ((?!aimo)[a-z][^"`.,;:)\n]*)/g))
      yield { place, words: words.split(/[ \\]+/) };
  }
}

const PROSE: ReadonlySet<string> = new Set(["does", "for", "in", "is", "itself", "keeps", "nor"]);

test("every command that a message tells to type is there, with the options it names", () => {
  const wrong: string[] = [];
  let found = 0;
  for (const { place, words } of adviceIn(fileURLToPath(new URL(".", import.meta.url)))) {
    const [first = ""] = words;
    if (PROSE.has(first)) continue;
    found += 1;
    const told = `${place}: aimo ${words.join(" ")}`;
    const known = [3, 2, 1]
      .map((count) => specs.find((spec) => spec.words === words.slice(0, count).join(" ")))
      .find((spec) => spec !== undefined);
    const isNoun = specs.some((spec) => spec.words.startsWith(`${first} `));
    if (known === undefined && !isNoun) wrong.push(told);
    const flags = known === undefined ? [] : optionsOf(known).map((option) => option.flags);
    for (const option of words.filter((word) => /^--[a-z]/.test(word) && word !== "--help")) {
      if (!flags.some((each) => each.split(/[ ,]+/).includes(option))) wrong.push(`${told}: ${option}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(found > 50);
});

test("the spellings of first-generation guides are understood as they are printed there", async () => {
  const printed: [line: string, words: string, options: object][] = [
    [
      "keygen --tag dev --valid-for 90 --scopes completion_model",
      "keygen",
      { tag: "dev", validFor: "90", scopes: "completion_model" },
    ],
    ["keygen --usage-limit 10 --id wallet.json", "keygen", { usageLimit: "10", id: "wallet.json" }],
    ["topup 5", "topup", {}],
    [
      "topup 5 --router-url https://router.example --rpc-url https://node.example --id wallet.json",
      "topup",
      { routerUrl: "https://router.example", rpcUrl: "https://node.example", id: "wallet.json" },
    ],
  ];
  for (const [line, words, options] of printed) {
    const parsed = await parseCommandLine(COMMANDS, VERSION, line.split(" "));
    assert.ok("typed" in parsed, line);
    assert.equal(parsed.typed.spec.words, words);
    for (const [name, value] of Object.entries(options)) {
      assert.deepEqual([parsed.typed.options[name]].flat(), [value], `${line}: ${name}`);
    }
  }
});

for (const spec of specs) {
  describe(`aimo ${spec.words}`, () => {
    test("has an example whose words are understood as this command", async () => {
      const found = exampleCommands(spec.example);
      assert.ok(found.length > 0, spec.example);
      const meant: string[] = [];
      for (const words of found) {
        const parsed = await parseCommandLine(COMMANDS, VERSION, words);
        assert.ok("typed" in parsed, `${words.join(" ")}: ${JSON.stringify(parsed)}`);
        meant.push(parsed.typed.spec.words);
      }
      assert.ok(meant.includes(spec.words), `${spec.example} is of ${meant.join(", ")}`);
    });

    test("has help with a summary, every option and the example", async () => {
      const parsed = await parseCommandLine(COMMANDS, VERSION, [...spec.words.split(" "), "--help"]);
      assert.ok("text" in parsed, JSON.stringify(parsed));
      const told = parsed.text.replaceAll(/\s+/g, " ");
      assert.ok(told.includes(spec.summary.replaceAll(/\s+/g, " ")));
      for (const { flags } of optionsOf(spec)) assert.ok(told.includes(flags), flags);
      assert.ok(parsed.text.endsWith(`Example:\n  ${spec.example.replaceAll("\n", "\n  ")}\n`));
    });

    test("says what it means in sentences of its own", () => {
      assert.match(
        spec.summary,
        /^[^A-Z].*[^.]$/,
        "a summary is no sentence: it begins small and ends without a point",
      );
      for (const { flags, meaning } of optionsOf(spec)) {
        assert.ok(meaning.length > 3, flags);
        assert.match(meaning, /[^.]$/, flags);
      }
    });

    test("has code to run", async () => {
      assert.equal(typeof (await spec.load()), "function");
    });
  });
}
