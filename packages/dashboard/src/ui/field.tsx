// Fields of forms: a label, what is typed, a hint, and what is wrong with it.
import type { ComponentProps, ReactNode } from "react";
import { useId } from "react";
import { classes } from "./class-names.ts";

const BOX = classes(
  "w-full rounded-lg border border-line-strong bg-surface px-3 text-ink placeholder:text-muted",
  "aria-[invalid=true]:border-bad disabled:opacity-60",
);

interface FieldTexts {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with what was typed: expected, found, what to do. */
  readonly fault?: string | undefined;
}

interface FieldProps extends FieldTexts {
  /** Draws the control, which gets these attributes. */
  readonly children: (attributes: {
    readonly id: string;
    readonly "aria-describedby": string | undefined;
    readonly "aria-invalid": boolean;
  }) => ReactNode;
}

/** A control with its label, hint and fault, joined for who cannot see them. */
export function Field({ label, hint, fault, children }: FieldProps): ReactNode {
  const id = useId();
  const described = fault !== undefined || hint !== undefined ? `${id}-about` : undefined;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": fault !== undefined })}
      {described !== undefined && (
        <p
          id={described}
          role={fault === undefined ? undefined : "alert"}
          className={classes("text-[0.8125rem]", fault === undefined ? "text-muted" : "text-bad")}
        >
          {fault ?? hint}
        </p>
      )}
    </div>
  );
}

/** A line of text to type. */
export function TextField({ label, hint, fault, className, ...rest }: FieldTexts & ComponentProps<"input">): ReactNode {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(attributes) => (
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...attributes}
          className={classes(BOX, "h-10", className)}
        />
      )}
    </Field>
  );
}

/** A choice of a few; the browser's own, which phones and keyboards know. */
export function SelectField({
  label,
  hint,
  fault,
  className,
  ...rest
}: FieldTexts & ComponentProps<"select">): ReactNode {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(attributes) => <select {...rest} {...attributes} className={classes(BOX, "h-10 pr-8", className)} />}
    </Field>
  );
}

/** Several lines of text to type. */
export function TextAreaField({
  label,
  hint,
  fault,
  className,
  ...rest
}: FieldTexts & ComponentProps<"textarea">): ReactNode {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(attributes) => <textarea {...rest} {...attributes} className={classes(BOX, "py-2", className)} />}
    </Field>
  );
}

/** A yes or no, with its words behind it. */
export function CheckField({ label, hint, ...rest }: Omit<FieldTexts, "fault"> & ComponentProps<"input">): ReactNode {
  const id = useId();
  return (
    <div className="flex gap-2.5">
      <input
        {...rest}
        id={id}
        type="checkbox"
        className="mt-1 size-4 shrink-0 accent-(--accent)"
        aria-describedby={`${id}-about`}
      />
      <div>
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <p id={`${id}-about`} className="text-[0.8125rem] text-muted">
          {hint}
        </p>
      </div>
    </div>
  );
}
