// Values named by `std::env::` come from the environment, or say what to type.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GUIDE, GUIDE_ENVIRONMENT, faultsOf, guideWith, onlyFaultOf } from "./sample-config.ts";

test("a missing variable names itself and the line to type", () => {
  const { OPENAI_API_KEY: _missing, ...environment } = GUIDE_ENVIRONMENT;
  const [fault] = faultsOf(GUIDE, environment);
  assert.deepEqual(fault, {
    line: 28,
    column: 11,
    path: "models[0].params.api_key",
    problem: "expected the environment variable OPENAI_API_KEY to hold a text, found it not set",
    example: "export OPENAI_API_KEY=…",
  });
});

test("an empty variable is refused like a missing one", () => {
  assert.equal(
    onlyFaultOf(GUIDE, { ...GUIDE_ENVIRONMENT, OPENAI_API_KEY: "" }),
    "28 models[0].params.api_key: expected the environment variable OPENAI_API_KEY to hold a text, found it empty",
  );
});

test("all missing variables are reported together", () => {
  assert.deepEqual(
    faultsOf(GUIDE, {}).map(({ line, example }) => [line, example]),
    [
      [4, "export AIMO_PROVIDER_KEY=…"],
      [28, "export OPENAI_API_KEY=…"],
      [43, "export DEEPSEEK_API_KEY=…"],
      [56, "export GOOGLE_API_KEY=…"],
    ],
  );
});

test("what every object inherits is no variable", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    assert.match(onlyFaultOf(guideWith(["OPENAI_API_KEY", name])), new RegExp(`variable ${name} .* found it not set$`));
  }
});

test("the prefix without a variable's name is refused", () => {
  for (const name of ["", "MY-KEY", "1KEY", "A B", "$KEY"]) {
    assert.equal(
      onlyFaultOf(guideWith(["std::env::OPENAI_API_KEY", `std::env::${name}`])),
      "28 models[0].params.api_key: expected the name of an environment variable after std::env::, found something else",
    );
  }
});

test("a text that is not read from variables refuses the prefix", () => {
  assert.match(
    onlyFaultOf(guideWith(['model = "gpt-4o"', 'model = "std::env::MODEL"'])),
    /^25 models\[0\]\.params\.model: expected the text itself .* found `std::env::`$/,
  );
});
