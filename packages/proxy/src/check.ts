// `aimo-proxy check`: calls every upstream and router once for real, and says what will lose money.
import { systemClock } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { ModelReport } from "./check/check-model.ts";
import { checkModel } from "./check/check-model.ts";
import { checkRouter } from "./check/check-router.ts";
import type { ProbeTools } from "./check/probe.ts";
import { hasTrouble, reportJson, reportText } from "./check/report.ts";
import { readConfigFile } from "./config-file.ts";
import { requireProxySupport } from "./link/proxy-agent.ts";
import { createLog } from "./log.ts";
import { resolveHost } from "./crossing/resolve-host.ts";
import type { Surroundings } from "./surroundings.ts";
import { createServer } from "./serving/serve.ts";
import type { Settings } from "./serving/settings.ts";
import { createSettings } from "./serving/settings.ts";
import { createUpstreams } from "./serving/upstream.ts";

const MODELS_AT_ONCE = 4; // a local server answers one after the other anyway

/** Prints a report; resolves with 1 when something fails or will not be paid. Throws what `readConfigFile` and `requireProxySupport` throw. */
export async function check(
  given: string | undefined,
  { environment, output, errors }: Surroundings,
  { isJson = false } = {},
): Promise<number> {
  const { config } = readConfigFile(given, environment);
  requireProxySupport(config.routers, environment);
  const clock = systemClock;
  const log = createLog({ write: (line) => void errors.write(line) });
  const settings = createSettings(config);
  const upstreams = createUpstreams(environment);
  // Nothing is offered, so nothing is asked for: a server without models refuses whatever comes.
  const server = createServer(log, { clock, upstreams, resolve: resolveHost }, { ...settings, models: new Map() });
  const count = `${config.models.length} model${config.models.length === 1 ? "" : "s"}`;
  if (!isJson) output.write(`Calling ${count}: this costs a few tokens each.\n\n`);
  const [routers, models] = await Promise.all([
    Promise.all(config.routers.map((target) => checkRouter({ clock, environment, log, server }, target))),
    checkModels({ clock, upstreams }, settings),
  ]);
  await upstreams.close();
  output.write((isJson ? reportJson : reportText)({ routers, models }));
  return hasTrouble({ routers, models }) ? 1 : 0;
}

async function checkModels(tools: ProbeTools, { offers, models }: Settings): Promise<ModelReport[]> {
  const reports: ModelReport[] = [];
  const waiting = [...offers.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, offer] = next;
      const model = models.get(offer.name.toLowerCase());
      if (model !== undefined) reports[index] = await checkModel(tools, model, offersTools(offer));
    }
  };
  await Promise.all(Array.from({ length: MODELS_AT_ONCE }, work));
  return reports;
}

function offersTools(offer: Offer): boolean {
  return offer.capabilities.includes("tools");
}
