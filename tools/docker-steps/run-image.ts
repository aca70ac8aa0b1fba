// Starts what a Dockerfile made as its compose file does: as its user, on a root that is read-only, with mounts for what is not.
import type { ChildProcess } from "node:child_process";
import type { Image } from "./build-image.ts";
import { homeOf } from "./build-image.ts";
import type { Enclosed, Ended, Mount } from "./enclosure.ts";
import { runEnclosed, startEnclosed } from "./enclosure.ts";

/** What a container is given besides its image. */
export interface ContainerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Other words than the image's CMD. */
  readonly command?: readonly string[];
}

function enclosedOf(image: Image, { environment, mounts }: ContainerOptions, words: readonly string[]): Enclosed {
  const missing = image.volumes.filter((volume) => !mounts.some(({ to }) => to === volume));
  if (missing.length > 0) throw new Error(`nothing is mounted at ${missing.join(" and ")}`);
  const { root, user, folder } = image;
  const variables = { HOME: homeOf(user), ...image.environment, ...environment };
  return { root, isReadOnly: true, mounts, user, folder, environment: variables, words };
}

/** Starts the image's program. */
export function startImage(image: Image, options: ContainerOptions): ChildProcess {
  return startEnclosed(enclosedOf(image, options, [...image.entry, ...(options.command ?? image.command)]));
}

/** Runs other words than the image's own to their end, in the same surroundings. */
export async function runInImage(image: Image, options: ContainerOptions, words: readonly string[]): Promise<Ended> {
  return await runEnclosed(enclosedOf(image, options, words));
}

/** Asks the image's health as an engine does: 0 is healthy. */
export async function askHealth(image: Image, options: ContainerOptions): Promise<Ended> {
  return await runInImage(image, options, image.health);
}
