import assert from "node:assert/strict";
import { test } from "node:test";
import { OUTPUT_TOKENS_MAX, STOP_CHARS_MAX } from "../limits.ts";
import type { SettingTexts } from "./read-settings.ts";
import { NO_SETTINGS, readSettings } from "./read-settings.ts";

const read = (texts: Partial<SettingTexts>) => readSettings({ ...NO_SETTINGS, ...texts });

test("numbers are taken up to their bounds, and told beyond them", () => {
  const cases = [
    ["temperature", ["0", "2", " 0.7 ", "1,5"], ["2.01", "-1", "1e0", "warm", "0x1", "1.2.3"]],
    ["topP", ["0", "1", "0.95"], ["1.01", "-0.1"]],
    ["maxTokens", ["1", String(OUTPUT_TOKENS_MAX)], ["0", "1.5", "-1", String(OUTPUT_TOKENS_MAX + 1), "9".repeat(12)]],
    ["seed", ["0", "-2147483648", "2147483647"], ["2147483648", "1.5", "a"]],
  ] as const;
  for (const [name, good, bad] of cases) {
    for (const text of good) {
      const { values, faults } = read({ [name]: text });
      assert.equal(values[name], Number(text.trim().replace(",", ".")), `${name} ${text}`);
      assert.deepEqual(faults, {});
    }
    for (const text of bad) {
      const { values, faults } = read({ [name]: text });
      assert.equal(values[name], undefined);
      assert.match(faults[name] ?? "", /^Expected .*; found “/, `${name} ${text}`);
    }
  }
});

test("an empty field is not set and no fault", () => {
  const { values, faults } = read({ temperature: "  " });
  assert.deepEqual(faults, {});
  assert.deepEqual(
    { ...values },
    {
      system: "",
      temperature: undefined,
      topP: undefined,
      maxTokens: undefined,
      seed: undefined,
      stop: [],
      effort: undefined,
    },
  );
});

test("stops are lines, without doubles and with breaks that can be typed", () => {
  assert.deepEqual(read({ stop: "a\n\nb c \na\n\\n\\n\n\\t" }).values.stop, ["a", "b c ", "\n\n", "\t"]);
  assert.match(read({ stop: "1\n2\n3\n4\n5" }).faults.stop ?? "", /4 lines at most, found 5/);
  assert.deepEqual(read({ stop: "x".repeat(STOP_CHARS_MAX) }).faults, {});
  assert.match(
    read({ stop: "x".repeat(STOP_CHARS_MAX + 1) }).faults.stop ?? "",
    /256 characters at most, found one of 257/,
  );
});

test("an effort is one of those that there are", () => {
  assert.equal(read({ effort: "high" }).values.effort, "high");
  assert.equal(read({ effort: "enormous" }).values.effort, undefined);
});
