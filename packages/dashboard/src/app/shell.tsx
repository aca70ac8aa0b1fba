// What stands around every page.
import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSignedInWallet } from "../session/use-session.ts";
import { SigningDialog } from "../signing/signing-dialog.tsx";
import { WalletButton } from "../wallets/wallet-button.tsx";
import { Toasts } from "../ui/toasts.tsx";
import { BalanceLink } from "./balance-link.tsx";
import { Drawer } from "./drawer.tsx";
import { Mark } from "./mark.tsx";
import { Navigation } from "./navigation.tsx";
import { ThemeButton } from "./theme-button.tsx";

/** The head, the navigation and the page. */
export function Shell(): ReactNode {
  const isSignedIn = useSignedInWallet() !== undefined;
  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-surface focus:px-4 focus:py-2"
      >
        To the page
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col gap-6 border-r border-line bg-surface p-4 lg:flex">
        <div className="px-3 pt-1">
          <Mark />
        </div>
        <Navigation />
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-14 items-center gap-1 border-b border-line bg-canvas/90 px-3 backdrop-blur sm:px-5">
          <Drawer />
          <div className="lg:hidden">
            <Mark isShort={isSignedIn} />
          </div>
          <div className="ml-auto flex items-center gap-1 sm:gap-1.5">
            <BalanceLink />
            <ThemeButton />
            <WalletButton />
          </div>
        </header>
        <main id="page" tabIndex={-1} className="min-w-0 flex-1 focus:outline-none">
          <Outlet />
        </main>
      </div>
      <SigningDialog />
      <Toasts />
    </div>
  );
}
