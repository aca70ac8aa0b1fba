// A node that answers with something else than an answer is told of by its name, and not by what broke on it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeFault, nodeAnswer } from "./node-answer.ts";

const HOST = "node.example";

test("answers are taken as they are, also that there is no such transaction", () => {
  for (const [method, answer] of [
    ["getBlockHeight", { jsonrpc: "2.0", id: "1", result: 5n }],
    ["getTransaction", { jsonrpc: "2.0", id: "1", result: null }],
    ["sendTransaction", { jsonrpc: "2.0", id: "1", error: { code: -32_002, message: "Simulation failed" } }],
  ] as const) {
    assert.equal(nodeAnswer(HOST, method, answer), answer);
  }
});

test("anything else is the node's fault, in words", () => {
  for (const [answer, words] of [
    [null, /does not answer as one does/],
    ["<html>", /does not answer as one does/],
    [[], /does not answer as one does/],
    [{}, /answers getBalance with nothing/],
    [{ result: null }, /answers getBalance with nothing/],
    [
      { error: { code: -32_005, message: "Node is behind\u202e by 1000 slots" } },
      /refuses getBalance: Node is behind\S* by 1000/,
    ],
    [{ error: 7 }, /refuses getBalance: it does not say why/],
  ] as const) {
    assert.throws(
      () => nodeAnswer<unknown>(HOST, "getBalance", answer),
      (fault) => fault instanceof NodeFault && words.test(fault.message) && fault.next !== undefined,
    );
  }
});
