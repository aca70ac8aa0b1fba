// The `config.toml` of the localnet's provider: the demo model, or the upstream its owner named.

/** What the provider sells. */
export interface Upstream {
  /** The base URL of an OpenAI-compatible API. */
  readonly url: string;
  /** The models as the upstream names them. */
  readonly models: readonly string[];
  /** Whose models they are: the first half of `author/slug`. */
  readonly author: string;
  /** The variable that holds the upstream's key, where it needs one. */
  readonly keyVariable?: string;
}

const NAME_CHARS_MAX = 64;

/** The offer's name for an upstream's model: what a model id may hold, everything else becomes `-`. */
export function offerName(upstreamModel: string): string {
  return upstreamModel.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, NAME_CHARS_MAX);
}

const quote = (text: string): string => JSON.stringify(text); // a TOML basic string is written like a JSON string

/** Writes the file. */
export function demoProviderConfig(routerUrl: string, upstream: Upstream): string {
  const models = upstream.models.map((model) =>
    [
      "[[models]]",
      `name = ${quote(offerName(model))}`,
      `display_name = ${quote(`${upstream.author}: ${model}`)}`,
      `provider_name = ${quote(upstream.author)}`,
      "context_length = 128000",
      'input_modalities = ["text", "image"]',
      'capabilities = ["tools", "json_object", "json_schema"]',
      "[models.pricing]",
      "# USDC per million tokens",
      "prompt = 0.10",
      "completion = 0.40",
      "[models.params]",
      `model = ${quote(model)}`,
      `api_base = ${quote(upstream.url)}`,
      ...(upstream.keyVariable === undefined ? [] : [`api_key = ${quote(`std::env::${upstream.keyVariable}`)}`]),
    ].join("\n"),
  );
  const router = ["[router]", `url = ${quote(routerUrl)}`, 'api_key = "std::env::AIMO_PROVIDER_KEY"'].join("\n");
  return `${[router, ...models].join("\n\n")}\n`;
}
