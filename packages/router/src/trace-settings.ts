// Where traces go, read from OpenTelemetry's own variables; undefined where none names a collector.

/** Where and how traces are exported. */
export interface TraceSettings {
  /** The collector's address for traces. */
  readonly url: string;
  /** Sent with every export; they may hold a secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** The share of requests that are traced where the client has not decided, from 0 to 1. */
  readonly sampleRatio: number;
}

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined; // the standard says percent-encoded; what is not is a fault of the setting
  }
}

/** Reads `name=value,name=value` with percent-encoded values; undefined for anything else. */
function readHeaders(text: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, equals)).trim();
    const value = decoded(pair.slice(equals + 1));
    if (!HEADER_NAME.test(name) || value === undefined || !/^[\x20-\x7e]*$/.test(value)) return undefined;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Whether a text is a collector's address; one with a password in it would be logged by others. */
export function isCollectorUrl(text: string): boolean {
  if (text === "") return true;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** Whether a text is a list of headers. */
export function isHeaderList(text: string): boolean {
  return readHeaders(text) !== undefined;
}

/** Whether a text is a share from 0 to 1. */
export function isShare(text: string): boolean {
  return /^(?:0|1|0?\.[0-9]{1,9}|1\.0{1,9})$/.test(text);
}

/** Puts the settings together from accepted texts; an empty one is not set, as the standard says. */
export function traceSettings(get: (name: TraceVariable) => string): TraceSettings | undefined {
  const base = get("OTEL_EXPORTER_OTLP_ENDPOINT");
  const own = get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (base === "" && own === "") return undefined;
  return {
    url: own === "" ? `${base.replace(/\/+$/, "")}/v1/traces` : own,
    headers: {
      ...readHeaders(get("OTEL_EXPORTER_OTLP_HEADERS")),
      ...readHeaders(get("OTEL_EXPORTER_OTLP_TRACES_HEADERS")),
    },
    serviceName: get("OTEL_SERVICE_NAME") || "aimo-router",
    sampleRatio: Number(get("OTEL_TRACES_SAMPLER_ARG")),
  };
}

/** The variables that this file reads the values of. */
export type TraceVariable =
  | "OTEL_EXPORTER_OTLP_ENDPOINT"
  | "OTEL_EXPORTER_OTLP_HEADERS"
  | "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
  | "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
  | "OTEL_SERVICE_NAME"
  | "OTEL_TRACES_SAMPLER_ARG";
