"use client";
import { Maximize, Minus, Plus } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import type { PanZoom } from "./use-pan-zoom";

interface GraphFrameProps {
  frame: RefObject<HTMLDivElement | null>;
  panZoom: PanZoom;
  children: ReactNode;
  note?: ReactNode;
}

/** The place of a graph, with buttons for what wheel and drag do. */
export function GraphFrame({ frame, panZoom, children, note }: GraphFrameProps) {
  return (
    <div className="relative min-h-0 flex-1 overflow-hidden bg-panel">
      <div ref={frame} className="absolute inset-0">
        {children}
      </div>
      {note ? (
        <p className="pointer-events-none absolute top-3 left-4 rounded-md border border-line bg-raised px-2 py-1 text-xs text-muted">
          {note}
        </p>
      ) : null}
      <fieldset className="absolute right-3 bottom-3 flex overflow-hidden rounded-lg border border-line bg-raised shadow-card">
        <legend className="sr-only">Zoom</legend>
        <ZoomButton label="Zoom out" onClick={() => panZoom.zoom(1 / 1.3)}>
          <Minus size={15} />
        </ZoomButton>
        <ZoomButton label="Show everything" onClick={panZoom.fit}>
          <Maximize size={14} />
        </ZoomButton>
        <ZoomButton label="Zoom in" onClick={() => panZoom.zoom(1.3)}>
          <Plus size={15} />
        </ZoomButton>
      </fieldset>
    </div>
  );
}

function ZoomButton(props: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
      className="grid size-8 place-items-center text-muted hover:bg-hover hover:text-fg"
    >
      {props.children}
    </button>
  );
}
