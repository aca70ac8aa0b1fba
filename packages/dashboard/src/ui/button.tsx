// Buttons: one look for each weight an act can have.
import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./class-names.ts";

const VARIANTS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong border-transparent",
  secondary: "bg-surface text-ink border-line-strong hover:bg-sunken",
  ghost: "bg-transparent text-muted border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-bad text-on-bad hover:bg-bad-strong border-transparent",
} as const;

const SIZES = {
  small: "h-8 px-3 text-[0.8125rem] gap-1.5 pointer-coarse:h-9", // fingers need more than a mouse
  medium: "h-10 px-4 text-sm gap-2",
  large: "h-12 px-6 text-base gap-2",
  icon: "size-9 justify-center",
} as const;

/** How a button looks. */
export interface ButtonLook {
  readonly variant?: keyof typeof VARIANTS;
  readonly size?: keyof typeof SIZES;
}

/** The classes of a button, for links that look like one. */
export function buttonClasses({ variant = "secondary", size = "medium" }: ButtonLook = {}): string {
  return classes(
    "inline-flex shrink-0 items-center justify-center rounded-lg border font-medium whitespace-nowrap transition-colors",
    "disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:opacity-55",
    VARIANTS[variant],
    SIZES[size],
  );
}

interface ButtonProps extends ComponentProps<"button">, ButtonLook {
  /** Whether what it started still goes on: it cannot be pressed again meanwhile. */
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

/** A button; `isBusy` shows that it works and keeps it from being pressed twice. */
export function Button({ variant, size, isBusy = false, children, className, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || isBusy}
      aria-busy={isBusy}
      className={classes(buttonClasses({ ...(variant && { variant }), ...(size && { size }) }), className)}
    >
      {isBusy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  );
}
