// `aimo provider init`: from an OpenAI-compatible API to the files of a proxy that sells it.
import { relative, resolve } from "node:path";
import { VALID_DAYS_MAX } from "@aimo-network/protocol/keys/key-content";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { momentText } from "../chain/moments.ts";
import type { CommandInput, Outcome, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { runInstalledProgram } from "../installed-program.ts";
import { expected, readDays, textOf } from "../keys/option-words.ts";
import type { Router } from "../network/find-router.ts";
import { findRouter, wantedRouter } from "../network/find-router.ts";
import { ownKey } from "../network/own-key.ts";
import { safeText } from "../terminal/safe-text.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { factsText } from "../terminal/table.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import type { ProviderPlan, SoldModel } from "./config-text.ts";
import { composeText, configText, variablesText } from "./config-text.ts";
import { initFiles, refuseExisting, writeInitFiles } from "./init-files.ts";
import type { InitFiles } from "./init-files.ts";
import { askUntil, chosenModels, readUpstreamUrl, soldModel, upstreamKey } from "./init-questions.ts";
import { listUpstream } from "./upstream-models.ts";

type Options = CommandInput["options"];

const DAY_MS = 24 * 60 * 60 * 1_000;

interface Planned {
  readonly plan: ProviderPlan;
  readonly upstreamKey: string;
}

function refuseTwins(models: readonly SoldModel[]): void {
  const slugs = models.map(({ slug }) => slug.toLowerCase());
  const twin = slugs.find((slug, place) => slugs.indexOf(slug) !== place);
  if (twin === undefined) return;
  throw new CommandFault({
    what: `Two of the models would be sold as ${twin}.`,
    why: "a proxy sells each name once, whatever its author.",
    next: "Choose one of them; the other one can be added to config.toml under another name.",
    reason: "usage",
  });
}

/** Asks for all that the files say; nothing is written and no key signed before it is known. */
async function planOf(context: CommandContext, options: Options, router: Router): Promise<Planned> {
  const { terminal } = context;
  const given = textOf(options["upstream"])?.trim();
  const url =
    given === undefined
      ? await askUntil(
          context,
          "Your OpenAI-compatible API, such as http://127.0.0.1:11434/v1",
          undefined,
          readUpstreamUrl,
        )
      : readUpstreamUrl(given);
  const key = await upstreamKey(context, options);
  const progress = terminal.progress("Asking the upstream for its models");
  const listed = await listUpstream(context, { url, key: key?.value }).finally(() => progress.done());
  const models: SoldModel[] = [];
  for (const model of await chosenModels(context, options, listed.models)) {
    models.push(await soldModel(context, options, router, model)); // one after the other: a person answers
  }
  refuseTwins(models);
  return {
    plan: {
      routerUrl: router.client.url,
      routerId: router.id,
      upstreamUrl: listed.url,
      upstreamKeyName: key?.name,
      models,
    },
    upstreamKey: key?.value ?? "",
  };
}

type Checked = "ready" | "not_ready" | "not_run";

/** The proxy's own check of what was written; what it says against it is shown. */
async function checkWritten(context: CommandContext, folder: string, { config }: InitFiles): Promise<Checked> {
  const { terminal } = context;
  let said = "";
  const progress = terminal.progress("Calling every model once with the proxy's own check");
  try {
    const heard = (text: string): void => void (said += text);
    const code = await runInstalledProgram(context, "aimo-proxy", ["check", "--config", config], { folder, heard });
    if (code === 0) return "ready";
    terminal.warn(safeText(said).trimEnd());
    return "not_ready";
  } catch (error) {
    if (!(error instanceof CommandFault) || error.words.code !== "program_missing") throw error;
    terminal.warn(`Not checked: ${error.words.what} ${error.words.next ?? ""}`);
    return "not_run";
  } finally {
    progress.done();
  }
}

const CHECK_WORDS: Readonly<Record<Checked, string>> = {
  ready: "ready to sell",
  not_ready: "not ready: see above",
  not_run: "not run: aimo-proxy is not installed",
};

function nextWords(checked: Checked, config: string, folder: string): string {
  if (checked === "not_ready") {
    return `Next: mend what is above in ${config}, then\n  aimo provider check --config ${shellWord(config)}`;
  }
  const install = checked === "not_run" ? "npm install -g aimo-proxy\n  " : "";
  const inFolder = folder === "." ? "" : ` --project-directory ${shellWord(folder)}`;
  return `Next:\n  ${install}aimo-proxy --config ${shellWord(config)}
or, in a container:
  docker compose${inFolder} up --detach --build`;
}

interface Written {
  readonly plan: ProviderPlan;
  readonly files: InitFiles;
  readonly folder: string;
  readonly expiresAtMs: number;
  readonly checked: Checked;
}

function outcomeOf(context: CommandContext, { plan, files, folder, expiresAtMs, checked }: Written): Outcome {
  const { style } = context.terminal;
  const near = (path: string): string => relative(context.folder, path) || ".";
  const expiresAt = new Date(expiresAtMs).toISOString();
  const nameOf = ({ author, slug }: SoldModel): string => `${author ?? "community"}/${slug}`;
  const text = [
    factsText([
      ["Wrote", `${near(files.config)}, ${near(files.compose)} and ${near(files.variables)} (0600, the keys)`],
      ...plan.models.map(
        (model) =>
          [
            "Sells",
            `${nameOf(model)} at ${formatMicroUsdc(model.prompt)} / ${formatMicroUsdc(model.completion)} USDC per million tokens`,
          ] as const,
      ),
      ["Key", `earns and cannot spend, for the router ${plan.routerId}, until ${momentText(expiresAtMs)}`],
      ["Check", checked === "ready" ? style.good(CHECK_WORDS.ready) : style.bad(CHECK_WORDS[checked])],
    ]),
    nextWords(checked, near(files.config), near(folder)),
  ].join("\n\n");
  const data = {
    files: Object.values(files),
    router_id: plan.routerId,
    router_url: plan.routerUrl,
    upstream: plan.upstreamUrl,
    models: plan.models.map((model) => ({
      model: nameOf(model),
      upstream_model: model.upstreamName,
      prompt_per_million: formatMicroUsdc(model.prompt),
      completion_per_million: formatMicroUsdc(model.completion),
      context_length: model.contextLength ?? null,
    })),
    key_expires_at: expiresAt,
    check: checked,
  };
  return { data, text, ...(checked === "not_ready" && { reason: "failed" as const }) };
}

/** The router that is named, or else asked for. */
async function routerToSellAt(context: CommandContext): Promise<Router> {
  if (wantedRouter(context) !== undefined || !context.terminal.isInteractive) return await findRouter(context);
  const router = await askUntil(context, "The router to sell at: its URL or id", undefined, (text) => {
    if (text === "") throw expected("--router", "a URL such as https://router.example, or a router id", text);
    return text;
  });
  return await findRouter({ ...context, options: { ...context.options, router } });
}

/** Makes the files of a proxy, and checks them with the proxy itself. */
export const providerInit: RunCommand = async (context, { options }) => {
  const folder = resolve(context.folder, textOf(options["folder"]) ?? ".");
  const isForced = options["force"] === true;
  const days = readDays("--valid-for", textOf(options["validFor"]) ?? "90", VALID_DAYS_MAX);
  const files = initFiles(folder);
  if (!isForced) refuseExisting(files);
  const wallet = await openWallet(context);
  const router = await routerToSellAt(context);
  context.terminal.note(`To sell at ${router.client.url}, the router ${router.id}; --router names another.`);
  const { plan, upstreamKey: upstreamSecret } = await planOf(context, options, router);
  const validForMs = days * DAY_MS;
  const key = await ownKey(context, router.id, wallet, { scopes: ["completion_model"], isEarnOnly: true, validForMs });
  const expiresAtMs = context.clock.now() + validForMs;
  const texts = {
    config: configText(plan),
    compose: composeText(plan),
    variables: variablesText(plan, { provider: key, upstream: upstreamSecret }),
  };
  writeInitFiles(files, folder, texts, isForced);
  const checked = await checkWritten(context, folder, files);
  return outcomeOf(context, { plan, files, folder, expiresAtMs, checked });
};
