// What the localnet sells: its demo model or somebody's own, through a provider like anybody's.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Upstream } from "./demo-provider-config.ts";
import { demoProviderConfig, offerName } from "./demo-provider-config.ts";
import type { Programs } from "./programs.ts";
import { program, readJsonLine } from "./programs.ts";
import type { WaitDeps } from "./wait-until.ts";
import { waitUntil } from "./wait-until.ts";

/** A provider that is to be started. */
export interface DemoProvider {
  /** Where its `config.toml` is written. */
  readonly directory: string;
  readonly routerUrl: string;
  readonly upstream: Upstream;
  readonly key: string;
}

const DEMO_MODELS = ["demo", "demo-reasoning"] as const;

/** Starts the model that needs no machine. */
export async function startDemoModel(programs: Programs): Promise<Upstream> {
  const model = programs.start(program("demo-model", "./demo-model/main.ts"));
  const url = await model.firstLine((line) => {
    const { url: found } = readJsonLine(line) ?? {};
    return typeof found === "string" ? found : undefined;
  });
  return { url, models: DEMO_MODELS, author: "aimo" };
}

/** The name by which users ask for an upstream's first model; for the demo model's where there is no upstream. */
export function firstModel(upstream: Upstream | undefined): string {
  return `${upstream?.author ?? "aimo"}/${offerName(upstream?.models[0] ?? DEMO_MODELS[0])}`.toLowerCase();
}

/** Starts the provider and waits until the router offers its first model. */
export async function startProvider(
  programs: Programs,
  deps: WaitDeps,
  { directory, routerUrl, upstream, key }: DemoProvider,
): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const config = join(directory, "config.toml");
  writeFileSync(config, demoProviderConfig(routerUrl, upstream), { mode: 0o600 });
  programs.start(
    program("provider", "../../proxy/src/main.ts", {
      arguments: ["--config", config],
      environment: { AIMO_PROVIDER_KEY: key },
    }),
  );
  const model = firstModel(upstream);
  await waitUntil(deps, `the provider to offer ${model}`, async () => {
    const response = await fetch(`${routerUrl}/api/v1/models/${model}`);
    await response.body?.cancel();
    return response.ok;
  });
}
