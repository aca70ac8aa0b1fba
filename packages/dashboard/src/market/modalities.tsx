// What goes into a model and what comes out, as signs.
import { ArrowRight, AudioLines, File, Image, Type, Video } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { briefSigns } from "./modality-signs.ts";

const SIGNS: Readonly<Record<string, LucideIcon>> = {
  text: Type,
  image: Image,
  audio: AudioLines,
  video: Video,
  file: File,
};

function Signs({ names }: { readonly names: readonly string[] }): ReactNode {
  return names.map((name) => {
    const Sign = SIGNS[name] ?? File;
    return <Sign key={name} aria-hidden className="size-3.5" />;
  });
}

interface ModalitiesProps {
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** Whether text goes without a sign where something else has one. */
  readonly isBrief?: boolean;
}

/** Signs of both, with their words in the title and for who cannot see them. */
export function Modalities({ input, output, isBrief = false }: ModalitiesProps): ReactNode {
  const words = `Takes ${input.join(", ")}; gives ${output.join(", ")}`;
  const shown = isBrief ? briefSigns(input, output) : { input, output };
  return (
    <span role="img" aria-label={words} title={words} className="inline-flex items-center gap-1 text-muted">
      <Signs names={shown.input} />
      {shown.output.length > 0 && <ArrowRight aria-hidden className="size-3 opacity-60" />}
      <Signs names={shown.output} />
    </span>
  );
}
