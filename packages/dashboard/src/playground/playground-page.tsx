// The page Playground: chat with any model, or with two side by side.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowDown, Code, Columns2, SlidersHorizontal, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { classes } from "../ui/class-names.ts";
import { Page } from "../ui/page.tsx";
import { LaneView } from "./chat/lane-view.tsx";
import { useFollowEnd } from "./chat/use-follow-end.ts";
import { Composer } from "./composer/composer.tsx";
import { useFoundModels } from "./models/model-queries.ts";
import type { PlaygroundState } from "./playground.ts";
import { isAnswering } from "./playground.ts";
import { readSettings } from "./settings/read-settings.ts";
import { SettingsPanel } from "./settings/settings-panel.tsx";
import { SnippetDialog } from "./snippets/snippet-dialog.tsx";
import { playground, usePlayground } from "./the-playground.ts";

/** The first lane asks the model of the address; where there is none, the first on the list. */
function useModelOfAddress({ lanes }: PlaygroundState): (model: string) => void {
  const { model: wanted } = useSearch({ from: "/playground" });
  const navigate = useNavigate({ from: "/playground" });
  const { models } = useFoundModels("");
  const chosen = lanes[0]?.model;
  const first = models?.[0]?.id;
  const followed = useRef<string>(undefined);
  useEffect(() => {
    if (wanted !== undefined && followed.current !== wanted) {
      followed.current = wanted;
      if (chosen !== wanted) playground.lane(0)?.chooseModel(wanted, undefined);
    } else if (wanted === undefined && chosen === undefined && first !== undefined) {
      playground.lane(0)?.chooseModel(first, undefined);
    }
  }, [wanted, chosen, first]);
  return useCallback(
    (model) => {
      followed.current = model;
      playground.lane(0)?.chooseModel(model, undefined);
      void navigate({ search: { model }, replace: true, resetScroll: false });
    },
    [navigate],
  );
}

const isEmpty = ({ lanes }: PlaygroundState): boolean => lanes.every(({ turns }) => turns.length === 0);

interface ActionsProps {
  readonly state: PlaygroundState;
  readonly areSettingsOpen: boolean;
  readonly onSettings: () => void;
  readonly onCompare: () => void;
  readonly onCode: () => void;
}

function Actions({ state, areSettingsOpen, onSettings, onCompare, onCode }: ActionsProps): ReactNode {
  return (
    <>
      {state.lanes.length === 1 && (
        <Button size="small" onClick={onCompare} disabled={isAnswering(state)}>
          <Columns2 aria-hidden className="size-4 max-sm:hidden" />
          Compare
        </Button>
      )}
      <Button size="small" onClick={onCode}>
        <Code aria-hidden className="size-4 max-sm:hidden" />
        Code
      </Button>
      <Button size="small" aria-expanded={areSettingsOpen} aria-controls="playground-settings" onClick={onSettings}>
        <SlidersHorizontal aria-hidden className="size-4 max-sm:hidden" />
        Settings
      </Button>
      <Button size="small" onClick={() => playground.clear()} disabled={isEmpty(state)}>
        <Trash2 aria-hidden className="size-4 max-sm:hidden" />
        Clear
      </Button>
    </>
  );
}

function Lanes({
  state,
  onPickFirst,
}: {
  readonly state: PlaygroundState;
  readonly onPickFirst: (model: string) => void;
}): ReactNode {
  const pickSecond = useCallback((model: string) => playground.lane(1)?.chooseModel(model, undefined), []);
  const isCompared = state.lanes.length > 1;
  return (
    <div className={classes("grid gap-x-6 gap-y-10", isCompared && "md:grid-cols-2")}>
      {state.lanes.map((lane, index) => (
        <LaneView
          key={index}
          index={index}
          lane={lane}
          onPick={index === 0 ? onPickFirst : pickSecond}
          onClose={index === 1 ? () => playground.setLanes(1) : undefined}
        />
      ))}
    </div>
  );
}

const hasRoomForSettings = (): boolean => window.matchMedia("(min-width: 80rem)").matches;

/** The page: the lanes, the settings beside them, and the composer below. */
export function PlaygroundPage(): ReactNode {
  const state = usePlayground();
  const settings = useMemo(() => readSettings(state.settings), [state.settings]);
  const pickFirst = useModelOfAddress(state);
  const { models } = useFoundModels("");
  const other = models?.find(({ id }) => id !== state.lanes[0]?.model)?.id; // to begin a comparison with
  const [areSettingsOpen, setAreSettingsOpen] = useState(hasRoomForSettings);
  const [isCodeOpen, setIsCodeOpen] = useState(false);
  const grown = useRef<HTMLDivElement>(null);
  const { isFollowing, follow } = useFollowEnd(grown, isEmpty(state));
  return (
    <Page
      title="Playground"
      lead="Talk to any model; each answer shows what it cost, exactly."
      actions={
        <Actions
          state={state}
          areSettingsOpen={areSettingsOpen}
          onSettings={() => setAreSettingsOpen(!areSettingsOpen)}
          onCompare={() => {
            playground.setLanes(2);
            if (other !== undefined) playground.lane(1)?.chooseModel(other, undefined);
            setAreSettingsOpen(false); // two models want the room
          }}
          onCode={() => setIsCodeOpen(true)}
        />
      }
    >
      <div className={classes("grid gap-6", areSettingsOpen && "lg:grid-cols-[minmax(0,1fr)_19rem]")}>
        <aside
          id="playground-settings"
          aria-label="Settings"
          hidden={!areSettingsOpen}
          className="lg:sticky lg:top-20 lg:order-last lg:max-h-[calc(100dvh-11rem)] lg:self-start lg:overflow-y-auto"
        >
          <Card title="Settings">
            <SettingsPanel texts={state.settings} read={settings} lanes={state.lanes} />
          </Card>
        </aside>
        <div className="flex sm:min-h-[calc(100dvh-15rem)] min-h-[calc(100dvh-22rem)] min-w-0 flex-col gap-6">
          <div ref={grown} className="flex-1">
            <Lanes state={state} onPickFirst={pickFirst} />
          </div>
          <div className="sticky bottom-0 z-10 -mx-4 bg-gradient-to-t from-canvas from-80% to-transparent px-4 pt-4 pb-4 sm:mx-0 sm:px-0">
            {!isFollowing && (
              <div className="absolute inset-x-0 -top-8 flex justify-center">
                <Button size="small" onClick={follow} className="shadow-card">
                  <ArrowDown aria-hidden className="size-4" />
                  To the end
                </Button>
              </div>
            )}
            <Composer state={state} settings={settings} onSent={follow} />
          </div>
        </div>
      </div>
      <SnippetDialog isOpen={isCodeOpen} onClose={() => setIsCodeOpen(false)} />
    </Page>
  );
}
