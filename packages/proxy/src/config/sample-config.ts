// The provider guide's file and ways to break it, for the tests of this room.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ConfigFault } from "./config-faults.ts";
import { ConfigFaults } from "./config-faults.ts";
import type { ProxyConfig } from "./proxy-config.ts";
import { parseProxyConfig } from "./proxy-config.ts";
import type { Environment } from "./reading.ts";

/** The file that the provider guide prints, literally. */
export const GUIDE = readFileSync(new URL("./__fixtures__/provider-guide.toml", import.meta.url), "utf8");

/** The variables that file names. */
export const GUIDE_ENVIRONMENT: Environment = Object.freeze({
  AIMO_PROVIDER_KEY: "aimo-sk-v2-routersecret",
  OPENAI_API_KEY: "sk-openaisecret",
  DEEPSEEK_API_KEY: "sk-deepseeksecret",
  GOOGLE_API_KEY: "sk-googlesecret",
});

/** The guide's file with the first occurrence of each text replaced. */
export function guideWith(...edits: readonly (readonly [from: string, to: string])[]): string {
  let text = GUIDE;
  for (const [from, to] of edits) {
    assert.ok(text.includes(from), `the guide has no ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

/** Reads a file that has no fault. */
export function parsed(toml: string, env = GUIDE_ENVIRONMENT): ProxyConfig {
  return parseProxyConfig(toml, { fileName: "config.toml", env });
}

/** The faults of a file that must have some. */
export function faultsOf(toml: string, env = GUIDE_ENVIRONMENT): readonly ConfigFault[] {
  try {
    parsed(toml, env);
  } catch (error) {
    assert.ok(error instanceof ConfigFaults, `${String(error)} is no ConfigFaults`);
    return error.faults;
  }
  return assert.fail("the file has no fault");
}

/** The single fault of a file, as `line path: problem`. */
export function onlyFaultOf(toml: string, env = GUIDE_ENVIRONMENT): string {
  const faults = faultsOf(toml, env);
  assert.equal(faults.length, 1, `one fault, not ${JSON.stringify(faults, null, 1)}`);
  return faults.map((fault) => `${fault.line} ${fault.path}: ${fault.problem}`).join();
}
