import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { COMMANDS } from "./command-table.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { createInterruption } from "./interruption.ts";
import { runCommandLine } from "./run-command.ts";
import type { StreamsBedOptions } from "./test-bed/streams-bed.ts";
import { openStreams } from "./test-bed/streams-bed.ts";
import { VERSION } from "./version.ts";

interface Ran {
  readonly code: number;
  readonly written: string;
  readonly said: string;
}

interface ToldError {
  readonly error: { readonly code: string; readonly message: string; readonly exit_code: number };
}

describe("a command line", () => {
  let home: string;
  before(() => (home = mkdtempSync(join(tmpdir(), "aimo-run-"))));
  after(() => rmSync(home, { recursive: true, force: true }));

  async function run(
    words: readonly string[],
    environment: Record<string, string> = {},
    { isInterrupted = false, ...terminals }: StreamsBedOptions & { isInterrupted?: boolean } = {},
  ): Promise<Ran> {
    const bed = openStreams(terminals);
    bed.end();
    const interruption = createInterruption(() => undefined);
    if (isInterrupted) interruption.interrupt();
    const code = await runCommandLine(words, {
      streams: bed.streams,
      environment: { HOME: home, ...environment },
      clock: systemClock,
      random: systemRandom,
      folder: home,
      interruption,
    });
    return { code, written: bed.written(), said: bed.said() };
  }

  test("help and the version go to standard output and end well", async () => {
    for (const words of [[], ["--help"], ["help"], ["chat", "--help"], ["help", "keys", "create"], ["keys"]]) {
      const { code, written, said } = await run(words);
      assert.deepEqual([code, said], [0, ""], words.join(" "));
      assert.match(written, /^Usage: aimo/);
    }
    assert.deepEqual(await run(["--version"]), { code: 0, written: `${VERSION}\n`, said: "" });
  });

  test("what is not understood goes to standard error with the exit code for it", async () => {
    const { code, written, said } = await run(["modles"]);
    assert.deepEqual([code, written], [EXIT_CODES.usage, ""]);
    assert.equal(said, "✗ Unknown command 'modles'.\n  next: Did you mean models? Else: aimo --help\n");
  });

  test("every command tells its faults as JSON when it is asked to", async () => {
    for (const { words } of COMMANDS.flatMap(({ commands }) => commands)) {
      const { code, written, said } = await run([...words.split(" "), "--json", "--no-such-option"]);
      assert.deepEqual([code, written], [EXIT_CODES.usage, ""], words);
      const { error } = JSON.parse(said) as ToldError;
      assert.deepEqual([error.code, error.exit_code], ["usage", EXIT_CODES.usage], words);
    }
  });

  test("a fault of the command itself is told likewise, in words or as JSON", async () => {
    const words = ["run", "hello", "--model", "a/b"];
    const told = await run(words);
    assert.equal(told.code, EXIT_CODES.usage);
    assert.match(told.said, /^✗ Which router\?\n {2}why: .*\n {2}next: .*\n$/);
    const json = await run([...words, "--json"]);
    assert.equal((JSON.parse(json.said) as ToldError).error.message, "Which router?");
    const untold = await run(["keygen", "--valid-for", "0"]);
    assert.match(
      untold.said,
      /expected whole days[^]*\n {2}next: aimo keygen --help\n$/,
      "there is always something to type",
    );
    assert.match(json.said, /^[^\n]+\n$/, "the last line of what is said, whatever was said before");
    assert.equal(json.code, EXIT_CODES.usage);
  });

  test("a router that nobody answers for is unreachable", async () => {
    const { code, said } = await run(["run", "hello", "--model", "a/b", "--router", "http://127.0.0.1:1"]);
    assert.equal(code, EXIT_CODES.unreachable);
    assert.match(said, /Cannot reach the router/);
  });

  test("a result is text for people and JSON for programs", async () => {
    const text = await run(["completion", "bash"]);
    assert.match(text.written, /complete -F _aimo aimo\n$/);
    const json = await run(["completion", "bash", "--json"]);
    assert.equal(`${(JSON.parse(json.written) as { script: string }).script}\n`, text.written);
  });

  test("faults have colours only where standard error is a terminal and nobody wants none", async () => {
    const escapes = async (environment: Record<string, string>, terminals: StreamsBedOptions, more: string[] = []) =>
      (await run(["run", "x", ...more], environment, terminals)).said.includes("\u001B");
    assert.equal(await escapes({}, { errors: true }), true);
    assert.equal(await escapes({}, { output: true }), false);
    assert.equal(await escapes({ NO_COLOR: "1" }, { errors: true }), false);
    assert.equal(await escapes({ TERM: "dumb" }, { errors: true }), false);
    assert.equal(await escapes({}, { errors: true }, ["--json"]), false);
    assert.equal(await escapes({ NO_COLOR: "" }, { errors: true }), true, "empty is not set");
  });

  test("what Ctrl-C cut off is told as that", async () => {
    const words = ["run", "hello", "--model", "a/b", "--router", "http://127.0.0.1:1"];
    const { code, said } = await run(words, {}, { isInterrupted: true });
    assert.equal(code, EXIT_CODES.interrupted);
    assert.doesNotMatch(said, /Cannot reach/);
  });

  test("with AIMO_TRACE the places of a failure are told, and no words of it", async () => {
    const words = ["run", "hello", "--model", "a/b", "--router", "http://127.0.0.1:1"];
    const { said } = await run(words, { AIMO_TRACE: "1" });
    const [trace] = said.split("\n✗");
    const { name, frames } = JSON.parse(trace ?? "") as { name: string; frames: string[] };
    assert.equal(name, "CommandFault");
    assert.ok(frames.length > 0);
    assert.doesNotMatch(trace ?? "", /Cannot reach/);
  });
});
