"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { NewRunProvider, useNewRun } from "../new-run/new-run-provider";
import { Providers } from "../trpc/providers";
import { ConnectionDot } from "./connection-dot";
import { Crumbs } from "./crumbs";
import { HelpDialog } from "./help-dialog";
import { LiveProvider } from "./live-provider";
import { Nav } from "./nav";
import { OfflineBanner } from "./offline-banner";
import { useShortcuts } from "./shortcuts";
import { ThemeToggle } from "./theme-toggle";
import { ToastProvider } from "./toasts";
import { UserMenu } from "./user-menu";
import { type Viewer, ViewerProvider } from "./viewer";

interface FrameShellProps {
  viewer: Viewer;
  sideBar: ReactNode;
  children: ReactNode;
}

/** What every page of the console stands in. */
export function FrameShell({ viewer, sideBar, children }: FrameShellProps) {
  return (
    <Providers>
      <ViewerProvider viewer={viewer}>
        <ToastProvider>
          <LiveProvider>
            <NewRunProvider>
              <a
                href="#content"
                className="sr-only z-[70] rounded-md bg-accent px-3 py-2 text-sm text-accent-fg focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
              >
                Skip to content
              </a>
              <div className="flex min-h-dvh">
                {sideBar}
                <div className="flex min-w-0 flex-1 flex-col">
                  <TopBar />
                  <OfflineBanner />
                  <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col pb-16 outline-none md:pb-0">
                    {children}
                  </main>
                  <div className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-panel md:hidden">
                    <Nav kind="bottom" />
                  </div>
                </div>
              </div>
            </NewRunProvider>
          </LiveProvider>
        </ToastProvider>
      </ViewerProvider>
    </Providers>
  );
}

function TopBar() {
  const [help, setHelp] = useState(false);
  const router = useRouter();
  const newRun = useNewRun();
  useShortcuts({
    "?": () => setHelp(true),
    "g r": () => router.push("/runs"),
    "g t": () => router.push("/templates"),
    "g n": () => router.push("/runners"),
    c: () => newRun.open(),
  });
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-1 border-b border-line bg-bg/90 px-4 backdrop-blur md:px-6">
      <div className="min-w-0 flex-1">
        <Crumbs />
      </div>
      <ConnectionDot />
      <ThemeToggle />
      <UserMenu onHelp={() => setHelp(true)} />
      <HelpDialog open={help} onOpenChange={setHelp} />
    </header>
  );
}
