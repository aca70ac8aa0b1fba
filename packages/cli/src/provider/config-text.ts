// The files that `provider init` writes, as text: config.toml, compose.yaml and .env.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { VERSION } from "../version.ts";

/** A model as it is to be sold. */
export interface SoldModel {
  /** The upstream's own name. */
  readonly upstreamName: string;
  /** The slug of `author/slug`. */
  readonly slug: string;
  readonly author: string | undefined;
  readonly contextLength: number | undefined;
  /** USDC per million tokens. */
  readonly prompt: MicroUsdc;
  readonly completion: MicroUsdc;
}

/** All that a config says. */
export interface ProviderPlan {
  readonly routerUrl: string;
  readonly routerId: string;
  readonly upstreamUrl: string;
  /** The variable of the upstream's key; undefined where it wants none. */
  readonly upstreamKeyName: string | undefined;
  readonly models: readonly SoldModel[];
}

/** The variable of the proxy's own key. */
export const PROVIDER_KEY_NAME = "AIMO_PROVIDER_KEY";

/** A TOML string: JSON's escapes are TOML's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function modelText({ upstreamUrl, upstreamKeyName }: ProviderPlan, model: SoldModel): string {
  const author =
    model.author === undefined
      ? '# the author of author/slug; "community" without it\n# provider_name = "meta-llama"'
      : `# the author of author/slug\nprovider_name = ${quoted(model.author)}`;
  const context =
    model.contextLength === undefined
      ? "# tokens of prompt and answer together\n# context_length = 128000"
      : `# tokens of prompt and answer together\ncontext_length = ${model.contextLength}`;
  const key =
    upstreamKeyName === undefined
      ? `# the upstream wants no key; with one: api_key = "std::env::UPSTREAM_API_KEY"`
      : `# read from the variable, which .env holds\napi_key = "std::env::${upstreamKeyName}"`;
  return `
[[models]]
# the slug of author/slug, and the name people see
name = ${quoted(model.slug)}
display_name = ${quoted(model.slug)}
${author}
${context}
# what \`aimo provider check\` finds to work: "tools", "json_schema", "json_object", "reasoning"
# capabilities = ["tools"]
[models.pricing]
# USDC per million tokens
prompt = ${formatMicroUsdc(model.prompt)}
completion = ${formatMicroUsdc(model.completion)}
[models.params]
# the upstream's own name of the model, and its address without /chat/completions
model = ${quoted(model.upstreamName)}
api_base = ${quoted(upstreamUrl)}
${key}
`;
}

/** The proxy's config.toml, with a comment at every line that a provider may want to change. */
export function configText(plan: ProviderPlan): string {
  return `# What this proxy sells, for aimo-proxy. All keys: docs/proxy-config.md of AiMo Network.

# Requests answered at once, over all models.
max_concurrency = 64

[router]
url = ${quoted(plan.routerUrl)}
# Who has to be at that address: the key goes to nobody else.
id = ${quoted(plan.routerId)}
# Read from the variable, which .env holds; the key earns and cannot spend.
api_key = "std::env::${PROVIDER_KEY_NAME}"
${plan.models.map((model) => modelText(plan, model)).join("")}`;
}

/** A variable as shells, compose files and the proxy read it alike; the value may have no quote in it. */
function variableText(name: string, value: string): string {
  return `${name}='${value}'\n`;
}

/** The variables that hold the keys. */
export function variablesText(
  plan: ProviderPlan,
  keys: { readonly provider: string; readonly upstream: string },
): string {
  const { upstreamKeyName } = plan;
  return `# Keys of aimo-proxy, for nobody else's eyes. This file stays 0600.
${variableText(PROVIDER_KEY_NAME, keys.provider)}${upstreamKeyName === undefined ? "" : variableText(upstreamKeyName, keys.upstream)}`;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Runs the proxy in a container made from its npm package. */
export function composeText({ upstreamUrl, routerUrl }: ProviderPlan): string {
  const isHere = [upstreamUrl, routerUrl].some((url) => LOOPBACK.test(new URL(url).hostname));
  const network = isHere
    ? "    # The upstream is on this machine, where a container's own network does not lead.\n    network_mode: host\n"
    : "";
  return `# The proxy in a container: docker compose up --detach --build
# Keys are in .env, which config.toml names as "std::env::…".
name: aimo-proxy
services:
  proxy:
    image: aimo-proxy:${VERSION}
    build:
      dockerfile_inline: |
        FROM node:24-bookworm-slim
        RUN npm install --global --no-audit --no-fund --ignore-scripts aimo-proxy@${VERSION} \\
          && mkdir -p /var/lib/proxy && chown node:node /var/lib/proxy
        USER node
        VOLUME ["/var/lib/proxy"]
        ENTRYPOINT ["aimo-proxy"]
        CMD ["run"]
    restart: unless-stopped
${network}    read_only: true
    init: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    env_file: [.env]
    environment:
      CONFIG_FILE_PATH: /etc/proxy/config.toml
      AIMO_PROXY_HEALTH: 127.0.0.1:9797
      # What the router has not acknowledged yet is kept there.
      XDG_STATE_HOME: /var/lib/proxy
    volumes:
      - ./config.toml:/etc/proxy/config.toml:ro
      - state:/var/lib/proxy
    healthcheck:
      test: ["CMD", "aimo-proxy", "health"]
      interval: 30s
      timeout: 10s
      start_period: 30s
      retries: 3
    # Running answers are finished before the proxy ends.
    stop_grace_period: 10m
volumes:
  state:
`;
}
