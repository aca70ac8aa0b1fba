// Reads a compose file and holds it to what the Compose Specification says of the keys that ours use.
import { readFileSync } from "node:fs";
import { Type } from "typebox";
import type { Static } from "typebox";
import { Value } from "typebox/value";
import { parse } from "yaml";

const closed = { additionalProperties: false } as const;
const NAME = "^[a-z0-9][a-z0-9_-]*$";
const Duration = Type.String({ pattern: String.raw`^(?:\d+h)?(?:\d+m)?(?:\d+s)?$`, minLength: 2 });
const Bytes = Type.String({ pattern: String.raw`^\d+[bkmg]$` });
const Names = Type.Array(Type.String({ pattern: NAME }), { minItems: 1 });

const Service = Type.Object(
  {
    image: Type.String({ minLength: 1 }),
    build: Type.Optional(
      Type.Union([
        Type.Object({ context: Type.String(), dockerfile: Type.String() }, closed),
        Type.Object({ dockerfile_inline: Type.String() }, closed),
      ]),
    ),
    network_mode: Type.Optional(Type.Literal("host")),
    restart: Type.Enum(["no", "always", "on-failure", "unless-stopped"]),
    read_only: Type.Optional(Type.Boolean()),
    init: Type.Optional(Type.Boolean()),
    cap_drop: Type.Optional(Type.Array(Type.String())),
    security_opt: Type.Optional(Type.Array(Type.Literal("no-new-privileges:true"))),
    env_file: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    environment: Type.Optional(Type.Record(Type.String({ pattern: "^[A-Z][A-Z0-9_]*$" }), Type.String())),
    // Host address, port there, port in the container: without an address it would be open to the whole network.
    ports: Type.Optional(Type.Array(Type.String({ pattern: String.raw`^127\.0\.0\.1:\d+:\d+$` }))),
    volumes: Type.Optional(
      Type.Array(Type.String({ pattern: String.raw`^(?:\./[\w./-]+|${NAME.slice(1, -1)}):/[\w./-]+(?::ro)?$` })),
    ),
    secrets: Type.Optional(Names),
    depends_on: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Type.Object({ condition: Type.Literal("service_healthy") }, closed)),
    ),
    healthcheck: Type.Optional(
      Type.Object(
        {
          test: Type.Array(Type.String(), { minItems: 2 }),
          interval: Duration,
          timeout: Duration,
          start_period: Type.Optional(Duration),
          retries: Type.Integer({ minimum: 1 }),
        },
        closed,
      ),
    ),
    stop_grace_period: Duration,
    mem_limit: Type.Optional(Bytes),
    shm_size: Type.Optional(Bytes),
    pids_limit: Type.Optional(Type.Integer({ minimum: 1 })),
    logging: Type.Optional(
      Type.Object(
        {
          driver: Type.Literal("local"),
          options: Type.Object({ "max-size": Bytes, "max-file": Type.String({ pattern: "^[1-9]$" }) }, closed),
        },
        closed,
      ),
    ),
  },
  closed,
);

const ComposeSchema = Type.Object(
  {
    name: Type.String({ pattern: NAME }),
    services: Type.Record(Type.String({ pattern: NAME }), Service),
    secrets: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Type.Object({ file: Type.String({ pattern: "^\\./" }) }, closed)),
    ),
    volumes: Type.Optional(Type.Record(Type.String({ pattern: NAME }), Type.Null())),
  },
  closed,
);

/** A compose file, as far as ours go. */
export type ComposeFile = Static<typeof ComposeSchema>;

/** The names of what a service needs and the file declares nowhere. */
function undeclared({ services, secrets = {}, volumes = {} }: ComposeFile): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const named = (service.volumes ?? []).flatMap((volume) => /^([\w-]+):/.exec(volume)?.[1] ?? []);
    return [
      ...named.filter((volume) => !(volume in volumes)).map((volume) => `${name}: volume ${volume}`),
      ...(service.secrets ?? []).filter((secret) => !(secret in secrets)).map((secret) => `${name}: secret ${secret}`),
      ...Object.keys(service.depends_on ?? {})
        .filter((other) => services[other]?.healthcheck === undefined)
        .map((other) => `${name}: health of ${other}`),
    ];
  });
}

/** Reads a compose file's text. Throws with all that is wrong. */
export function parseCompose(text: string): ComposeFile {
  const value: unknown = parse(text);
  if (!Value.Check(ComposeSchema, value)) {
    const faults = Value.Errors(ComposeSchema, value).map(({ instancePath, message }) => `${instancePath} ${message}`);
    throw new Error(`not a compose file as ours are:\n${faults.join("\n")}`);
  }
  const missing = undeclared(value);
  if (missing.length > 0) throw new Error(`not declared: ${missing.join(", ")}`);
  return value;
}

/** The same of a file. */
export function readCompose(path: string): ComposeFile {
  return parseCompose(readFileSync(path, "utf8"));
}
