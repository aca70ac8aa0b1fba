// `npm run build --workspace @aimo-network/dashboard`: both consoles, or the one that is named.
import { buildConsole } from "./build-console.ts";

const [wanted] = process.argv.slice(2);
const modes = (["production", "localnet"] as const).filter((mode) => wanted === undefined || mode === wanted);
if (modes.length === 0) throw new Error(`Expected production or localnet, found ${wanted}.`);
for (const mode of modes) console.log(`${mode}: ${await buildConsole({ mode })}`);
