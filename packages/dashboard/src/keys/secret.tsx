// A key that is shown this once: hidden until somebody asks, and ready to copy.
import { Eye, EyeOff } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { exportText, maskedKey } from "./secret-text.ts";

interface LineProps {
  readonly name: string;
  readonly shown: string;
  readonly text: string;
  readonly copyLabel: string;
}

function Line({ name, shown, text, copyLabel }: LineProps): ReactNode {
  return (
    <div className="flex items-start gap-2 border-line px-3 py-2 not-last:border-b">
      <div className="min-w-0 flex-1">
        <p className="text-xs text-muted">{name}</p>
        <p className="font-mono text-[0.8125rem] leading-relaxed break-all">{shown}</p>
      </div>
      <CopyButton text={text} label={copyLabel} />
    </div>
  );
}

interface SecretProps {
  readonly secret: string;
  /** The variable that programs read it from. */
  readonly variable: string;
}

/** The key and the line that puts it into the environment. */
export function Secret({ secret, variable }: SecretProps): ReactNode {
  const [isShown, setIsShown] = useState(false);
  const shown = isShown ? secret : maskedKey(secret);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className="flex flex-col gap-2">
      <div className="rounded-lg border border-line bg-sunken">
        <Line name="Key" shown={shown} text={secret} copyLabel="Copy the key" />
        <Line
          name="For a terminal"
          shown={exportText(variable, shown)}
          text={exportText(variable, secret)}
          copyLabel="Copy the export line"
        />
      </div>
      <Button size="small" variant="ghost" className="self-start" onClick={() => setIsShown(!isShown)}>
        <Icon aria-hidden className="size-4" />
        {isShown ? "Hide the key" : "Show the key"}
      </Button>
    </div>
  );
}
