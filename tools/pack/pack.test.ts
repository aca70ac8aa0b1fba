// What is published: nothing of a machine or of tests, the same bytes each time, and only what runs without TypeScript.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { buildConsole } from "@aimo-network/dashboard/build/build-console";
import { libraryOf } from "./bundle.ts";
import { packAll } from "./pack.ts";
import type { Packed } from "./pack.ts";
import { NODE_MIN, PACKED_PACKAGES } from "./packed-packages.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const ATTW = join(ROOT, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
const run = promisify(execFile);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .toSorted();
}

/** Everything that is loaded before a file's first line runs. */
function loadedWith({ bundle }: Packed, file: string): Set<string> {
  const loaded = new Set<string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const next of bundle.imports.get(name) ?? []) load(next);
  };
  load(file);
  return loaded;
}

describe("the packages", () => {
  let folder: string;
  let packages: readonly Packed[];
  const named = (name: string): Packed => {
    const found = packages.find((packed) => packed.name === name);
    return found ?? assert.fail(`no package ${name}`);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aimo-pack-"));
    const target = join(folder, "first");
    mkdirSync(target);
    for (const name of ["aimo-0.0.9.tgz", "aimo-proxy-0.0.9.tgz"]) writeFileSync(join(target, name), "");
    packages = await packAll(target);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("are the same bytes each time, whoever packs", async () => {
    const umask = process.umask(0o077);
    const again = await packAll(join(folder, "second")).finally(() => process.umask(umask));
    for (const [index, { tarball, name }] of packages.entries()) {
      const other = again[index]?.tarball ?? assert.fail(name);
      assert.ok(readFileSync(tarball).equals(readFileSync(other)), name);
    }
  });

  test("are one tarball each, where those of another version were", () => {
    const tarballs = readdirSync(join(folder, "first")).filter((name) => name.endsWith(".tgz"));
    assert.deepEqual(tarballs.toSorted(), packages.map(({ tarball }) => basename(tarball)).toSorted());
  });

  test("hold JavaScript, migrations, the console and texts, and nothing else", () => {
    const meant = [
      /^(?:bin|dist)\/[\w-]+\.js$/,
      /^(?:dist|console)\/THIRD-PARTY-NOTICES\.\w+$/,
      /^migrations\/\d{3}\.do\.[\w-]+\.sql$/,
      /^console\/(?:index\.html|favicon\.svg|assets\/[\w.-]+-[\w-]{8}\.(?:js|css|woff2))$/,
      /^(?:LICENSE|README\.md|package\.json)$/,
    ];
    for (const packed of packages) {
      const odd = filesIn(packed.folder).filter((path) => !meant.some((pattern) => pattern.test(path)));
      assert.deepEqual(odd, [], packed.name);
    }
  });

  test("hold the whole console, in the router's alone", async () => {
    const folderOf = (name: string): string => join(named(name).folder, "console");
    const built = await buildConsole({ mode: "production" });
    const files = filesIn(built).filter((path) => !path.startsWith("."));
    assert.ok(files.includes("index.html") && files.length > 10, files.join());
    assert.deepEqual(filesIn(folderOf("aimo-router")), files);
    for (const name of ["aimo", "aimo-proxy"]) assert.ok(!existsSync(folderOf(name)), name);
  });

  test("hold every migration", () => {
    const migrations = filesIn(join(ROOT, "packages/router/src/ledger/migrations"));
    assert.deepEqual(filesIn(join(named("aimo-router").folder, "migrations")), migrations);
  });

  test("know no place of this machine, no source map and no package of the workspace", () => {
    const places = [ROOT, homedir(), tmpdir()].filter((place) => place !== "/"); // whoever has no home has that one
    const traces = [...places, "sourceMappingURL", "file://"];
    for (const packed of packages) {
      for (const path of filesIn(packed.folder)) {
        const text = readFileSync(join(packed.folder, path), "utf8");
        for (const trace of traces) assert.ok(!text.includes(trace), `${packed.name}/${path} says ${trace}`);
        if (path.endsWith(".js")) assert.doesNotMatch(text, /from\s*"@aimo-network\/|import\("@aimo-network\//, path);
      }
    }
  });

  test("ask for exactly the libraries that their code imports, each in one version", () => {
    for (const { name, folder: packed, bundle } of packages) {
      const manifest = JSON.parse(readFileSync(join(packed, "package.json"), "utf8")) as {
        readonly dependencies: Readonly<Record<string, string>>;
      };
      const beside = PACKED_PACKAGES.find((one) => one.name === name)?.beside ?? [];
      assert.deepEqual(Object.keys(manifest.dependencies), [...bundle.dependencies, ...beside].toSorted(), name);
      for (const version of Object.values(manifest.dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/);
    }
  });

  test("bring the proxy with aimo, in the same version", () => {
    const manifestOf = (name: string): { readonly version: string; readonly dependencies: Record<string, string> } =>
      JSON.parse(readFileSync(join(named(name).folder, "package.json"), "utf8")) as never;
    assert.equal(manifestOf("aimo").dependencies["aimo-proxy"], manifestOf("aimo-proxy").version);
  });

  test("have the licence of each library whose code is inside, and only of those that are written down", () => {
    for (const { name, folder: packed, bundle } of packages) {
      const inside = bundle.libraries.map((library) => libraryOf(library.replace(/^.*node_modules\//, "")));
      const written = Object.keys(PACKED_PACKAGES.find((one) => one.name === name)?.bundled ?? {});
      assert.deepEqual(inside.toSorted(), written.toSorted(), name);
      if (inside.length === 0) continue;
      const notices = readFileSync(join(packed, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
      for (const library of inside) assert.ok(notices.includes(`\n${library} `), library);
    }
  });

  test("load what is heavy only when it is used", () => {
    const start = loadedWith(named("aimo"), "main.js");
    assert.deepEqual(
      [...start].filter((library) => /^(?:@solana|@clack|typebox|@noble)/.test(library)),
      [],
    );
    assert.equal([...start].filter((file) => file.endsWith(".js")).length, 2, "main.js and what it needs, in one file");
    const router = loadedWith(named("aimo-router"), "main.js");
    assert.deepEqual(
      [...router].filter((library) => library.startsWith("@opentelemetry")),
      [],
    );
  });

  test("have no file that waits for the program that waits for it", () => {
    for (const { name, bundle } of packages) {
      for (const [file, imports] of bundle.imports) assert.ok(!imports.includes("main.js"), `${name}: ${file}`);
    }
  });

  test("say everywhere that they need the same Node", () => {
    const { major, minor } = NODE_MIN;
    const promise = `Node.js ${major}.${minor} or newer`;
    for (const { name, folder: packed } of packages) {
      assert.ok(readFileSync(join(packed, "README.md"), "utf8").includes(promise), name);
      assert.ok(readFileSync(join(packed, "bin", `${name}.js`), "utf8").includes(promise), name);
    }
    assert.ok(readFileSync(join(ROOT, "docs/provider-guide.md"), "utf8").includes(promise));
    const doctor = readFileSync(join(ROOT, "packages/cli/src/doctor/machine-questions.ts"), "utf8");
    assert.ok(doctor.includes(`NODE_MIN = { major: ${major}, minor: ${minor} }`), "what aimo doctor wants");
  });

  test("pass publint and attw", async () => {
    for (const { name, folder: packed, tarball } of packages) {
      const { messages, pkg: manifest } = await publint({ pkgDir: packed, pack: false, level: "suggestion" });
      const said = messages.map((message) => formatMessage(message, manifest));
      assert.deepEqual(said, [], name);
      await run(process.execPath, [ATTW, tarball, "--no-emoji"]); // rejects where it ends with a fault
    }
  });

  test("start with a file that is named after the program and may be run", () => {
    for (const { name, folder: packed } of packages) {
      const { mode } = statSync(join(packed, "bin", `${name}.js`));
      assert.equal(mode & 0o111, 0o111, `${relative(folder, packed)}: ${mode.toString(8)}`);
    }
  });
});
