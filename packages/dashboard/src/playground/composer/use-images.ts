// Images of the draft: offered by hand, taken or refused with a reason.
import { useState } from "react";
import { faultWords } from "../../api/fault-words.ts";
import { sortFiles } from "../images/attached-image.ts";
import { IMAGES_MAX } from "../limits.ts";
import { readImages } from "../images/read-images.ts";
import { imageBytes } from "../playground.ts";
import { playground } from "../the-playground.ts";

/** What can be done with the images of the draft. */
interface DraftImages {
  /** Why some were not taken, a sentence each. */
  readonly refusals: readonly string[];
  /** Takes what can be taken of these files. */
  readonly offer: (files: readonly File[]) => void;
  readonly remove: (id: number) => void;
  /** Forgets the refusals. */
  readonly forget: () => void;
}

/** The images of the draft. */
export function useImages(): DraftImages {
  const [refusals, setRefusals] = useState<readonly string[]>([]);
  const take = async (files: readonly File[]): Promise<void> => {
    const state = playground.state();
    const blind = state.lanes.find(({ facts }) => facts?.takesImages === false);
    if (blind !== undefined) {
      setRefusals([`${blind.model} takes no images: choose a model that does.`]);
      return;
    }
    const sorted = sortFiles(files, { count: state.draft.images.length, bytes: imageBytes(state) });
    setRefusals(sorted.refusals);
    try {
      const read = await readImages(sorted.taken);
      const { images } = playground.state().draft; // others may have come while these were read
      playground.changeDraft({ images: [...images, ...read].slice(0, IMAGES_MAX) });
    } catch (error) {
      const { what, next } = faultWords(error);
      setRefusals([...sorted.refusals, `${what} ${next ?? ""}`.trim()]);
    }
  };
  return {
    refusals,
    offer: (files) => void take(files),
    remove(id) {
      setRefusals([]);
      playground.changeDraft({ images: playground.state().draft.images.filter((image) => image.id !== id) });
    },
    forget: () => setRefusals([]),
  };
}
