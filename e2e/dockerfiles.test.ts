// The Dockerfiles without an engine: each step done in a clean tree, then run as a user with a root that is read-only.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { makeProviderKey } from "@aimo-network/localnet/demo-keys";
import { findFreePort } from "@aimo-network/localnet/free-port";
import { readListening } from "@aimo-network/localnet/localnet";
import type { Listening } from "@aimo-network/localnet/localnet";
import { networkSettings, npmSettings } from "@aimo-network/localnet/test-bed/guide/npm-settings";
import { systemClock } from "@aimo-network/protocol/clock";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import { testDatabase } from "aimo-router/src/test-bed/test-database.ts";
import { buildImage, homeOf } from "../tools/docker-steps/build-image.ts";
import type { Image } from "../tools/docker-steps/build-image.ts";
import { readCompose } from "../tools/docker-steps/compose-file.ts";
import type { Mount } from "../tools/docker-steps/enclosure.ts";
import { whyNotEnclosed } from "../tools/docker-steps/enclosure.ts";
import { readDockerfile } from "../tools/docker-steps/read-dockerfile.ts";
import { askHealth, runInImage, startImage } from "../tools/docker-steps/run-image.ts";
import type { ContainerOptions } from "../tools/docker-steps/run-image.ts";
import { packOne } from "../tools/pack/pack.ts";
import { PACKED_PACKAGES } from "../tools/pack/packed-packages.ts";
import { openDatabaseDoor } from "./database-door.ts";
import type { DatabaseDoor } from "./database-door.ts";
import { endProgram, lineOf } from "./installed-packages.ts";
import { waitFor, waitForOffer } from "./network.ts";
import { startPlainModel } from "./plain-model.ts";
import type { PlainModel } from "./plain-model.ts";

const DOCKER = fileURLToPath(new URL("../deploy/docker", import.meta.url));
const NODE_USER = 1000;
const DOWNLOADS = "/var/cache/npm";
// Any port would be claimed at another address of this machine, and a container listens at all of them.
const FIRST_PORT = 21_000 + (process.pid % 10_000);
const why = whyNotEnclosed();

/** Starts an image and waits for the line that says it runs. */
async function started<Found>(
  image: Image,
  options: ContainerOptions,
  read: (line: string) => Found | undefined,
): Promise<{ readonly child: ChildProcess; readonly found: Found }> {
  const child = startImage(image, options);
  return { child, found: await lineOf(child, read) };
}

/** Whoever a process is, as the kernel says. */
function personOf({ pid = 0 }: ChildProcess): Record<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, "utf8").split("\n");
  return Object.fromEntries(lines.map((line) => line.split(":\t") as [string, string]));
}

function isUnprivileged(child: ChildProcess): void {
  const { Uid, Gid, Groups, CapEff, CapBnd, NoNewPrivs } = personOf(child);
  const user = Array.from({ length: 4 }, () => NODE_USER).join("\t");
  assert.deepEqual([Uid, Gid, Groups?.trim()], [user, user, ""]);
  assert.deepEqual([CapEff, CapBnd, NoNewPrivs], ["0".repeat(16), "0".repeat(16), "1"]);
}

/** Every file below a root that a process of the image could write is in a place that is mounted for it. */
async function writesNowhereElse(image: Image, options: ContainerOptions, state: string): Promise<void> {
  const write = (path: string): readonly string[] => [
    "node",
    "-e",
    `require("fs").writeFileSync(${JSON.stringify(path)}, "")`,
  ];
  for (const path of ["/x", "/tmp/x", "/opt/aimo/x", "/etc/x", `${homeOf(image.user)}/x`]) {
    const { code, said } = await runInImage(image, options, write(path));
    assert.equal(code, 1, path);
    assert.match(said, /EROFS/, path);
  }
  assert.equal((await runInImage(image, options, write(`${state}/x`))).code, 0);
  rmSync(join(options.mounts.find(({ to }) => to === state)?.from ?? "", "x"));
}

