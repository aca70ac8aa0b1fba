import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { faultOf } from "../test-bed/reading-bed.ts";
import { openStreams } from "../test-bed/streams-bed.ts";
import type { StreamsBed, StreamsBedOptions } from "../test-bed/streams-bed.ts";
import { openTerminal } from "./process-terminal.ts";
import type { Terminal } from "./terminal.ts";

interface Opened {
  readonly bed: StreamsBed;
  readonly clock: ManualClock;
  readonly terminal: Terminal;
}

function open(terminals: StreamsBedOptions = {}, options: { isQuiet?: boolean; isJson?: boolean } = {}): Opened {
  const bed = openStreams(terminals);
  const clock = manualClock();
  const given = { isQuiet: false, isJson: false, ...options };
  return { bed, clock, terminal: openTerminal(bed.streams, given, { environment: {}, clock }) };
}

const ALL = { input: true, output: true, errors: true };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("results go to standard output, notes and warnings to standard error, and --quiet keeps the notes back", () => {
  const loud = open();
  const quiet = open({}, { isQuiet: true });
  for (const { terminal } of [loud, quiet]) {
    terminal.write("result\n");
    terminal.note("note");
    terminal.warn("warning");
  }
  assert.deepEqual([loud.bed.written(), loud.bed.said()], ["result\n", "note\nwarning\n"]);
  assert.deepEqual([quiet.bed.written(), quiet.bed.said()], ["result\n", "warning\n"]);
});

test("each stream has its own colours: a pipe gets none while the other is a terminal", () => {
  const piped = open({ errors: true }).terminal;
  assert.equal(piped.style.bad("x"), "x");
  assert.equal(piped.noteStyle.bad("x"), "\u001B[31mx\u001B[39m");
  const shown = open({ output: true }).terminal;
  assert.equal(shown.style.bad("x"), "\u001B[31mx\u001B[39m");
  assert.equal(shown.noteStyle.bad("x"), "x");
  assert.equal(open(ALL, { isJson: true }).terminal.style.bad("x"), "x");
});

test("a table fits a terminal, and a pipe or a terminal without a width gets all of it", () => {
  assert.equal(open({ output: true, columns: 40 }).terminal.width, 40);
  assert.equal(open({ output: true, columns: 0 }).terminal.width, Number.MAX_SAFE_INTEGER);
  assert.equal(open().terminal.width, Number.MAX_SAFE_INTEGER);
});

test("progress is silent for a second, then written over on a terminal and line by line elsewhere", () => {
  const quick = open({ errors: true });
  const done = quick.terminal.progress("sending");
  quick.clock.advance(999);
  done.done();
  assert.equal(quick.bed.said(), "");
  assert.equal(quick.clock.waiting, 0);
  const slow = open({ errors: true, columns: 12 });
  const shown = slow.terminal.progress("sending");
  slow.clock.advance(1_000);
  shown.at("waiting for the chain");
  shown.done("sent");
  assert.equal(
    slow.bed.said(),
    "\r\u001B[Ksending…\r\u001B[Kwaiting for…\r\u001B[Ksent\n",
    "one line, cut to the terminal",
  );
  shown.at("again");
  shown.done();
  assert.match(slow.bed.said(), /sent\n$/, "what has ended clears no line that is somebody else's by now");
  const piped = open();
  const lines = piped.terminal.progress("sending");
  piped.clock.advance(1_000);
  lines.at("confirming");
  lines.done("sent");
  assert.equal(piped.bed.said(), "sending…\nconfirming…\nsent\n");
  const quiet = open({}, { isQuiet: true });
  const none = quiet.terminal.progress("sending");
  quiet.clock.advance(5_000);
  none.at("x");
  none.done("sent");
  assert.equal(quiet.bed.said(), "");
});

test("where there is nobody to ask, a yes is a no and every other question a fault", async () => {
  for (const streams of [{}, { input: true }, { errors: true }, { output: true, input: true }]) {
    const { terminal } = open(streams);
    assert.equal(terminal.isInteractive, false);
    assert.equal(await terminal.confirm("Pay?"), false);
    const choices = [{ value: "a", label: "A" }];
    const asked = [
      () => terminal.ask("Name?"),
      () => terminal.choose("Which?", choices),
      () => terminal.pick("Which?", choices),
    ];
    for (const ask of asked) assert.equal((await faultOf(ask())).reason, "declined");
  }
});

test("a person says yes, writes, picks and chooses, on standard error and never on standard output", async () => {
  const { bed, terminal } = open(ALL);
  const choices = ["alpha", "beta", "gamma"].map((value) => ({ value, label: value, hint: "hint" }));
  const answer = async <Found>(question: Promise<Found>, ...typed: string[]): Promise<Found> => {
    for (const keys of typed) {
      await settled();
      bed.type(keys);
    }
    return await question;
  };
  await import("@clack/prompts"); // loaded by then, so that what is typed finds the question
  assert.equal(await answer(terminal.confirm("Pay?"), "y"), true);
  assert.equal(await answer(terminal.confirm("Pay?"), "\r"), false, "Enter alone moves no money");
  assert.equal(await answer(terminal.ask("Name?"), "Ada", "\r"), "Ada");
  assert.equal(await answer(terminal.ask("Name?", { fallback: "Bob" }), "\r"), "Bob");
  assert.equal(await answer(terminal.ask("Secret?", { isSecret: true }), "hunter2", "\r"), "hunter2");
  assert.doesNotMatch(bed.said(), /hunter2/);
  assert.deepEqual(await answer(terminal.choose("Which?", choices, ["beta"]), "\r"), ["beta"]);
  assert.equal(await answer(terminal.pick("Which?", choices), "gam", "\r"), "gamma");
  assert.equal(bed.written(), "");
  assert.equal((await faultOf(answer(terminal.ask("Name?"), "\u0003"))).what, "Nothing was done.");
});

test("what is piped in is read, and a terminal is not waited for", async () => {
  const piped = open();
  piped.bed.type("text");
  piped.bed.end();
  assert.equal(await piped.terminal.readInput(10), "text");
  assert.equal(await open({ input: true }).terminal.readInput(10), undefined);
});
