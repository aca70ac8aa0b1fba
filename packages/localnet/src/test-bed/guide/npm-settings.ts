// What npm is told where a test gives it a home of its own.
import { homedir } from "node:os";
import { join } from "node:path";

function chosen(environment: NodeJS.ProcessEnv, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || !names.test(name) ? [] : [[name, value]],
    ),
  );
}

/** How the network is reached from here, and where packages come from. */
export function networkSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  return chosen(environment, /^(?:https?_proxy|no_proxy|node_extra_ca_certs|npm_config_(?:registry|cafile))$/i);
}

/**
 * The same, with the settings and the downloads of whoever runs the test, and nothing printed but of what was asked. Other
 * variables of npm stay outside: `npm run` adds the settings of this repository to them.
 */
export function npmSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const home = homedir();
  return {
    npm_config_userconfig: join(home, ".npmrc"),
    npm_config_cache: join(home, ".npm"),
    ...chosen(environment, /^npm_config_(?:userconfig|globalconfig|cache)$/i),
    ...networkSettings(environment),
    npm_config_prefer_offline: "true", // what was downloaded once is not asked for again
    npm_config_fund: "false",
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
  };
}
