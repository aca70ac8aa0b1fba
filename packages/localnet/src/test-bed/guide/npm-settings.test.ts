import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { networkSettings, npmSettings } from "./npm-settings.ts";

const GIVEN = {
  PATH: "/usr/bin",
  HTTPS_PROXY: "http://proxy",
  no_proxy: "localhost",
  NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
  npm_config_registry: "http://registry",
  npm_config_omit_lockfile_registry_resolved: "true",
  npm_config_global_prefix: "/usr",
};
const NETWORK = {
  HTTPS_PROXY: "http://proxy",
  no_proxy: "localhost",
  NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
  npm_config_registry: "http://registry",
};

test("npm reaches the network as whoever runs the test, and hears nothing else of this repository", () => {
  assert.deepEqual(networkSettings(GIVEN), NETWORK);
  assert.deepEqual(npmSettings(GIVEN), {
    ...NETWORK,
    npm_config_userconfig: join(homedir(), ".npmrc"),
    npm_config_cache: join(homedir(), ".npm"),
    npm_config_prefer_offline: "true",
    npm_config_fund: "false",
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
  });
});

test("settings and downloads kept elsewhere stay there", () => {
  const elsewhere = { npm_config_userconfig: "/etc/npmrc", NPM_CONFIG_CACHE: undefined, npm_config_cache: "/var/npm" };
  const { npm_config_userconfig: userConfig, npm_config_cache: cache } = npmSettings(elsewhere);
  assert.deepEqual([userConfig, cache], ["/etc/npmrc", "/var/npm"]);
});
