// Dialogs: something that wants an answer before anything else goes on.
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useRef, useState } from "react";
import { Button } from "./button.tsx";
import { classes } from "./class-names.ts";

interface DialogProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly isOpen: boolean;
  /** Called when it is closed by the cross, Escape, or a click beside it. */
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons that answer it. */
  readonly actions?: ReactNode;
  /** Whether a click beside it leaves it open: something is on its way that a slip should not end. */
  readonly isSteady?: boolean;
}

const CONTROLS = ["input", "textarea", "select", "button", "a[href]", "summary", "[tabindex]"]
  .map((control) => `${control}:not(:disabled)`)
  .join();

/** Whether something is a toast: clicking it is no click beside the dialog. */
function isToast(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-sonner-toaster]") !== null;
}

/** To the field that a dialog begins with; to the dialog itself where it begins otherwise, and on phones, where a field brings the keyboard up. */
function focusFirst(dialog: HTMLElement): void {
  const first = dialog.querySelector("[data-dialog-body]")?.querySelector(CONTROLS);
  const isTyped = first?.matches("input:not([type=radio], [type=checkbox]), textarea, select") === true;
  const target = isTyped && matchMedia("(pointer: fine)").matches ? first : dialog;
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

/** A dialog in the middle of the page; on a phone it stands at the bottom. */
export function Dialog({ isSteady = false, ...props }: DialogProps): ReactNode {
  const { title, lead, isOpen, onClose, children, actions } = props;
  const opener = useRef<Element>(null);
  const [isScrolled, setIsScrolled] = useState(false);
  /** Back to where it was opened, or to the page where that is gone: nobody at a keyboard begins anew at its head. */
  const giveFocusBack = (event: Event): void => {
    event.preventDefault();
    const target = opener.current?.isConnected === true ? opener.current : document.getElementById("page");
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  };
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/45 backdrop-blur-[1px]" />
        <Radix.Content
          className="fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col rounded-t-2xl border border-line bg-surface shadow-card focus:outline-none sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-[min(34rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl"
          {...(lead === undefined && { "aria-describedby": undefined })}
          onInteractOutside={(event) => {
            if (isSteady || isToast(event.detail.originalEvent.target)) event.preventDefault();
          }}
          onOpenAutoFocus={(event) => {
            opener.current = document.activeElement;
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) focusFirst(event.currentTarget);
          }}
          onCloseAutoFocus={giveFocusBack}
        >
          <header
            className={classes(
              "flex items-start justify-between gap-4 border-b px-5 pt-5 pb-3",
              isScrolled ? "border-line" : "border-transparent",
            )}
          >
            <div>
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {lead !== undefined && (
                <Radix.Description asChild>
                  <div className="mt-1 text-sm text-muted">{lead}</div>
                </Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button variant="ghost" size="icon" aria-label="Close" className="-mt-1 -mr-2">
                <X aria-hidden className="size-4" />
              </Button>
            </Radix.Close>
          </header>
          <div
            data-dialog-body
            className="flex min-h-0 flex-col gap-4 overflow-y-auto px-5 pt-1 pb-4"
            onScroll={({ currentTarget }) => setIsScrolled(currentTarget.scrollTop > 0)}
          >
            {children}
          </div>
          {actions !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-4">{actions}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
