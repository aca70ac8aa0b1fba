// docs/docker.md: its commands are typed into a shell, where docker is a program that writes down what it is told.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { readGuideBlocks } from "@aimo-network/localnet/test-bed/guide/guide-blocks";
import { readCompose } from "../tools/docker-steps/compose-file.ts";
import { readDockerfile } from "../tools/docker-steps/read-dockerfile.ts";
import type { Instruction } from "../tools/docker-steps/read-dockerfile.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/docker.md"), "utf8");
const RECORDED = ["docker", "npm", "sudo"];

/** A program that writes down its words, and those of its variables that are to be passed on. */
const RECORDER = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const { AIMO_PROVIDER_KEY, UPSTREAM_API_KEY } = process.env;
const call = { words: [require("node:path").basename(__filename), ...process.argv.slice(2)], AIMO_PROVIDER_KEY, UPSTREAM_API_KEY };
appendFileSync(process.env.RECORD, JSON.stringify(call) + "\\n");
`;

interface Call {
  readonly words: readonly string[];
  readonly AIMO_PROVIDER_KEY?: string;
  readonly UPSTREAM_API_KEY?: string;
}

describe("docs/docker.md", () => {
  let folder: string;
  let calls: readonly Call[];
  const callsOf = (...words: readonly string[]): readonly Call[] =>
    calls.filter((call) => words.every((word, index) => call.words[index] === word));
  const valuesOf = ({ words }: Call, flag: string): string[] =>
    words.flatMap((word, index) => (word === flag ? [words[index + 1] ?? ""] : []));
  const stepsOf = (name: string): readonly Instruction[] =>
    readDockerfile(readFileSync(join(ROOT, "deploy/docker", name, "Dockerfile"), "utf8")).at(-1)?.instructions ?? [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aimo-docker-page-"));
    const programs = join(folder, "programs");
    mkdirSync(programs);
    for (const name of RECORDED) writeFileSync(join(programs, name), RECORDER, { mode: 0o755 });
    for (const name of ["proxy", "router"])
      cpSync(join(ROOT, "deploy/docker", name), join(folder, name), { recursive: true });
    writeFileSync(join(folder, "proxy/.env"), "AIMO_PROVIDER_KEY='aimo-sk-one'\nUPSTREAM_API_KEY='sk-two'\n");
    mkdirSync(join(folder, "router/router"));
    writeFileSync(join(folder, "router/router/router.env"), "AIMO_PUBLIC_URL=https://router.example\n", {
      mode: 0o600,
    });
    const record = join(folder, "record");
    for (const { language, words, text } of readGuideBlocks(PAGE)) {
      assert.equal(language, "sh", "a block that is no command");
      const cwd = words[0] === "in" ? join(folder, words[1] ?? "") : folder;
      const PATH = [programs, process.env["PATH"] ?? ""].join(delimiter);
      execFileSync("sh", ["-eu", "-c", text], { cwd, env: { PATH, RECORD: record }, stdio: "pipe" });
    }
    calls = readFileSync(record, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Call);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("builds what is there, from the folder where the packages are made", () => {
    const scripts = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
    assert.ok(scripts.scripts["pack"]?.includes("tools/pack/main.ts"));
    const builds = callsOf("docker", "build");
    assert.equal(builds.length, 2);
    for (const build of builds) {
      const [file = ""] = valuesOf(build, "--file");
      assert.ok(existsSync(join(ROOT, file)), file);
      assert.equal(build.words.at(-1), "dist");
    }
  });

  test("runs the proxy with what its image needs, and its keys in no command", () => {
    const [run] = callsOf("docker", "run");
    assert.ok(run !== undefined);
    const places = valuesOf(run, "--volume").map((volume) => volume.split(":")[1]);
    for (const step of stepsOf("proxy")) {
      if (step.kind === "VOLUME") for (const place of step.words) assert.ok(places.includes(place), place);
      if (step.kind === "ENV") assert.ok(places.includes(step.values["CONFIG_FILE_PATH"]));
    }
    assert.deepEqual([run.AIMO_PROVIDER_KEY, run.UPSTREAM_API_KEY], ["aimo-sk-one", "sk-two"]);
    for (const { words } of calls) assert.doesNotMatch(words.join(" "), /sk-/);
    assert.deepEqual(valuesOf(run, "--env"), ["AIMO_PROVIDER_KEY", "UPSTREAM_API_KEY"]);
    assert.equal(run.words.at(-1), valuesOf(callsOf("docker", "build")[0] ?? assert.fail(), "--tag")[0]);
  });

  test("makes a password that the database and the router read, and nobody else", () => {
    const password = readFileSync(join(folder, "router/postgres-password"), "utf8").trim();
    assert.match(password, /^[0-9a-f]{48}$/);
    for (const path of ["postgres-password", "router/router.env"]) {
      assert.equal(statSync(join(folder, "router", path)).mode & 0o777, 0o600, path);
    }
    const lines = readFileSync(join(folder, "router/router/router.env"), "utf8").split("\n");
    assert.ok(lines.includes(`DATABASE_URL=postgres://aimo:${password}@postgres:5432/aimo`), lines.join("\n"));
    const { services, secrets } = readCompose(join(ROOT, "deploy/docker/router/compose.yaml"));
    const { POSTGRES_USER, POSTGRES_DB } = services["postgres"]?.environment ?? {};
    assert.deepEqual([POSTGRES_USER, POSTGRES_DB], ["aimo", "aimo"]);
    assert.deepEqual(Object.values(secrets ?? {}), [{ file: "./postgres-password" }]);
    for (const { words } of calls) assert.ok(!words.join(" ").includes(password));
  });

  test("asks only services that are there", () => {
    const services = ["proxy", "router"].flatMap((name) =>
      Object.keys(readCompose(join(ROOT, "deploy/docker", name, "compose.yaml")).services),
    );
    for (const verb of ["logs", "exec"]) {
      for (const { words } of callsOf("docker", "compose", verb)) {
        assert.ok(
          services.some((service) => words.includes(service)),
          words.join(" "),
        );
      }
    }
  });
});
