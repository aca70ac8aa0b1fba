// Does what a Dockerfile says, step by step, in folders that stand for the file systems of its stages.
import { cpSync, globSync, mkdirSync, mkdtempSync, statSync } from "node:fs";
import { basename, isAbsolute, join, posix } from "node:path";
import type { Mount } from "./enclosure.ts";
import { layOutRoot, runEnclosed } from "./enclosure.ts";
import type { Instruction, Stage } from "./read-dockerfile.ts";

/** What comes of a Dockerfile: a file system, and how its program is started. */
export interface Image {
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly folder: string;
  readonly entry: readonly string[];
  readonly command: readonly string[];
  /** The command that tells the container's health. */
  readonly health: readonly string[];
  readonly volumes: readonly string[];
  readonly ports: readonly number[];
}

/** Where an image is made. */
export interface BuildPlace {
  /** The build's context. */
  readonly context: string;
  /** Where its file systems are made. */
  readonly folder: string;
  /** Variables of the machine that every step may see, as an engine passes its proxy on. */
  readonly environment: Readonly<Record<string, string>>;
  /** What of the machine every step finds, as an engine's cache mounts. */
  readonly mounts: readonly Mount[];
}

/** The home of a user, which an engine sets where the image does not. */
export function homeOf(user: string): string {
  return user === "root" ? "/root" : `/home/${user}`;
}

type Draft = { -readonly [Part in keyof Image]: Image[Part] };

/** The images that are known, and what they set. */
const IMAGES = /^node:24(?:\.[\d.]+)?-bookworm-slim$/;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function freshDraft(root: string): Draft {
  const environment = { PATH };
  return { root, environment, user: "root", folder: "/", entry: [], command: [], health: [], volumes: [], ports: [] };
}

/** Copies as the builder does: several files go into a folder, one takes the name that is given. */
function copy(from: string, draft: Draft, { sources, target }: Extract<Instruction, { kind: "COPY" }>): void {
  const found = sources.flatMap((source) => globSync(source.replace(/^\//, ""), { cwd: from }));
  if (found.length === 0) throw new Error(`COPY ${sources.join(" ")}: there is none`);
  const place = join(draft.root, isAbsolute(target) ? target : posix.join(draft.folder, target));
  const isFolder = target.endsWith("/") || statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  if (found.length > 1 && !isFolder) throw new Error(`COPY ${sources.join(" ")}: ${found.length} files and one name`);
  for (const source of found) {
    const isTree = statSync(join(from, source)).isDirectory();
    cpSync(join(from, source), isFolder && !isTree ? join(place, basename(source)) : place, {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

async function runStep(draft: Draft, script: string, place: BuildPlace): Promise<void> {
  const { root, user, folder } = draft;
  const environment = { HOME: homeOf(user), ...place.environment, ...draft.environment };
  const words = ["/bin/sh", "-c", script];
  const { code, said } = await runEnclosed({
    root,
    isReadOnly: false,
    mounts: place.mounts,
    user,
    folder,
    environment,
    words,
  });
  if (code !== 0) throw new Error(`RUN ${script} ended with ${code}:\n${said}`);
}

function enterFolder(draft: Draft, value: string): void {
  draft.folder = posix.resolve(draft.folder, value);
  mkdirSync(join(draft.root, draft.folder), { recursive: true });
}

async function follow(draft: Draft, step: Instruction, source: string, place: BuildPlace): Promise<void> {
  switch (step.kind) {
    case "RUN":
      return await runStep(draft, step.script, place);
    case "COPY":
      return copy(source, draft, step);
    case "WORKDIR":
      return enterFolder(draft, step.value);
    case "ENV":
      draft.environment = { ...draft.environment, ...step.values };
      return;
    case "USER":
      draft.user = step.value;
      return;
    case "EXPOSE":
      draft.ports = [...draft.ports, Number(step.value)];
      return;
    case "VOLUME":
      draft.volumes = [...draft.volumes, ...step.words];
      return;
    case "HEALTHCHECK":
      draft.health = step.words;
      return;
    case "ENTRYPOINT":
      draft.entry = step.words;
      return;
    case "CMD":
      draft.command = step.words;
  }
}

/** Follows every step of every stage; rejects with the step that fails and all it said. */
export async function buildImage(stages: readonly Stage[], place: BuildPlace): Promise<Image> {
  const roots = new Map<string, string>();
  let draft: Draft | undefined;
  for (const { image, name, instructions } of stages) {
    if (!IMAGES.test(image)) throw new Error(`FROM ${image}: not an image that is known here`);
    const root = mkdtempSync(join(place.folder, "stage-"));
    layOutRoot(root);
    draft = freshDraft(root);
    for (const step of instructions) {
      const from = step.kind === "COPY" ? step.from : undefined;
      const source = from === undefined ? place.context : roots.get(from);
      if (source === undefined) throw new Error(`COPY --from=${from}: no stage before has this name`);
      await follow(draft, step, source, place);
    }
    if (name !== undefined) roots.set(name, root);
  }
  if (draft === undefined) throw new Error("no stage");
  return draft;
}
