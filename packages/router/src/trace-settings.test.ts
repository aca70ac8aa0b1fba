// OpenTelemetry's variables: what names a collector, what is refused, and that no fault shows a secret.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, parseConfig } from "./config.ts";

const ENDPOINT = "http://collector.example:4318";

test("without a collector nothing is traced, whatever else is set", () => {
  assert.equal(parseConfig({}).traces, undefined);
  assert.equal(parseConfig({ OTEL_SERVICE_NAME: "x", OTEL_EXPORTER_OTLP_ENDPOINT: "" }).traces, undefined);
});

test("the general endpoint gets the path of traces, the one for traces is used as it is", () => {
  const expected = { url: `${ENDPOINT}/v1/traces`, headers: {}, serviceName: "aimo-router", sampleRatio: 1 };
  assert.deepEqual(parseConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: `${ENDPOINT}/` }).traces, expected);
  const both = parseConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example/own",
  });
  assert.equal(both.traces?.url, "https://traces.example/own");
});

test("headers, name and share are read; an empty variable is not set", () => {
  const { traces } = parseConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20abc%3D, X-Scope = a",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-scope=b",
    OTEL_SERVICE_NAME: "mine",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
  });
  assert.deepEqual(traces?.headers, { authorization: "Basic abc=", "x-scope": "b" });
  assert.deepEqual([traces?.serviceName, traces?.sampleRatio], ["mine", 0.25]);
  const empty = parseConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
    OTEL_SERVICE_NAME: "",
    OTEL_TRACES_SAMPLER_ARG: "",
  });
  assert.deepEqual([empty.traces?.serviceName, empty.traces?.sampleRatio], ["aimo-router", 1]);
});

for (const [name, value] of [
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "SECRET.example:4318"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://SECRET.example"],
  ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://user:SECRET@collector.example"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "SECRET"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "a b=SECRET"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "a=SECRET%"],
  ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=SECRET%0D%0Ab"],
  ["OTEL_TRACES_SAMPLER_ARG", "1.5"],
  ["OTEL_TRACES_SAMPLER_ARG", "-1"],
  ["OTEL_TRACES_SAMPLER_ARG", "half"],
] as const) {
  test(`${value} is refused as ${name}, and a secret in it is not shown`, () => {
    assert.throws(
      () => parseConfig({ [name]: value }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, new RegExp(`${name}: expected`));
        assert.doesNotMatch(error.message, /SECRET/);
        return true;
      },
    );
  });
}

test("a key in the wrong variable is called a key, not shown", () => {
  for (const key of ["aimo-sk-v2-3Kd8SECRETabcdefghi", "sk-SECRETabcdefghijklmnopq", "Bearer SECRET"]) {
    assert.throws(
      () => parseConfig({ AIMO_PORT: key }),
      (error) => error instanceof ConfigError && /found a key/.test(error.message) && !error.message.includes("SECRET"),
    );
  }
});
