// How answers are to be: the system prompt, and the parameters that the chosen models take.
import type { ChangeEvent, ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { SelectField, TextAreaField, TextField } from "../../ui/field.tsx";
import type { LaneState } from "../chat/lane-state.ts";
import { supports } from "../models/model-facts.ts";
import { playground } from "../the-playground.ts";
import type { ReadSettings, SettingTexts } from "./read-settings.ts";
import { EFFORTS, NO_SETTINGS } from "./read-settings.ts";

interface SettingsPanelProps {
  readonly texts: SettingTexts;
  readonly read: ReadSettings;
  readonly lanes: readonly LaneState[];
}

/** The names under which a model may take each setting. */
const NAMES: Readonly<Record<Exclude<keyof SettingTexts, "system">, readonly string[]>> = {
  temperature: ["temperature"],
  topP: ["top_p"],
  maxTokens: ["max_tokens", "max_completion_tokens"],
  seed: ["seed"],
  stop: ["stop"],
  effort: ["reasoning_effort", "reasoning"],
};

const EFFORT_WORDS: Readonly<Record<(typeof EFFORTS)[number], string>> = {
  minimal: "Minimal",
  low: "Low",
  medium: "Medium",
  high: "High",
};

/** What each field is drawn with, and whether it is: whether one of the models takes it. */
function fieldsOf({ texts, read, lanes }: SettingsPanelProps) {
  const takers = (name: keyof typeof NAMES): readonly LaneState[] =>
    lanes.filter(({ facts }) => NAMES[name].some((parameter) => supports(facts, parameter)));
  const leftOut = (name: keyof SettingTexts): string => {
    const left = name === "system" ? [] : lanes.filter((lane) => !takers(name).includes(lane));
    return left.length === 0 ? "" : ` Not sent to ${left.map(({ model }) => model).join(", ")}.`;
  };
  const field = (name: keyof SettingTexts, hint = "") => {
    const words = `${hint}${leftOut(name)}`.trim();
    return {
      ...(words !== "" && { hint: words }),
      fault: read.faults[name],
      value: texts[name],
      onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) =>
        playground.changeSettings({ [name]: event.target.value }),
    };
  };
  return { isTaken: (name: keyof typeof NAMES): boolean => takers(name).length > 0, field };
}

/** Draws the fields of what one of the models takes at least; says for which of two it is left out. */
export function SettingsPanel(props: SettingsPanelProps): ReactNode {
  const { texts } = props;
  const { isTaken, field } = fieldsOf(props);
  const isUntouched = Object.values(texts).every((text) => text === "");
  return (
    <div className="flex flex-col gap-4">
      <TextAreaField
        label="System prompt"
        rows={3}
        {...field("system", "What the model is told before the conversation.")}
      />
      <div className="grid grid-cols-2 gap-x-3 gap-y-4">
        {isTaken("temperature") && (
          <TextField
            label="Temperature"
            inputMode="decimal"
            placeholder="default"
            {...field("temperature", "0 to 2")}
          />
        )}
        {isTaken("topP") && (
          <TextField label="Top P" inputMode="decimal" placeholder="default" {...field("topP", "0 to 1")} />
        )}
        {isTaken("maxTokens") && (
          <TextField
            label="Maximum tokens"
            inputMode="numeric"
            placeholder="default"
            {...field("maxTokens", "of an answer")}
          />
        )}
        {isTaken("seed") && (
          <TextField label="Seed" inputMode="numeric" placeholder="none" {...field("seed", "for repeats")} />
        )}
      </div>
      {isTaken("effort") && (
        <SelectField label="Reasoning effort" {...field("effort")}>
          <option value="">Default</option>
          {EFFORTS.map((effort) => (
            <option key={effort} value={effort}>
              {EFFORT_WORDS[effort]}
            </option>
          ))}
        </SelectField>
      )}
      {isTaken("stop") && (
        <TextAreaField
          label="Stop at"
          rows={2}
          className="font-mono text-[0.8125rem]"
          {...field("stop", String.raw`One sequence a line, four at most; \n stands for a line break.`)}
        />
      )}
      {!isUntouched && (
        <Button size="small" className="self-start" onClick={() => playground.changeSettings(NO_SETTINGS)}>
          Back to defaults
        </Button>
      )}
    </div>
  );
}
