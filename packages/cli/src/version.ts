// The version of this program, which is the package's.
import packageFile from "../package.json" with { type: "json" };

/** Of `aimo` and of everything published with it. */
export const VERSION: string = packageFile.version;
