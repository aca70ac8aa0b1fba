// The program itself, in a process of its own: its options, its signals, its exit codes.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { RouterScript, ScriptedRouter } from "./test-bed/scripted-router.ts";
import { startRouter } from "./test-bed/scripted-router.ts";
import type { ScriptedUpstream } from "./test-bed/scripted-upstream.ts";
import { answerHello, startUpstream } from "./test-bed/scripted-upstream.ts";
import { configText, ROUTER_KEY, UPSTREAM_KEY } from "./test-bed/test-proxy.ts";
import { VERSION } from "./version.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const CHAT = '{"messages":[{"role":"user","content":"hi"}]}';

interface Program {
  readonly child: ChildProcess;
  readonly text: () => string;
  /** Resolves when what was printed contains `words`. */
  printed(words: string): Promise<void>;
  readonly exited: Promise<number | null>;
}

function directoryOf(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "aimo-run-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function program(context: TestContext, words: readonly string[], environment: Record<string, string> = {}): Program {
  const env = { PATH: process.env["PATH"] ?? "", XDG_STATE_HOME: directoryOf(context), ...environment };
  const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const waiting: { words: string; told: () => void }[] = [];
  const read = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const waiter of waiting) if (text.includes(waiter.words)) waiter.told();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const exited = once(child, "close").then(([code]) => code as number | null);
  context.after(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return {
    child,
    text: () => text,
    exited,
    printed: (expected) =>
      new Promise((told) => {
        if (text.includes(expected)) told();
        else waiting.push({ words: expected, told });
      }),
  };
}

interface Stand {
  readonly router: ScriptedRouter;
  readonly upstream: ScriptedUpstream;
  readonly path: string;
  write(model: string): void;
}

async function stand(context: TestContext, script?: RouterScript): Promise<Stand> {
  const router = await startRouter(script);
  const upstream = await startUpstream();
  context.after(async () => {
    await router.close();
    await upstream.close();
  });
  const path = join(directoryOf(context), "config.toml");
  const write = (model: string): void =>
    writeFileSync(path, configText({ routers: [router.url], apiBase: upstream.apiBase, model }));
  write("demo");
  return { router, upstream, path, write };
}

/** An address where nothing listens. */
async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

describe("the program's words", () => {
  test("--version and --help answer and end well", async (context) => {
    const version = program(context, ["--version"]);
    assert.equal(await version.exited, 0);
    assert.equal(version.text(), `${VERSION}\n`);
    const help = program(context, ["--help"]);
    assert.equal(await help.exited, 0);
    for (const word of ["run", "check", "--config"]) assert.ok(help.text().includes(word), word);
  });

  test("an unknown option and a missing file end badly with advice", async (context) => {
    const unknown = program(context, ["--confg", "x"]);
    assert.equal(await unknown.exited, 1);
    assert.match(unknown.text(), /Did you mean --config/);
    const missing = program(context, ["--config", "/nonexistent/config.toml"]);
    assert.equal(await missing.exited, 1);
    assert.match(missing.text(), /cannot read \/nonexistent\/config\.toml \(ENOENT\).*--config.*CONFIG_FILE_PATH/);
  });

  test("faults of the config are printed with their lines, and nothing starts", async (context) => {
    const path = join(directoryOf(context), "config.toml");
    writeFileSync(
      path,
      `${configText({ routers: ["http://127.0.0.1:1"], apiBase: "http://127.0.0.1:2/v1" })}\ncolour = 1\n`,
    );
    const run = program(context, ["run", "-c", path]);
    assert.equal(await run.exited, 1);
    assert.match(run.text(), /config\.toml:\d+ .*colour/);
    assert.doesNotMatch(run.text(), /at .*\.ts:\d+/, "no stack trace");
  });
});

