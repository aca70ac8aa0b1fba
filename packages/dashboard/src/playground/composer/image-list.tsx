// The images that go along with the next question.
import { X } from "lucide-react";
import type { ReactNode } from "react";
import type { AttachedImage } from "../images/attached-image.ts";
import { sizeText } from "../images/attached-image.ts";

interface ImageListProps {
  readonly images: readonly AttachedImage[];
  readonly onRemove: (id: number) => void;
}

/** Small pictures, each with its button to leave it out. */
export function ImageList({ images, onRemove }: ImageListProps): ReactNode {
  if (images.length === 0) return null;
  return (
    <ul aria-label="Images" className="flex flex-wrap gap-2 px-3 pt-3">
      {images.map(({ id, name, bytes, url }) => (
        <li key={id} className="relative">
          <img
            src={url}
            alt={name}
            title={`${name}, ${sizeText(bytes)}`}
            className="size-16 rounded-lg border border-line object-cover"
          />
          <button
            type="button"
            aria-label={`Leave out ${name}`}
            onClick={() => onRemove(id)}
            className="absolute -top-2 -right-2 flex size-6 items-center justify-center rounded-full border border-line-strong bg-surface text-muted hover:text-ink"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}
