// The members that change, the members that are refused, and the bytes that stay.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { REQUEST_DEPTH_MAX, REQUEST_VALUES_MAX } from "../limits.ts";
import { bodyRules, upstreamBody } from "./body-rules.ts";

const rules = bodyRules(["logit_bias"], 4, "https");
const rewrite = (text: string): string => upstreamBody(Buffer.from(text), '"upstream/model"', rules).bytes.toString();
const code =
  (expected: "invalid_request" | "forbidden_content") =>
  (error: unknown): boolean =>
    isAimoError(error, expected);

describe("upstream body", () => {
  test("the model's name is the upstream's, the router's own members are gone, other bytes stay", () => {
    const kept =
      '"messages":[ {"role":"user", "content":"a\\u00e9 é \\/ 1.0"} ] , "temperature": 1.0e0, "seed":18446744073709551615';
    const body = `{"model":"gpt-4o", ${kept}, "provider":{"only":["x"]},"models":["a"],"route":"fallback","plugins":[],"transforms":[],"usage":{"include":true}}`;
    assert.equal(rewrite(body), `{"model":"upstream/model",${kept}}`);
  });

  test("a missing model is added", () => {
    assert.equal(rewrite('{"messages":[]}'), '{"model":"upstream/model","messages":[]}');
  });

  test("a stream asks for usage and keeps its other options", () => {
    assert.deepEqual(JSON.parse(rewrite('{"stream":true}')), {
      model: "upstream/model",
      stream: true,
      stream_options: { include_usage: true },
    });
    const options = '{"stream":true,"stream_options":{"include_usage":false,"continuous_usage_stats":true}}';
    assert.deepEqual((JSON.parse(rewrite(options)) as Record<string, unknown>)["stream_options"], {
      include_usage: true,
      continuous_usage_stats: true,
    });
    const none = JSON.parse(rewrite('{"stream":true,"stream_options":null}')) as Record<string, unknown>;
    assert.deepEqual(none["stream_options"], { include_usage: true });
  });

  test("a request without stream gets no stream options", () => {
    assert.equal(rewrite('{"stream":false}'), '{"model":"upstream/model","stream":false}');
  });

  test("n above the greatest is lowered, n up to it stays", () => {
    assert.equal((JSON.parse(rewrite('{"n":5}')) as Record<string, unknown>)["n"], 4);
    assert.equal(rewrite('{"n": 4}'), '{"model":"upstream/model","n": 4}');
    assert.equal(rewrite('{"n":null}'), '{"model":"upstream/model","n":null}');
    assert.throws(() => rewrite('{"n":"100"}'), code("invalid_request"));
  });

  test("best_of is capped like n", () => {
    assert.deepEqual(JSON.parse(rewrite('{"n":5,"best_of":100}')), { model: "upstream/model", n: 4, best_of: 4 });
    assert.throws(() => rewrite('{"best_of":"100"}'), code("invalid_request"));
  });

  for (const body of ['{"n":0}', '{"n":-1}', '{"n":1.5}', '{"n":true}', '{"stream":1}', '{"stream":"true"}']) {
    test(`${body} is refused with what was expected`, () => {
      assert.throws(() => rewrite(body), code("invalid_request"));
    });
  }

  test("a stream that is null is none", () => {
    assert.equal(rewrite('{"stream":null}'), '{"model":"upstream/model","stream":null}');
  });

  for (const name of [
    ...["chat_template", "chat_template_kwargs", "mm_processor_kwargs", "media_io_kwargs", "logit_bias"],
    ...["lora", "lora_request", "lora_path", "logits_processors", "custom_logit_processor", "priority", "options"],
    ...["kv_transfer_params", "bootstrap_host", "bootstrap_port", "bootstrap_room", "data_parallel_rank", "keep_alive"],
  ]) {
    test(`${name} is refused`, () => {
      assert.throws(() => rewrite(`{"messages":[],"${name}":null}`), code("forbidden_content"));
    });
  }

  test("a refused member is found behind escapes", () => {
    assert.throws(() => rewrite('{"chat\\u005ftemplate":"x"}'), code("forbidden_content"));
  });

  test("a member that stands twice is refused", () => {
    assert.throws(() => rewrite('{"n":1,"n":1000}'), code("invalid_request"));
    assert.throws(() => rewrite('{"stream":false,"str\\u0065am":true}'), code("invalid_request"));
  });

  for (const [name, refusal] of [
    ["Model", "invalid_request"],
    ["STREAM", "invalid_request"],
    ["\u017ftream", "invalid_request"],
    ["N", "invalid_request"],
    ["Usage", "invalid_request"],
    ["Options", "forbidden_content"],
    ["\u212aeep_alive", "forbidden_content"],
    ["Logit_Bias", "forbidden_content"],
  ] as const) {
    test(`${name} is refused, for a parser that ignores case would obey it`, () => {
      assert.throws(() => rewrite(`{"model":"m","${name}":"x"}`), code(refusal));
    });
  }

  test("a member that stands twice in two cases is refused, and one that is only spelt in capitals is not", () => {
    assert.throws(() => rewrite('{"max_tokens":1,"Max_Tokens":1000000}'), code("invalid_request"));
    assert.equal(rewrite('{"Seed":1}'), '{"model":"upstream/model","Seed":1}');
  });

  for (const body of ["", "[]", "null", '"x"', "{", '{"a":1}x', "\uFEFF{}"]) {
    test(`${JSON.stringify(body)} is refused`, () => {
      assert.throws(() => rewrite(body), code("invalid_request"));
    });
  }

  test("as many levels and values as a router passes are taken, and one more of either is refused before it is parsed", () => {
    const deep = (levels: number): string => `{"tools":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    const wide = (values: number): string => `{"tools":[${"1,".repeat(values - 2)}1]}`; // the object and the array are two
    assert.ok(rewrite(deep(REQUEST_DEPTH_MAX)).includes("[["));
    assert.throws(() => rewrite(deep(REQUEST_DEPTH_MAX + 1)), /at most 256 levels/);
    assert.ok(rewrite(wide(REQUEST_VALUES_MAX)).includes("1,1"));
    assert.throws(() => rewrite(wide(REQUEST_VALUES_MAX + 1)), /at most 500000 values/);
  });

  test("bytes that are not UTF-8 are refused", () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    assert.throws(() => upstreamBody(bytes, '"m"', rules), code("invalid_request"));
  });

  test("members that never reach the upstream are not searched for media", () => {
    const body = '{"plugins":[{"id":"web","url":"http://10.0.0.1"}]}';
    assert.equal(rewrite(body), '{"model":"upstream/model"}');
    assert.throws(() => rewrite('{"images":["http://127.0.0.1"]}'), code("forbidden_content"));
  });

  test("refused media refuse the body, and hosts of other media are handed over", () => {
    const body = (url: string): string => `{"messages":[{"content":[{"image_url":{"url":"${url}"}}]}]}`;
    assert.throws(() => rewrite(body("http://10.0.0.1/")), code("forbidden_content"));
    const { mediaHosts } = upstreamBody(Buffer.from(body("https://example.com/a")), '"m"', rules);
    assert.deepEqual([...mediaHosts], ["example.com"]);
  });
});
