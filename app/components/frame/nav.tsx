"use client";
import clsx from "clsx";
import { Boxes, Play, Server } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";

export const PLACES = [
  { href: "/runs", label: "Runs", icon: Play, keys: "g r" },
  { href: "/templates", label: "Templates", icon: Boxes, keys: "g t" },
  { href: "/runners", label: "Runners", icon: Server, keys: "g n" },
] as const;

/** Links of the side bar (`side`), or of the bar at the bottom of a phone (`bottom`). */
export function Nav({ kind }: { kind: "side" | "bottom" }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className={kind === "side" ? "space-y-0.5 px-2" : "grid grid-cols-3"}>
      {PLACES.map(({ href, label, icon: Icon, keys }) => {
        const here = pathname === href || pathname.startsWith(`${href}/`);
        return (
          <Link
            key={href}
            href={href}
            aria-current={here ? "page" : undefined}
            title={kind === "side" ? `${label} (${keys})` : undefined}
            className={clsx(
              "flex items-center font-medium transition-colors",
              kind === "side"
                ? "h-8 gap-2.5 rounded-md px-2.5 text-sm"
                : "h-14 flex-col justify-center gap-0.5 text-xs",
              here ? "text-fg" : "text-muted hover:text-fg",
              kind === "side" && (here ? "bg-selected" : "hover:bg-hover"),
            )}
          >
            <Icon size={kind === "side" ? 16 : 18} className="shrink-0" aria-hidden="true" />
            <span className={kind === "side" ? "collapsed:sr-only" : undefined}>{label}</span>
          </Link>
        );
      })}
    </nav>
  );
}