describe("the Dockerfiles", { timeout: 400_000, skip: why ?? false }, () => {
  let root: string;
  let images: Readonly<Record<"proxy" | "router", Image>>;
  let door: DatabaseDoor;
  let model: PlainModel;

  async function imageOf(name: "proxy" | "router"): Promise<Image> {
    const context = join(root, `${name}-context`);
    const packed = PACKED_PACKAGES.find((one) => one.name === `aimo-${name}`) ?? assert.fail(name);
    mkdirSync(context);
    await packOne(packed, context);
    const stages = readDockerfile(readFileSync(join(DOCKER, name, "Dockerfile"), "utf8"));
    const folder = join(root, name);
    mkdirSync(folder);
    // What npm has downloaded before is lent, as a cache mount: getting it anew takes longer than all else here.
    const { npm_config_cache: from = assert.fail() } = npmSettings(process.env);
    mkdirSync(from, { recursive: true });
    const mounts = [{ from, to: DOWNLOADS, isReadOnly: false }];
    const downloads = { npm_config_cache: DOWNLOADS, npm_config_prefer_offline: "true" };
    return await buildImage(stages, {
      context,
      folder,
      environment: { ...networkSettings(process.env), ...downloads },
      mounts,
    });
  }

  /** A folder of the image's user, as an engine makes a volume. */
  function volume(name: string, to: string): Mount {
    const from = join(root, name);
    mkdirSync(from, { recursive: true });
    chownSync(from, NODE_USER, NODE_USER);
    return { from, to, isReadOnly: false };
  }

  /** What the compose file gives the router, and free ports of this machine. */
  async function routerOptions(): Promise<ContainerOptions> {
    const port = await findFreePort(FIRST_PORT, "0.0.0.0", 2);
    const state = volume("router-state", "/var/lib/aimo-router");
    const settings = join(state.from, "router.env");
    writeFileSync(settings, `DATABASE_URL=${door.url}\n`, { mode: 0o600 });
    chownSync(settings, NODE_USER, NODE_USER);
    const { environment } = readCompose(join(DOCKER, "router/compose.yaml")).services["router"] ?? assert.fail();
    return {
      environment: {
        ...environment,
        AIMO_PORT: String(port),
        AIMO_OPERATOR_PORT: String(port + 1),
        AIMO_PUBLIC_URL: `http://127.0.0.1:${port}`,
      },
      mounts: [state],
    };
  }

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "aimo-docker-"));
    chmodSync(root, 0o755);
    const [proxy, router] = await Promise.all([imageOf("proxy"), imageOf("router")]);
    images = { proxy, router };
    door = await openDatabaseDoor(await testDatabase());
    model = await startPlainModel();
  });
  after(async () => {
    await model?.close();
    await door?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("leave in the image the installed package, and nothing of how it came there", () => {
    for (const [name, { root: tree, user, health, entry }] of Object.entries(images)) {
      assert.equal(user, "node");
      assert.deepEqual(readdirSync(join(tree, "opt/aimo")), ["node_modules"]);
      assert.ok(!existsSync(join(tree, "install")) && !existsSync(join(tree, "root/.npm")), name);
      for (const words of [health, entry]) {
        const file = words.find((word) => word.startsWith("/"));
        if (file !== undefined) assert.ok(existsSync(join(tree, file)), file);
      }
    }
  });

  test("run a router and a proxy that sells there, healthy and as a user that may write nothing else", async () => {
    const options = await routerOptions();
    assert.equal((await askHealth(images.router, options)).code, 1, "healthy without a router");
    const router = await started(images.router, options, readListening);
    const listening: Listening = router.found;
    try {
      isUnprivileged(router.child);
      const health = await askHealth(images.router, options);
      assert.equal(health.code, 0, health.said);
      await writesNowhereElse(images.router, options, "/var/lib/aimo-router");
      const books = await runInImage(images.router, options, ["node_modules/.bin/aimo-router", "check-ledger"]);
      assert.equal(books.code, 0, books.said);
      const publicUrl = options.environment?.["AIMO_PUBLIC_URL"] ?? "";
      assert.equal((await fetch(`${publicUrl}/api/v1/models`)).status, 200);
      await sells(publicUrl, listening.routerId);
    } finally {
      assert.equal(await endProgram(router.child), 0);
    }
  });

  async function sells(routerUrl: string, routerId: string): Promise<void> {
    const config = join(root, "config.toml");
    writeFileSync(config, model.configFor(routerUrl));
    const options: ContainerOptions = {
      environment: {
        AIMO_PROVIDER_KEY: await makeProviderKey(systemClock, newWallet(), routerId),
        AIMO_PROXY_HEALTH: `127.0.0.1:${await findFreePort(0, "127.0.0.1")}`,
      },
      mounts: [
        volume("proxy-state", "/var/lib/proxy"),
        { from: config, to: "/etc/proxy/config.toml", isReadOnly: true },
      ],
    };
    assert.equal((await askHealth(images.proxy, options)).code, 1, "healthy without a proxy");
    const child = startImage(images.proxy, options);
    try {
      await waitForOffer(routerUrl, "acme/plain");
      isUnprivileged(child);
      await waitFor("a healthy proxy", async () => {
        const { code } = await askHealth(images.proxy, options);
        return code === 0 ? code : undefined;
      });
      await writesNowhereElse(images.proxy, options, "/var/lib/proxy");
    } finally {
      assert.equal(await endProgram(child), 0);
    }
  }
});

