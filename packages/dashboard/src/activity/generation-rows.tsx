// The generations near the window, of however many there are: as a table, or as cards where that has no room.
import type { ReactNode } from "react";
import { useRef } from "react";
import { useMedia } from "../ui/use-media.ts";
import { useWindowList } from "../ui/window-list.ts";
import type { DrawnRows } from "../ui/window-list.ts";
import { GenerationCells, GenerationLines } from "./generation-cells.tsx";
import type { Generation } from "./generation.ts";

const ROW_HEIGHT = 44;
const CARD_HEIGHT = 96;
const COLUMNS = [
  ["Time (UTC)", "w-36"],
  ["Model", ""],
  ["Provider", "w-25"],
  ["Tokens in → out", "w-33"],
  ["Cost, USDC", "w-31 text-right"],
  ["First token", "w-24 text-right"],
  ["Tokens/s", "hidden w-22 text-right 2xl:table-cell"],
  ["End", "w-25"],
  ["Key", "w-28"],
] as const;

interface RowsProps {
  readonly generations: readonly Generation[];
  readonly nameOf: (keyId: string) => string;
  readonly hasMore: boolean;
  readonly onNearEnd: () => void;
}

interface DrawnProps extends Omit<RowsProps, "onNearEnd"> {
  readonly drawn: DrawnRows;
}

function Table({ generations, nameOf, hasMore, drawn: { items, above, below } }: DrawnProps): ReactNode {
  return (
    <table aria-rowcount={hasMore ? -1 : generations.length + 1} className="w-full table-fixed text-sm">
      <thead className="border-b border-line text-left text-[0.8125rem] text-muted">
        <tr>
          {COLUMNS.map(([title, className]) => (
            <th
              key={title}
              scope="col"
              className={`px-2.5 py-2 font-medium whitespace-nowrap first:pl-5 last:pr-5 ${className}`}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {above > 0 && (
          <tr aria-hidden style={{ height: above }}>
            <td />
          </tr>
        )}
        {items.map(({ index, key }) => {
          const generation = generations[index];
          return (
            generation !== undefined && (
              <tr
                key={String(key)}
                aria-rowindex={index + 2}
                style={{ height: ROW_HEIGHT }}
                className="relative border-b border-line hover:bg-sunken"
              >
                <GenerationCells generation={generation} keyName={nameOf(generation.key_id)} />
              </tr>
            )
          );
        })}
        {below > 0 && (
          <tr aria-hidden style={{ height: below }}>
            <td />
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Cards({ generations, nameOf, hasMore, drawn: { items, above, below } }: DrawnProps): ReactNode {
  return (
    <ul style={{ paddingTop: above, paddingBottom: below }} className="border-t border-line">
      {items.map(({ index, key }) => {
        const generation = generations[index];
        return (
          generation !== undefined && (
            <li
              key={String(key)}
              aria-posinset={index + 1}
              aria-setsize={hasMore ? -1 : generations.length}
              style={{ height: CARD_HEIGHT }}
              className="relative flex flex-col justify-center gap-1 border-b border-line px-5 text-sm hover:bg-sunken"
            >
              <GenerationLines generation={generation} keyName={nameOf(generation.key_id)} />
            </li>
          )
        );
      })}
    </ul>
  );
}

/** The rows that are near the window, with room for the others above and below. */
export function GenerationRows({ onNearEnd, ...props }: RowsProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const isWide = useMedia("(min-width: 80rem)");
  const { generations } = props;
  const drawn = useWindowList(place, {
    count: generations.length,
    rowHeight: isWide ? ROW_HEIGHT : CARD_HEIGHT,
    keyOf: (index) => generations[index]?.id ?? `${index}`,
    onNearEnd,
  });
  return <div ref={place}>{isWide ? <Table {...props} drawn={drawn} /> : <Cards {...props} drawn={drawn} />}</div>;
}
