import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError } from "@aimo-network/protocol/errors";
import { CommandFault } from "../fault.ts";
import { faultJson, faultText, faultWords } from "./fault-text.ts";
import { styleFor } from "./style.ts";

test("a fault says what, why and what next, each on its line, and leaves out what it has not", () => {
  const style = styleFor(false, {});
  const words = { what: "It failed.", why: "because.", next: "aimo doctor", reason: "failed" } as const;
  assert.equal(faultText(words, style), "✗ It failed.\n  why: because.\n  next: aimo doctor");
  assert.equal(faultText({ what: "It failed.", reason: "failed" }, style), "✗ It failed.");
});

test("a fault for programs has a stable code and the exit code", () => {
  const words = { what: "It failed.", why: "because.", reason: "refused" } as const;
  assert.deepEqual(JSON.parse(JSON.stringify(faultJson(words, 4))), {
    error: { code: "refused", message: "It failed.", why: "because.", exit_code: 4 },
  });
  const coded = JSON.parse(JSON.stringify(faultJson({ ...words, code: "key_expired" }, 4))) as {
    error: { code: string };
  };
  assert.equal(coded.error.code, "key_expired");
});

test("what was thrown is told as what it is: a command's fault, an error of the network, or one of this program", () => {
  const fault = new CommandFault({ what: "It failed.", reason: "funds" });
  assert.equal(faultWords(fault), fault.words);
  const ours = faultWords(new AimoError("invalid_amount", { expected: "1", found: "2" }));
  assert.equal(ours.code, "invalid_amount");
  assert.equal(faultWords(new Error("x is undefined")).what, "aimo itself failed.");
  assert.equal(faultWords("odd").reason, "failed");
});