describe("the compose files", () => {
  const stageOf = (name: string) => readDockerfile(readFileSync(join(DOCKER, name, "Dockerfile"), "utf8")).at(-1);

  for (const name of ["proxy", "router"] as const) {
    test(`of the ${name} builds its Dockerfile and gives its image all that it needs`, () => {
      const path = join(DOCKER, name, "compose.yaml");
      const service = readCompose(path).services[name] ?? assert.fail(`no service ${name}`);
      const { build } = service;
      if (build === undefined || !("context" in build)) assert.fail("it builds nothing");
      const context = resolve(dirname(path), build.context);
      assert.equal(context, fileURLToPath(new URL("../dist", import.meta.url)));
      assert.equal(resolve(context, build.dockerfile), join(DOCKER, name, "Dockerfile"));
      assert.ok(service.logging !== undefined, "its log would grow for ever");
      const { read_only: isReadOnly, cap_drop: dropped, security_opt: security } = service;
      assert.deepEqual([isReadOnly, dropped, security], [true, ["ALL"], ["no-new-privileges:true"]]);
      const mounted = new Map(
        (service.volumes ?? []).map((volume) => [volume.split(":")[1] ?? "", volume.endsWith(":ro")]),
      );
      const instructions = stageOf(name)?.instructions ?? [];
      const volumes = instructions.flatMap((step) => (step.kind === "VOLUME" ? step.words : []));
      assert.ok(volumes.length > 0);
      for (const volume of volumes) assert.equal(mounted.get(volume), false, volume);
      for (const step of instructions) {
        if (step.kind === "EXPOSE") assert.ok(service.ports?.some((port) => port.endsWith(`:${step.value}`)));
      }
    });
  }

  test("hold no secret, and name the places where the images look for theirs", () => {
    const proxy = readCompose(join(DOCKER, "proxy/compose.yaml")).services["proxy"];
    const settings = stageOf("proxy")?.instructions.find((step) => step.kind === "ENV");
    assert.equal(settings?.values["CONFIG_FILE_PATH"], "/etc/proxy/config.toml");
    assert.ok(proxy?.volumes?.includes("./config.toml:/etc/proxy/config.toml:ro"));
    const router = readCompose(join(DOCKER, "router/compose.yaml"));
    for (const { environment = {} } of [proxy ?? assert.fail(), ...Object.values(router.services)]) {
      for (const variable of Object.keys(environment)) {
        assert.doesNotMatch(variable, /(?:PASSWORD|KEY|TOKEN|SECRET|_URL)$/, variable);
      }
    }
    assert.equal(
      router.services["postgres"]?.environment?.["POSTGRES_PASSWORD_FILE"],
      `/run/secrets/${Object.keys(router.secrets ?? {})[0]}`,
    );
  });
});
