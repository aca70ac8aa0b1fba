// The playground's memory: its lanes, its settings and the draft. It lives as long as the page does and is never stored.
import type { Clock } from "@aimo-network/protocol/clock";
import { isRunning } from "./chat/answer.ts";
import type { ListGenerations } from "./chat/charge.ts";
import type { Question } from "./chat/chat-body.ts";
import { Lane } from "./chat/lane.ts";
import type { LaneState } from "./chat/lane-state.ts";
import type { PostChat } from "./chat/stream-answer.ts";
import { NO_SETTINGS, readSettings } from "./settings/read-settings.ts";
import type { ReadSettings, SettingTexts } from "./settings/read-settings.ts";

/** What the page draws. */
export interface PlaygroundState {
  /** One, or two side by side. */
  readonly lanes: readonly LaneState[];
  readonly settings: SettingTexts;
  readonly draft: Question;
}

/** The playground without its page. */
export interface Playground {
  state(): PlaygroundState;
  /** Calls `listener` after each change, once a frame while answers come; until the returned function is called. */
  watch(listener: () => void): () => void;
  lane(index: number): Lane | undefined;
  /** Puts a second model beside the first, or takes it away again. */
  setLanes(count: 1 | 2): void;
  changeSettings(next: Partial<SettingTexts>): void;
  changeDraft(next: Partial<Question>): void;
  /** Sends the draft to each lane. */
  send(): void;
  stop(): void;
  /** Puts the last question back into the draft, and takes it and its answers away. */
  editLast(): void;
  clear(): void;
  /** Forgets everything: somebody else may sit there. */
  forget(): void;
}

/** What the playground works with. */
export interface PlaygroundMeans {
  readonly clock: Clock;
  readonly post: PostChat;
  readonly list: ListGenerations;
  /** Calls back when the next drawing is due. */
  readonly nextFrame: (draw: () => void) => void;
}

const NO_DRAFT: Question = { text: "", images: [] };

/** Whether an answer of one of the lanes runs. */
export function isAnswering({ lanes }: PlaygroundState): boolean {
  return lanes.some(({ turns }) => turns.some(({ answer }) => isRunning(answer)));
}

/** Bytes of all images of a conversation and its draft; lanes hold the same. */
export function imageBytes({ lanes, draft }: PlaygroundState): number {
  const ofQuestion = ({ images }: Question): number => images.reduce((sum, { bytes }) => sum + bytes, 0);
  const ofLane = ({ turns }: LaneState): number => turns.reduce((sum, { question }) => sum + ofQuestion(question), 0);
  return Math.max(0, ...lanes.map(ofLane)) + ofQuestion(draft);
}

/** Creates an empty playground with one lane. */
export function createPlayground({ clock, post, list, nextFrame }: PlaygroundMeans): Playground {
  const listeners = new Set<() => void>();
  let isFrameAsked = false;
  let settings = NO_SETTINGS;
  let draft = NO_DRAFT;
  let state: PlaygroundState;

  const tell = (): void => {
    isFrameAsked = false;
    state = { lanes: lanes.map((lane) => lane.state), settings, draft };
    for (const listener of listeners) listener();
  };
  const changed = (isUrgent: boolean): void => {
    if (isUrgent) tell();
    else if (!isFrameAsked) {
      isFrameAsked = true;
      nextFrame(() => isFrameAsked && tell());
    }
  };
  const newLane = (): Lane => new Lane({ clock, post, list, changed });
  let lanes: readonly Lane[] = [newLane()];
  state = { lanes: lanes.map((lane) => lane.state), settings, draft };

  const readNow = (): ReadSettings => readSettings(settings);
  return {
    state: () => state,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    lane: (index) => lanes[index],
    setLanes(count) {
      for (const lane of lanes.slice(count)) lane.clear();
      lanes = count === 1 || lanes.length > 1 ? lanes.slice(0, count) : [...lanes, newLane()];
      tell();
    },
    changeSettings(next) {
      settings = { ...settings, ...next };
      tell();
    },
    changeDraft(next) {
      draft = { ...draft, ...next };
      tell();
    },
    send() {
      if (isAnswering(state) || lanes.every((lane) => lane.state.model === undefined)) return;
      const question = { text: draft.text.trim(), images: draft.images };
      draft = NO_DRAFT;
      for (const lane of lanes) void lane.ask(question, readNow());
    },
    stop() {
      for (const lane of lanes) lane.stop();
    },
    editLast() {
      const asked = lanes.map((lane) => lane.takeBack());
      draft = asked.find((question) => question !== undefined) ?? draft;
      tell();
    },
    clear() {
      for (const lane of lanes) lane.clear();
    },
    forget() {
      for (const lane of lanes) lane.clear();
      settings = NO_SETTINGS;
      draft = NO_DRAFT;
      lanes = lanes.slice(0, 1);
      tell();
    },
  };
}
