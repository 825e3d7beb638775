"use client";
import { type RefObject, useCallback, useEffect, useRef } from "react";

interface View {
  x: number;
  y: number;
  /** Pixels per unit. */
  scale: number;
}

const MARGIN = 24;
const MOST = 2;
const LEAST = 0.04;
/** A picture that would be smaller than this is not shown whole but from its beginning. */
const READABLE = 0.5;
const READABLE_GROUPS = 0.8;
/** Below this words cannot be read and are left out. */
const FAR = 0.42;

export interface PanZoom {
  zoom: (factor: number) => void;
  fit: () => void;
  /** Brings a part of the picture into sight without changing the scale. */
  show: (box: { x: number; y: number; width: number; height: number }) => void;
}

/** Moves and scales the graph inside `frame` by its viewBox: wheel, drag, two fingers, buttons. */
export function usePanZoom(frame: RefObject<HTMLDivElement | null>): PanZoom {
  const view = useRef<View>({ x: 0, y: 0, scale: 1 });
  const touched = useRef(false);

  const paint = useCallback(() => {
    const svg = frame.current?.querySelector("svg.graph");
    if (!frame.current || !svg) return;
    const { clientWidth: width, clientHeight: height } = frame.current;
    if (width === 0 || height === 0) return;
    const { x, y, scale } = view.current;
    svg.setAttribute("viewBox", `${x} ${y} ${width / scale} ${height / scale}`);
    svg.classList.toggle("far", scale < FAR);
  }, [frame]);

  const fitView = useCallback(() => {
    const svg = frame.current?.querySelector<SVGSVGElement>("svg.graph");
    if (!frame.current || !svg) return;
    const { clientWidth: width, clientHeight: height } = frame.current;
    const w = Number(svg.dataset.width) + 2 * MARGIN;
    const h = Number(svg.dataset.height) + 2 * MARGIN;
    const whole = Math.min(1.15, width / w, height / h);
    const scale = touched.current
      ? Math.max(LEAST, whole)
      : Math.max(svg.classList.contains("grouped") ? READABLE_GROUPS : READABLE, whole);
    const place = (length: number, room: number) =>
      length * scale > room ? -MARGIN : -MARGIN - (room / scale - length) / 2;
    view.current = { x: place(w, width), y: place(h, height), scale };
    paint();
  }, [frame, paint]);

  const zoomAt = useCallback(
    (factor: number, at: { x: number; y: number }) => {
      const { x, y, scale } = view.current;
      const next = Math.min(MOST, Math.max(LEAST, scale * factor));
      view.current = { x: x + at.x / scale - at.x / next, y: y + at.y / scale - at.y / next, scale: next };
      touched.current = true;
      paint();
    },
    [paint],
  );

  const zoom = useCallback(
    (factor: number) => {
      const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
      zoomAt(factor, { x: clientWidth / 2, y: clientHeight / 2 });
    },
    [frame, zoomAt],
  );

  const show = useCallback(
    (box: { x: number; y: number; width: number; height: number }) => {
      if (!frame.current) return;
      const { scale } = view.current;
      const width = frame.current.clientWidth / scale;
      const height = frame.current.clientHeight / scale;
      view.current = {
        scale,
        x: within(view.current.x, box.x + box.width + MARGIN - width, box.x - MARGIN),
        y: within(view.current.y, box.y + box.height + MARGIN - height, box.y - MARGIN),
      };
      paint();
    },
    [frame, paint],
  );

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => (touched.current ? paint() : fitView()));
    observer.observe(element);
    const stop = listenToGestures(element, {
      zoomAt,
      pan: (dx, dy) => {
        touched.current = true;
        view.current = {
          ...view.current,
          x: view.current.x - dx / view.current.scale,
          y: view.current.y - dy / view.current.scale,
        };
        paint();
      },
    });
    return () => {
      observer.disconnect();
      stop();
    };
  }, [frame, fitView, paint, zoomAt]);

  const fitWhole = useCallback(() => {
    touched.current = true;
    fitView();
  }, [fitView]);
  return { zoom, fit: fitWhole, show };
}

function within(value: number, least: number, most: number): number {
  return least > most ? most : Math.min(most, Math.max(least, value));
}

interface Gestures {
  zoomAt: (factor: number, at: { x: number; y: number }) => void;
  pan: (dx: number, dy: number) => void;
}

function listenToGestures(element: HTMLElement, { zoomAt, pan }: Gestures): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const box = element.getBoundingClientRect();
    if (event.shiftKey) pan(-event.deltaY, 0);
    else
      zoomAt(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), {
        x: event.clientX - box.left,
        y: event.clientY - box.top,
      });
  };
  const onDown = (event: PointerEvent) => {
    if (event.button === 0) fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const onMove = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const box = element.getBoundingClientRect();
      const factor = distance(now, other) / Math.max(1, distance(before, other));
      zoomAt(factor, { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top });
    } else {
      if (distance(before, now) < 3 && !element.hasPointerCapture(event.pointerId)) return;
      // Captured only once it is a drag, so that a click still reaches its node.
      if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
      pan(now.x - before.x, now.y - before.y);
    }
    fingers.set(event.pointerId, now);
  };
  const onUp = (event: PointerEvent) => fingers.delete(event.pointerId);
  element.addEventListener("wheel", onWheel, { passive: false });
  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", onUp);
  element.addEventListener("pointercancel", onUp);
  return () => {
    element.removeEventListener("wheel", onWheel);
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", onUp);
    element.removeEventListener("pointercancel", onUp);
  };
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
