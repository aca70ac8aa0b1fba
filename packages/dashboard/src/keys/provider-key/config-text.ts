// The proxy's config.toml and the commands around it, as text to copy.

/** A model as it is sold; amounts are decimal USDC per million tokens. */
export interface SoldModel {
  readonly upstreamUrl: string;
  readonly upstreamModel: string;
  readonly wantsKey: boolean;
  readonly author?: string;
  readonly slug: string;
  /** Tokens, in digits. */
  readonly contextLength?: string;
  readonly prompt: string;
  readonly completion: string;
}

/** The router that is sold through, and for which proxy the file is. */
export interface ConfigPlace {
  readonly routerUrl: string;
  readonly routerId: string;
  /** Whether the file is for a first-generation proxy, which knows fewer settings. */
  readonly isFirstGeneration: boolean;
}

/** The variable that the config reads the provider key from. */
export const PROVIDER_KEY_NAME = "AIMO_PROVIDER_KEY";
const UPSTREAM_KEY_NAME = "UPSTREAM_API_KEY";

/** A TOML string: JSON's escapes are TOML's, but for the one control character that JSON leaves as it is. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u007F", String.raw`\u007F`);
}

function routerText({ routerUrl, routerId, isFirstGeneration }: ConfigPlace): string {
  const id = isFirstGeneration
    ? ""
    : `# Who has to be at that address: the key goes to nobody else.\nid = ${quoted(routerId)}\n`;
  return `[router]
url = ${quoted(routerUrl)}
${id}# Read from the environment, so that the key is in no file.
api_key = "std::env::${PROVIDER_KEY_NAME}"
`;
}

/** The line of the upstream's key; the first generation's guide has it in every model, so there it is never left out. */
function keyText(wantsKey: boolean, isFirstGeneration: boolean): string {
  if (wantsKey) return `api_key = "std::env::${UPSTREAM_KEY_NAME}"`;
  if (isFirstGeneration) return `# Your API wants no key, so it takes any.\napi_key = "none"`;
  return `# Where your API wants a key, a variable holds it:\n# api_key = "std::env::${UPSTREAM_KEY_NAME}"`;
}

function modelText({ slug, contextLength, ...model }: SoldModel, isFirstGeneration: boolean): string {
  const author = model.author ?? (isFirstGeneration ? "community" : undefined); // the same model, written out
  const about = [
    `name = ${quoted(slug)}`,
    `display_name = ${quoted(slug)}`,
    ...(author === undefined ? [] : [`provider_name = ${quoted(author)}`]),
    ...(contextLength === undefined ? [] : [`context_length = ${contextLength}`]),
  ];
  return `# What you sell. For another model, repeat this section.
[[models]]
${about.join("\n")}
[models.pricing]
# USDC per million tokens
prompt = ${model.prompt}
completion = ${model.completion}
[models.params]
model = ${quoted(model.upstreamModel)}
api_base = ${quoted(model.upstreamUrl)}
${keyText(model.wantsKey, isFirstGeneration)}
`;
}

/** The whole config.toml. */
export function configText(place: ConfigPlace, model: SoldModel): string {
  return `${routerText(place)}\n${modelText(model, place.isFirstGeneration)}`;
}

/** What is typed beside the config, to try it and to sell. */
export function startText({ wantsKey }: Pick<SoldModel, "wantsKey">, isFirstGeneration: boolean): string {
  const lines = [
    ...(wantsKey ? [`read -rs ${UPSTREAM_KEY_NAME} && export ${UPSTREAM_KEY_NAME}`] : []),
    ...(isFirstGeneration ? [] : ["npm install --global aimo-proxy", "aimo-proxy check --config config.toml"]),
    "aimo-proxy --config config.toml",
  ];
  return lines.join("\n");
}
