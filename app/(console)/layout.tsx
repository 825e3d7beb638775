import type { ReactNode } from "react";
import { FrameShell } from "../components/frame/frame-shell";
import { SideBar } from "../components/frame/side-bar";
import { productVersion } from "../components/frame/version";
import { serverCaller } from "../components/trpc/server-caller";

export const dynamic = "force-dynamic";

/** The frame. Each page checks for itself who asks; without a session it sends them away and no frame is drawn. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const caller = await serverCaller();
  const viewer = await caller.screens.me().catch(() => null);
  if (!viewer) return children;
  return (
    <FrameShell viewer={viewer} sideBar={<SideBar teamName={viewer.teamName} version={productVersion} />}>
      {children}
    </FrameShell>
  );
}
