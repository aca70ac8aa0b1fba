// Dialogs: something that wants an answer before anything else goes on.
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useRef } from "react";
import { Button } from "./button.tsx";

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

/** Whether something is a toast: clicking it is no click beside the dialog. */
function isToast(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-sonner-toaster]") !== null;
}

/** A dialog in the middle of the page; on a phone it stands at the bottom. */
export function Dialog({ isSteady = false, ...props }: DialogProps): ReactNode {
  const { title, lead, isOpen, onClose, children, actions } = props;
  const opener = useRef<Element>(null);
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
          onOpenAutoFocus={() => (opener.current = document.activeElement)}
          onCloseAutoFocus={giveFocusBack}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-5">
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
          <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-5 py-4">{children}</div>
          {actions !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-4">{actions}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
