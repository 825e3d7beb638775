"use client";
import { type ReactNode, useRef } from "react";
import { GraphFrame } from "../../../components/graph/graph-frame";
import { usePanZoom } from "../../../components/graph/use-pan-zoom";

/** A graph without statuses, to look at. */
export function StillGraph({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const panZoom = usePanZoom(frame);
  return (
    <div className="flex h-[22rem] overflow-hidden rounded-xl border border-line">
      <GraphFrame frame={frame} panZoom={panZoom}>
        {children}
      </GraphFrame>
    </div>
  );
}
