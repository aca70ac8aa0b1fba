// What this program calls itself.
import manifest from "../package.json" with { type: "json" };

/** The name routers see in a hello. */
export const SOFTWARE = manifest.name;

/** The version of the package. */
export const VERSION = manifest.version;
