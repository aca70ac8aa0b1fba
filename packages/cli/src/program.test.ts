import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandGroup } from "./command-spec.ts";
import { optionsOf, parseCommandLine } from "./program.ts";
import type { Parsed } from "./program.ts";

const load = (): Promise<never> => Promise.reject(new Error("It is not run here."));

const GROUPS: readonly CommandGroup[] = [
  {
    noun: "keys",
    summary: "API keys",
    commands: [
      {
        words: "keys create",
        summary: "make one",
        options: [
          { flags: "--reset <rhythm>", meaning: "when it begins anew", choices: ["daily", "weekly"] },
          { flags: "--days <count>", meaning: "how long", fallback: "90" },
          { flags: "--model <name...>", meaning: "models" },
        ],
        takes: ["wallet"],
        more: `A word more. ${"More words. ".repeat(10)}`.trim(),
        example: "aimo keys create\naimo keys create --reset daily",
        load,
      },
    ],
  },
  {
    noun: "provider",
    heading: "Sell",
    summary: "sell models",
    within: { "provider exit": "take everything out" },
    commands: [
      { words: "provider exit request", summary: "ask for it", example: "aimo provider exit request", load },
      { words: "provider exit status", summary: "look", example: "aimo provider exit status", load },
    ],
  },
  {
    noun: "",
    summary: "paint",
    commands: [
      {
        words: "paint",
        summary: "paint it",
        arguments: [
          { name: "colour", meaning: "a colour", choices: ["red", "green"] },
          { name: "walls", meaning: "walls", isOptional: true, isList: true },
        ],
        example: "aimo paint red",
        load,
      },
    ],
  },
];

const parse = (line: string): Promise<Parsed> => parseCommandLine(GROUPS, "1.2.3", line === "" ? [] : line.split(" "));

async function typed(line: string): Promise<Extract<Parsed, { typed: object }>["typed"]> {
  const parsed = await parse(line);
  assert.ok("typed" in parsed, JSON.stringify(parsed));
  return parsed.typed;
}

async function text(line: string): Promise<string> {
  const parsed = await parse(line);
  assert.ok("text" in parsed, JSON.stringify(parsed));
  return parsed.text;
}

async function fault(line: string): Promise<{ what: string; next?: string; reason: string }> {
  const parsed = await parse(line);
  assert.ok("fault" in parsed, JSON.stringify(parsed));
  return parsed.fault;
}

test("words, arguments and options arrive at the command that is meant", async () => {
  const create = await typed("keys create --reset daily --model a b --id wallet.json -q");
  assert.equal(create.spec.words, "keys create");
  assert.deepEqual(create.options, {
    reset: "daily",
    days: "90",
    model: ["a", "b"],
    id: "wallet.json",
    quiet: true,
  });
  assert.deepEqual((await typed("paint red")).arguments, ["red"]);
  assert.deepEqual((await typed("paint red north south")).arguments, ["red", "north", "south"]);
  assert.equal((await typed("provider exit status")).spec.words, "provider exit status");
});

test("an option's value may stand behind an equals sign, and behind two dashes everything is an argument", async () => {
  assert.equal((await typed("keys create --reset=weekly")).options["reset"], "weekly");
  assert.deepEqual((await typed("paint red -- --north")).arguments, ["red", "--north"]);
});

test("help of every level lists what follows, with the example and what is worth knowing", async () => {
  const help = await text("--help");
  for (const words of ["keys", "provider", "paint", "AIMO_API_KEY", "Example:"]) assert.ok(help.includes(words), words);
  assert.equal(await text(""), help, "nothing typed asks for help");
  assert.match(help, /\nSell:\n {2}provider/, "what belongs together stands together");
  assert.match(await text("keys"), /create +make one\n\nExample:\n {2}aimo keys create\n/);
  assert.match(await text("provider"), /exit +take everything out/);
  assert.match(await text("provider exit"), /request[^]*status/);
  const create = await text("keys create --help");
  assert.match(create, /--reset <rhythm>[^]*daily[^]*--days <count>[^]*90[^]*--id <file>[^]*--json/);
  assert.match(
    create,
    /A word more\. (?:More\swords\.\s){10}\nExample:\n {2}aimo keys create\n {2}aimo keys create --reset daily\n$/,
  );
  assert.ok(create.split("\n").every((line) => line.length <= 80));
  assert.equal(await text("help keys create"), create);
});

test("the version is printed alone", async () => {
  assert.equal(await text("--version"), "1.2.3\n");
  assert.equal(await text("-V"), "1.2.3\n");
  assert.equal(await text("version"), "1.2.3\n");
});

test("a word, option or value that is not known is told with the near one and with the help to read", async () => {
  assert.deepEqual(await fault("kyes"), {
    what: "Unknown command 'kyes'.",
    next: "Did you mean keys? Else: aimo --help",
    reason: "usage",
  });
  assert.equal((await fault("keys craete")).next, "Did you mean create? Else: aimo keys --help");
  assert.equal((await fault("keys create --rest daily")).next, "Did you mean --reset? Else: aimo keys create --help");
  assert.match((await fault("keys create --reset never")).what, /Allowed choices are daily, weekly\.$/);
  assert.equal((await fault("keys create --reset never")).next, "aimo keys create --help");
  assert.match((await fault("paint blue")).what, /Allowed choices are red, green\.$/);
});

test("an option before the command's words is told where it belongs", async () => {
  const { what, next } = await fault("--json keys create");
  assert.equal(what, "Unknown option '--json'.");
  assert.match(next ?? "", /behind the command's words/);
});

test("too few and too many words are told", async () => {
  assert.deepEqual(await fault("paint"), {
    what: "Missing required argument 'colour'.",
    next: "Such as: aimo paint red\n  Else: aimo paint --help",
    reason: "usage",
  });
  assert.match((await fault("keys create extra")).what, /^Too many arguments/);
  assert.match((await fault("keys create --days")).what, /argument missing/);
});

test("a key that is typed where none belongs is not repeated", async () => {
  const key = `aimo-sk-v2-${"4zZSGXPDo".repeat(20)}`;
  for (const line of [key, `keys ${key}`, `keys create --${key}`, `paint ${key}`, `keys create --reset ${key}`]) {
    const words = JSON.stringify(await fault(line));
    assert.doesNotMatch(words, /4zZSGXPDo/, line);
  }
});

test("every command takes --json and --quiet, and its own options come first", () => {
  const [group] = GROUPS;
  const flags = optionsOf(group!.commands[0]!).map((option) => option.flags);
  assert.equal(flags[0], "--reset <rhythm>");
  assert.deepEqual(flags.slice(-2), ["--json", "-q, --quiet"]);
});