describe("the running program", () => {
  test("--log-level says how much is logged, and only what there is", async (context) => {
    const { router, upstream, path } = await stand(context);
    const run = program(context, ["--config", path, "--log-level", "debug"]);
    const link = await router.link();
    await link.message("offers");
    const running = link.send(CHAT);
    answerHello(await upstream.next());
    await running.end;
    await run.printed("attempt ended");
    const unknown = program(context, ["--log-level", "everything"]);
    assert.equal(await unknown.exited, 1);
    assert.match(unknown.text(), /Allowed choices are error, warn, info, debug/);
  });

  test("a fault of its own ends it with the place and without words", async (context) => {
    const { router, path } = await stand(context);
    const fault = 'process.on("SIGUSR2", () => JSON.parse("SECRET words"))';
    const run = program(context, ["--config", path], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
    });
    await (await router.link()).message("offers");
    run.child.kill("SIGUSR2");
    assert.equal(await run.exited, 1);
    assert.match(run.text(), /aimo-proxy broke: \{"name":"SyntaxError"/);
    assert.doesNotMatch(run.text(), /SECRET/);
  });

  for (const words of [["--config"], ["run", "-c"], ["-c"]]) {
    test(`\`${words.join(" ")} FILE\` sells, and SIGTERM finishes what runs and exits with 0`, async (context) => {
      const { router, upstream, path } = await stand(context);
      const run = program(context, [...words, path]);
      const link = await router.link();
      await link.message("offers");
      const running = link.send(CHAT);
      const exchange = await upstream.next();
      run.child.kill("SIGTERM");
      assert.equal((await link.message("drain")).reason, "SIGTERM");
      answerHello(exchange);
      assert.equal((await running.end).finish_reason, "stop");
      assert.equal(await run.exited, 0);
      for (const line of run.text().trim().split("\n")) assert.ok(JSON.parse(line) instanceof Object, "JSON lines");
      for (const secret of [ROUTER_KEY, UPSTREAM_KEY]) assert.equal(run.text().includes(secret), false);
    });
  }

  test("it tells its health where the environment says, and `health` asks it there", async (context) => {
    const { router, path } = await stand(context);
    const address = await freeAddress();
    const environment = { AIMO_PROXY_HEALTH: address, CONFIG_FILE_PATH: path };
    const before = program(context, ["health"], environment);
    assert.equal(await before.exited, 1);
    assert.match(before.text(), /no proxy answers at/);
    const run = program(context, [], environment);
    await (await router.link()).message("offers");
    await run.printed('"connected"');
    const live = program(context, ["health"], environment);
    assert.equal(await live.exited, 0);
    assert.match(live.text(), /"status":"live","routers_live":1,"routers":1,"models":1/);
    await router.close();
    await run.printed("the link to the router is gone");
    const offline = program(context, ["health"], environment);
    assert.equal(await offline.exited, 1);
    run.child.kill("SIGTERM");
    assert.equal(await run.exited, 0);
  });

  test("a health address that is none ends it with words", async (context) => {
    const { path } = await stand(context);
    const run = program(context, ["-c", path], { AIMO_PROXY_HEALTH: "yes" });
    assert.equal(await run.exited, 1);
    assert.match(run.text(), /^AIMO_PROXY_HEALTH: expected an address such as 127\.0\.0\.1:9797/);
  });

  test("CONFIG_FILE_PATH names the file when no option does, and SIGINT ends it too", async (context) => {
    const { router, path } = await stand(context);
    const run = program(context, [], { CONFIG_FILE_PATH: path });
    await (await router.link()).message("offers");
    run.child.kill("SIGINT");
    assert.equal(await run.exited, 0);
  });

  test("a second signal ends it at once", async (context) => {
    const { router, upstream, path } = await stand(context);
    const run = program(context, ["-c", path]);
    const link = await router.link();
    await link.message("offers");
    link.send(CHAT);
    await upstream.next();
    run.child.kill("SIGTERM");
    await link.message("drain");
    run.child.kill("SIGTERM");
    assert.equal(await run.exited, 130);
  });

  test("a changed file and SIGHUP announce new offers without touching what runs", async (context) => {
    const { router, upstream, path, write } = await stand(context);
    program(context, ["-c", path]);
    const link = await router.link();
    await link.message("offers");
    const running = link.send(CHAT);
    const exchange = await upstream.next();
    write("second");
    assert.deepEqual(
      (await link.message("offers")).offers.map(({ name }) => name),
      ["second"],
    );
    answerHello(exchange);
    assert.equal((await running.end).finish_reason, "stop");
  });

  test("SIGHUP reads the file, and a faulty one changes nothing", async (context) => {
    const { router, path } = await stand(context);
    const run = program(context, ["-c", path]);
    const link = await router.link();
    await link.message("offers");
    run.child.kill("SIGHUP");
    assert.equal((await link.message("offers")).offers.length, 1);
    writeFileSync(path, "nonsense");
    run.child.kill("SIGHUP");
    await run.printed("the running one stays");
    run.child.kill("SIGTERM");
    assert.equal(await run.exited, 0);
  });

  test("it lives on while its router is away, and comes back", async (context) => {
    const { router, path } = await stand(context);
    const run = program(context, ["-c", path]);
    await (await router.link()).message("offers");
    const { port } = router;
    await router.close();
    await run.printed("cannot connect to the router");
    const again = await startRouter({ port });
    context.after(() => again.close());
    await (await again.link()).message("offers");
    run.child.kill("SIGTERM");
    assert.equal(await run.exited, 0);
  });

  test("a key that no router takes ends it with 1 and the router's words", async (context) => {
    const refuse = (): { status: number; body: string } => ({
      status: 401,
      body: '{"error":{"message":"The API key expired."}}',
    });
    const { path } = await stand(context, { refuse });
    const run = program(context, ["-c", path]);
    assert.equal(await run.exited, 1);
    assert.match(run.text(), /The API key expired\./);
  });
});
