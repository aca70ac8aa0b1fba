// Members that two parsers would read differently are found, whatever their spelling.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AimoError } from "./errors.ts";
import { isAimoError } from "./errors.ts";
import { jsonMembers } from "./json-members.ts";
import { checkMemberNames, foldedName } from "./member-names.ts";

const own = new Set(["model", "n", "stream"]);

function refusalOf(json: string, others: "once" | "any"): AimoError<"invalid_request"> | undefined {
  try {
    checkMemberNames(jsonMembers(json), { own, others });
  } catch (error) {
    if (isAimoError(error, "invalid_request")) return error;
    throw error;
  }
  return undefined;
}

test("names are compared as parsers do that ignore case", () => {
  assert.equal(foldedName("\u017ftREAM"), "stream");
  assert.equal(foldedName("\u212aeep"), "keep");
});

describe("among the members of an object", () => {
  for (const [json, param, words] of [
    ['{"n":1,"n":1000}', "n", "`n`: expected every member once, found `n` twice."],
    ['{"n":1,"\\u006e":1000}', "n", "`n`: expected every member once, found `n` twice."],
    ['{"N":1}', "n", "`n`: expected `n`, found `N`."],
    ['{"\u017ftream":true}', "stream", "`stream`: expected `stream`, found `\u017ftream`."],
  ] as const) {
    test(`${json} is refused, naming the member`, () => {
      for (const others of ["once", "any"] as const) {
        const refusal = refusalOf(json, others);
        assert.deepEqual([refusal?.context.param, refusal?.message], [param, words]);
      }
    });
  }

  test("one that is not ours may stand twice only where nobody minds", () => {
    for (const json of ['{"a":1,"a":2}', '{"a":1,"A":2}']) {
      assert.equal(refusalOf(json, "any"), undefined);
      assert.match(refusalOf(json, "once")?.message ?? "", /every member once, found `[aA]` twice/);
    }
  });

  test("of a long name only the beginning is shown", () => {
    const long = "x".repeat(1_000);
    const { message = "" } = refusalOf(`{"${long}":1,"${long}":2}`, "once") ?? {};
    assert.ok(message.includes(`\`${"x".repeat(64)}\``), message);
  });

  test("every other is left alone", () => {
    assert.equal(refusalOf('{"model":"a","n":1,"stream":true,"Seed":1,"__proto__":{}}', "once"), undefined);
    assert.equal(refusalOf("{}", "once"), undefined);
  });
});
