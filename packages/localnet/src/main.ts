// `npm start`: the whole network on this machine until Ctrl-C.
import { Command, InvalidArgumentError, Option } from "commander";
import { systemClock } from "@aimo-network/protocol/clock";
import { watchParent } from "@aimo-network/protocol/parent-watch";
import type { Upstream } from "./demo-provider-config.ts";
import { startLocalnet } from "./localnet.ts";
import { welcomeText } from "./welcome-text.ts";

interface Options {
  readonly port: number;
  readonly rpcPort: number;
  readonly rpcUrl?: string;
  readonly dataDir: string;
  readonly fresh: boolean;
  readonly demoProvider: boolean;
  readonly console: boolean;
  readonly upstream?: string;
  readonly model?: readonly string[];
  readonly upstreamKeyEnv?: string;
  readonly author: string;
  readonly verbose: boolean;
}

function readPort(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("Expected a port from 0 (any free one) to 65535.");
}

const RPC_PORT_MAX = 65_534; // WebSockets are one higher

function readRpcPort(text: string): number {
  const port = readPort(text);
  if (port <= RPC_PORT_MAX) return port;
  throw new InvalidArgumentError(`Expected a port from 0 (any free one) to ${RPC_PORT_MAX}.`);
}

function readRpcUrl(text: string): string {
  if (/^https?:\/\/./.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError("Expected a URL such as http://127.0.0.1:8899.");
}

function readUpstream(command: Command, options: Options): Upstream | undefined {
  if (options.upstream === undefined) {
    if (options.model !== undefined)
      command.error(
        "--model names a model of --upstream: give both, such as --upstream http://localhost:11434/v1 --model llama3.2",
      );
    return undefined;
  }
  if (options.model === undefined)
    command.error("--upstream needs --model: the name of a model it serves, such as --model llama3.2");
  if (!/^https?:\/\/./.test(options.upstream) || !URL.canParse(options.upstream))
    command.error(`--upstream: expected a URL such as http://localhost:11434/v1, found ${options.upstream}`);
  return {
    url: options.upstream.replace(/\/+$/, ""),
    models: options.model ?? [],
    author: options.author,
    ...(options.upstreamKeyEnv !== undefined && { keyVariable: options.upstreamKeyEnv }),
  };
}

const command = new Command("npm start --")
  .description("Runs a Solana, a router, a provider and a model on this machine; nothing listens but on 127.0.0.1.")
  .option("--port <port>", "the router's port; the next free one when it is busy", readPort, 8787)
  .option("--rpc-port <port>", "the chain's RPC port; the next free one when it is busy", readRpcPort, 8899)
  .addOption(
    new Option("--rpc-url <url>", "use this Solana test validator instead of a chain of its own")
      .argParser(readRpcUrl)
      .conflicts("rpcPort"),
  )
  .option("--data-dir <dir>", "where everything that lasts is kept", ".aimo")
  .option("--fresh", "forget what an earlier run left in the data directory", false)
  .option("--no-demo-provider", "start no provider: connect your own")
  .option("--no-console", "serve no web console")
  .option("--upstream <url>", "sell this OpenAI-compatible API instead of the demo model")
  .option("--model <name...>", "the upstream's models to sell")
  .option("--upstream-key-env <variable>", "the environment variable that holds the upstream's key")
  .option("--author <name>", "the first half of the sold models' `author/slug`", "local")
  .option("--verbose", "show what every program logs", false)
  .parse();

const options = command.opts<Options>();
const upstream = readUpstream(command, options);

const stopped = Promise.withResolvers<undefined>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.resolve(undefined));
watchParent(systemClock, { environment: process.env, parentId: () => process.ppid }, () => stopped.resolve(undefined));

try {
  const starting = startLocalnet(
    {
      port: options.port,
      dataDirectory: options.dataDir,
      fresh: options.fresh,
      withProvider: options.demoProvider,
      withConsole: options.console,
      inspects: upstream === undefined, // somebody's own model is not asked what its owner did not ask
      rpcPort: options.rpcPort,
      ...(options.rpcUrl !== undefined && { rpcUrl: options.rpcUrl }),
      ...(upstream !== undefined && { upstream }),
    },
    {
      clock: systemClock,
      environment: process.env,
      onLine: (line, name) => {
        if (options.verbose) console.log(`${name.padEnd(10)} ${line}`);
      },
    },
  );
  const network = await starting;
  for (const [who, wanted, url] of [
    ["router", options.port, network.file.router_url],
    ["chain", options.rpcUrl === undefined ? options.rpcPort : 0, network.file.rpc_url ?? ""],
  ] as const) {
    if (wanted === 0 || url.endsWith(`:${wanted}`)) continue;
    console.log(`Port ${wanted} is busy: the ${who} listens on ${new URL(url).port} instead.`);
  }
  console.log(welcomeText(network, options.dataDir));
  const broken = await Promise.race([stopped.promise, network.broken]);
  await network.stop();
  if (broken !== undefined) throw new Error(broken);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
