// The units of systemd: what is in them is what systemd knows, and what they start is what we mean.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startChild } from "@aimo-network/localnet/child-process";
import { systemClock } from "@aimo-network/protocol/clock";
import { prepareUnit, readUnit, unitPath, valuesOf } from "./systemd-unit.ts";

const PROXY = new URL("../packages/proxy/src/main.ts", import.meta.url);
const SERVICES = ["aimo-proxy.service", "aimo-router.service", "aimo-router-signer.service"];
const ANALYZE = "systemd-analyze"; // where systemd is
const DROP_IN = "aimo-router.service.d/signer.conf";

/** What each of them has to keep from the machine. */
const HARDENING: Readonly<Record<string, string>> = {
  DynamicUser: "yes",
  UMask: "0077",
  NoNewPrivileges: "yes",
  CapabilityBoundingSet: "",
  ProtectSystem: "strict",
  ProtectHome: "yes",
  ProtectProc: "invisible",
  ProtectClock: "yes",
  ProtectHostname: "yes",
  ProtectControlGroups: "yes",
  ProtectKernelLogs: "yes",
  ProtectKernelModules: "yes",
  ProtectKernelTunables: "yes",
  PrivateDevices: "yes",
  PrivateTmp: "yes",
  LockPersonality: "yes",
  RestrictNamespaces: "yes",
  RestrictRealtime: "yes",
  RestrictSUIDSGID: "yes",
  RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  SystemCallArchitectures: "native",
  SystemCallFilter: "@system-service",
  SystemCallErrorNumber: "EPERM",
};

/** The keys that systemd 250 and later know, of those that we use. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  Unit: ["Description", "Wants", "After", "StartLimitIntervalSec"],
  Service: [
    ...[
      "Type",
      "User",
      "ExecStartPre",
      "ExecStart",
      "Restart",
      "RestartSec",
      "TimeoutStopSec",
      "KillMode",
      "LimitNOFILE",
    ],
    ...["LoadCredential", "Environment", "RuntimeDirectory", "RuntimeDirectoryMode", "StateDirectory"],
    ...["StateDirectoryMode", "InaccessiblePaths", ...Object.keys(HARDENING)],
  ],
  Install: ["WantedBy"],
};

const root = mkdtempSync(join(tmpdir(), "aimo-units-"));
after(() => rmSync(root, { recursive: true }));

test("every line of every unit is one that systemd knows, once unless it is a list", () => {
  for (const name of [...SERVICES, DROP_IN]) {
    const unit = readUnit(name);
    for (const { section, key } of unit) assert.ok(KNOWN[section]?.includes(key), `${name}: [${section}] ${key}`);
    const lists = ["LoadCredential", "ExecStartPre", "Environment"];
    const single = unit.map(({ key }) => key).filter((key) => !lists.includes(key));
    assert.equal(new Set(single).size, single.length, `${name} says something twice`);
  }
});

test("each service is a user of its own without a way to more, and ends in order", () => {
  for (const name of SERVICES) {
    const unit = readUnit(name);
    for (const [key, value] of Object.entries(HARDENING))
      assert.deepEqual(valuesOf(unit, key), [value], `${name} ${key}`);
    assert.deepEqual(valuesOf(unit, "WantedBy"), ["multi-user.target"]);
    assert.ok(Number(valuesOf(unit, "TimeoutStopSec")[0]) >= 30);
  }
});

test("settings and keys come from credentials, none by the environment, and every copy is its owner's alone", () => {
  for (const name of SERVICES) {
    const unit = readUnit(name);
    const handed = valuesOf(unit, "LoadCredential").flatMap((line) => line.split(":")[0] ?? []);
    const used = [...valuesOf(unit, "ExecStartPre"), ...valuesOf(unit, "Environment"), ...valuesOf(unit, "ExecStart")]
      .flatMap((line) => [...line.matchAll(/%d\/([\w.-]+)/g)])
      .flatMap((match) => match[1] ?? []);
    assert.deepEqual([...new Set(used)].toSorted(), handed.toSorted(), name);
    for (const line of valuesOf(unit, "ExecStartPre")) assert.match(line, /^install -m 600 %d\/\S+ %[tS]\/aimo-\S+$/);
    for (const line of valuesOf(unit, "Environment"))
      assert.match(line, /^AIMO_[A-Z_]+=%[dtS]\/aimo|^AIMO_CONFIG_FILE=%d\//);
  }
  const split = readUnit("aimo-router.service", DROP_IN);
  assert.deepEqual(
    valuesOf(split, "LoadCredential").map((line) => line.split(":")[0]),
    ["router.env", "router-identity.json"],
    "a router with a signer is handed no key that signs",
  );
  assert.deepEqual(valuesOf(split, "InaccessiblePaths"), ["-/run/aimo-router-signer-keys"]);
});

const isInstalled = spawnSync(ANALYZE, ["--version"]).status === 0;

test(
  "systemd itself finds nothing wrong, and little exposed",
  { skip: !isInstalled && "no systemd-analyze here" },
  () => {
    const folder = join(root, "verified");
    cpSync(unitPath(""), folder, { recursive: true });
    const program = join(folder, "program");
    writeFileSync(program, "#!/bin/sh\n");
    chmodSync(program, 0o755);
    for (const name of SERVICES) {
      const path = join(folder, name);
      writeFileSync(path, readFileSync(path, "utf8").replace(/^ExecStart=aimo-\S+/m, `ExecStart=${program}`));
    }
    const verified = spawnSync(ANALYZE, ["verify", ...SERVICES.map((name) => join(folder, name))]);
    assert.deepEqual([verified.status, verified.stderr.toString()], [0, ""]);
    for (const name of SERVICES) {
      const words = ["security", "--offline=true", "--threshold=20", join(folder, name)];
      const judged = spawnSync(ANALYZE, words);
      assert.equal(judged.status, 0, judged.stdout.toString().slice(-300));
    }
  },
);

test("the proxy starts as its unit says, with its key from the .env of `provider init`", async () => {
  const etc = join(root, "etc/aimo-proxy");
  mkdirSync(etc, { recursive: true });
  const config = [
    ["[router]", 'url = "http://127.0.0.1:9"', 'api_key = "std::env::AIMO_PROVIDER_KEY"'],
    ["[[models]]", 'name = "some"', 'display_name = "Some"'],
    ["[models.pricing]", "prompt = 1", "completion = 1"],
    ["[models.params]", 'model = "some"', 'api_base = "http://127.0.0.1:9/v1"'],
  ];
  writeFileSync(join(etc, "config.toml"), config.map((lines) => lines.join("\n")).join("\n\n"));
  writeFileSync(join(etc, ".env"), "AIMO_PROVIDER_KEY=aimo-sk-v2-somekey\n");
  const { words, environment } = prepareUnit(readUnit("aimo-proxy.service"), root);
  const [program, ...rest] = words;
  assert.equal(program, "aimo-proxy");
  assert.equal(statSync(join(root, "run/aimo-proxy/.env")).mode & 0o777, 0o600);
  const child = startChild(
    systemClock,
    { name: "proxy", entry: PROXY, arguments: rest, environment },
    process.env,
    () => undefined,
  );
  await child.firstLine((line) => (/127\.0\.0\.1:9/.test(line) ? line : undefined));
  await child.stop();
  assert.equal(await child.exited, "0", child.lastLines());
});

test("the folder has the units and nothing else", () => {
  assert.deepEqual(readdirSync(unitPath("")).toSorted(), [...SERVICES, "aimo-router.service.d"].toSorted());
});
