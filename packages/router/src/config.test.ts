// A router's settings: every fault at once, near names for typing errors, and a file under the environment.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ConfigError, parseConfig, readEnvironment } from "./config.ts";
import { SETTINGS } from "./settings.ts";
import { settingsHelp } from "./settings-help.ts";

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    for (const fault of error.faults) assert.ok(error.message.includes(fault));
    return error.faults;
  }
  return [];
}

describe("settings", () => {
  test("have defaults that listen on loopback only and let no old key spend", () => {
    const config = parseConfig({});
    assert.deepEqual(
      [config.host, config.port, config.operatorHost, config.operatorPort],
      ["127.0.0.1", 8787, "127.0.0.1", 8788],
    );
    assert.deepEqual([config.acceptV1Spending, config.publicUrl, config.logLevel], [false, undefined, "info"]);
    assert.deepEqual(
      [config.firstByteMs, config.idleMs, config.totalMs, config.drainMs],
      [120_000, 60_000, 600_000, 30_000],
    );
    assert.equal(config.bodyBytesMax, 32 * 1024 * 1024);
    assert.ok(Object.isFrozen(config));
  });

  test("are read, each from its variable", () => {
    const config = parseConfig({
      AIMO_HOST: "0.0.0.0",
      AIMO_PORT: "0",
      AIMO_OPERATOR_HOST: "::1",
      AIMO_OPERATOR_PORT: "65535",
      AIMO_DATA_DIR: "/data",
      DATABASE_URL: "postgresql://aimo:secret@db.example/aimo?sslmode=require",
      AIMO_DATABASE_CONNECTIONS_MAX: "20",
      AIMO_HISTORY_DAYS: "30",
      AIMO_PUBLIC_URL: "https://router.example//",
      AIMO_CONSOLE_DIR: "/console",
      AIMO_NAME: "Mine",
      AIMO_ACCEPT_V1_SPENDING: "true",
      AIMO_BODY_BYTES_MAX: "1024",
      AIMO_BODIES_BYTES_MAX: "4096",
      AIMO_ANSWERS_BYTES_MAX: "1024",
      AIMO_REQUESTS_PER_KEY_MAX: "1",
      AIMO_CONNECTIONS_MAX: "1000000",
      AIMO_CONNECTIONS_PER_ADDRESS_MAX: "2",
      AIMO_FIRST_BYTE_TIMEOUT_MS: "10",
      AIMO_IDLE_TIMEOUT_MS: "11",
      AIMO_TOTAL_TIMEOUT_MS: "3600000",
      AIMO_DRAIN_MS: "0",
      AIMO_INSPECTION_USDC_PER_DAY: "0.25",
      AIMO_INSPECTION_DELAY_MS: "2000",
      AIMO_LOG_LEVEL: "silent",
    });
    assert.deepEqual(config, {
      host: "0.0.0.0",
      port: 0,
      operatorHost: "::1",
      operatorPort: 65_535,
      dataDirectory: "/data",
      databaseUrl: "postgresql://aimo:secret@db.example/aimo?sslmode=require",
      databaseConnectionsMax: 20,
      historyDays: 30,
      publicUrl: "https://router.example",
      consoleDirectory: "/console",
      name: "Mine",
      acceptV1Spending: true,
      bodyBytesMax: 1_024,
      bodiesBytesMax: 4_096,
      answersBytesMax: 1_024,
      requestsPerKeyMax: 1,
      rates: {
        key: { requests: 30_000, tokens: 50_000_000, running: 1 },
        wallet: { requests: 60_000, tokens: 100_000_000, running: 5_000 },
      },
      chain: undefined,
      connectionsMax: 1_000_000,
      connectionsPerAddressMax: 2,
      firstByteMs: 10,
      idleMs: 11,
      totalMs: 3_600_000,
      drainMs: 0,
      logLevel: "silent",
      inspection: { usdcPerDay: 250_000_000n, delayMs: 2_000 },
      traces: undefined,
    });
  });

  test("are refused all at once, with what was expected and what was found", () => {
    const faults = faultsOf({
      AIMO_PORT: "http",
      AIMO_LOG_LEVEL: "loud",
      AIMO_PUBLIC_URL: "router.example",
      AIMO_PROT: "1",
    });
    assert.equal(faults.length, 4);
    const text = faults.join("\n");
    assert.match(text, /^AIMO_PORT: expected a whole number from 0 to 65535, found "http" \(port to listen on/m);
    assert.match(text, /^AIMO_LOG_LEVEL: expected fatal, error, .*, found "loud"/m);
    assert.match(text, /^AIMO_PUBLIC_URL: expected an http or https URL, found "router\.example"/m);
    assert.match(text, /^AIMO_PROT: no such setting\. Did you mean AIMO_PORT\?/m);
  });

  for (const [name, value] of [
    ["AIMO_PORT", "65536"],
    ["AIMO_PORT", "-1"],
    ["AIMO_PORT", "80.5"],
    ["AIMO_PORT", "1e3"],
    ["AIMO_PORT", " 80"],
    ["AIMO_PORT", ""],
    ["AIMO_PORT", "9".repeat(30)],
    ["AIMO_HOST", ""],
    ["AIMO_BODY_BYTES_MAX", "1023"],
    ["AIMO_BODIES_BYTES_MAX", "1023"],
    ["AIMO_ANSWERS_BYTES_MAX", "1023"],
    ["AIMO_REQUESTS_PER_KEY_MAX", "0"],
    ["AIMO_CONNECTIONS_MAX", "0"],
    ["AIMO_CONNECTIONS_PER_ADDRESS_MAX", "0"],
    ["AIMO_IDLE_TIMEOUT_MS", "9"],
    ["AIMO_TOTAL_TIMEOUT_MS", "3600001"],
    ["AIMO_ACCEPT_V1_SPENDING", "yes"],
    ["AIMO_ACCEPT_V1_SPENDING", "True"],
    ["AIMO_PUBLIC_URL", "ftp://router.example"],
    ["AIMO_PUBLIC_URL", "https://"],
    ["AIMO_DATABASE_CONNECTIONS_MAX", "0"],
    ["AIMO_HISTORY_DAYS", "6"],
    ["DATABASE_URL", "mysql://db.example/aimo"],
    ["DATABASE_URL", "db.example"],
  ] as const) {
    test(`refuse ${JSON.stringify(value.slice(0, 20))} as ${name}`, () => {
      const [fault, ...others] = faultsOf({ [name]: value });
      assert.match(fault ?? "", new RegExp(`^${name}: expected`));
      assert.deepEqual(others, []);
    });
  }

  test("refuse less room for all bodies than for one", () => {
    const [fault, ...others] = faultsOf({ AIMO_BODY_BYTES_MAX: "2048", AIMO_BODIES_BYTES_MAX: "2047" });
    assert.match(fault ?? "", /^AIMO_BODIES_BYTES_MAX: expected .*AIMO_BODY_BYTES_MAX, 2048.*, found 2047$/);
    assert.deepEqual(others, []);
    assert.deepEqual(faultsOf({ AIMO_BODY_BYTES_MAX: "2048", AIMO_BODIES_BYTES_MAX: "2048" }), []);
  });

  for (const [wrong, right] of [
    ["AIMO_HOTS", "AIMO_HOST"],
    ["AIMO_DATA_DIRS", "AIMO_DATA_DIR"],
    ["AIMO_CONFIG_FIEL", "AIMO_CONFIG_FILE"],
  ] as const) {
    test(`name ${right} to who wrote ${wrong}`, () => {
      assert.deepEqual(faultsOf({ [wrong]: "x" }), [`${wrong}: no such setting. Did you mean ${right}?`]);
    });
  }

  test("leave other programs' variables alone", () => {
    assert.deepEqual(faultsOf({ AIMO_PROVIDER_KEY: "secret", AIMO_CONFIG_FILE: "/x", HOME: "/", AIMO: "1" }), []);
  });

  test("do not show much of a value, which may be a secret in the wrong place", () => {
    const [fault] = faultsOf({ AIMO_PORT: "s".repeat(500) });
    assert.ok((fault ?? "").length < 250);
  });

  test("leave the database to the router where none is named", () => {
    for (const environment of [{}, { DATABASE_URL: "" }]) {
      assert.equal(parseConfig(environment).databaseUrl, undefined);
    }
    assert.equal(parseConfig({ DATABASE_URL: "postgres:///aimo?host=/run/postgresql" }).databaseConnectionsMax, 10);
  });

  test("never show the database's URL, which holds a password", () => {
    const [fault] = faultsOf({ DATABASE_URL: "postgress://aimo:secret@db.example/aimo" });
    assert.match(fault ?? "", /^DATABASE_URL: expected a URL such as .*, found something else/);
    assert.doesNotMatch(fault ?? "", /secret|db\.example/);
  });

  test("are all explained by the help text", () => {
    const help = settingsHelp();
    for (const [name, { meaning }] of Object.entries(SETTINGS)) {
      assert.ok(help.includes(name), name);
      assert.ok(help.includes(meaning), meaning);
    }
    assert.match(help, /AIMO_PORT +port to listen on.*\(default 8787\)/);
    assert.match(help, /AIMO_CONFIG_FILE/);
  });
});

describe("a settings file", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "aimo-config-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("gives what the environment does not, which comes first", () => {
    const path = join(folder, "router.env");
    writeFileSync(path, 'AIMO_PORT=1\n# a comment\nAIMO_NAME="From the file"\n\nexport AIMO_DRAIN_MS=5\n');
    const config = parseConfig(readEnvironment({ AIMO_CONFIG_FILE: path, AIMO_PORT: "2" }));
    assert.deepEqual([config.port, config.name, config.drainMs], [2, "From the file", 5]);
  });

  test("has its faults reported with the others", () => {
    const path = join(folder, "broken.env");
    writeFileSync(path, "AIMO_PORT=http\n");
    const faults = faultsOf(readEnvironment({ AIMO_CONFIG_FILE: path, AIMO_HOST: "" }) as Record<string, string>);
    assert.equal(faults.length, 2);
  });

  test("has every line that names a setting and sets none reported, by number and without its words", () => {
    const path = join(folder, "forgotten.env");
    writeFileSync(
      path,
      'AIMO_PORT 8080\nAIMO_NAME=x\n# AIMO_HOST\nOTHER="a\nb"\r\nexport OTEL_SERVICE_NAME: secret\nDATABASE_URL secret\n',
    );
    assert.throws(
      () => readEnvironment({ AIMO_CONFIG_FILE: path }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.deepEqual(
          error.faults.map((fault) => /line (\d+) /.exec(fault)?.[1]),
          ["1", "6", "7"],
        );
        return !error.message.includes("secret");
      },
    );
  });

  test("that is not there is a fault that names it", () => {
    const path = join(folder, "none.env");
    assert.throws(
      () => readEnvironment({ AIMO_CONFIG_FILE: path }),
      (error) =>
        error instanceof ConfigError && error.message.includes(path) && error.message.includes("AIMO_CONFIG_FILE"),
    );
  });

  test("is not needed", () => {
    const environment = { AIMO_PORT: "1" };
    assert.equal(readEnvironment(environment), environment);
    assert.deepEqual(readEnvironment({ AIMO_CONFIG_FILE: "" }), { AIMO_CONFIG_FILE: "" });
  });
});
