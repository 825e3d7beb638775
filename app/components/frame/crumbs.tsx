"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { PLACES } from "./nav";

/** Where this page is. */
export function Crumbs() {
  const pathname = usePathname();
  const place = PLACES.find(({ href }) => pathname === href || pathname.startsWith(`${href}/`));
  if (!place) return null;
  const rest = pathname.slice(place.href.length + 1);
  if (!rest) return <span className="text-sm font-medium">{place.label}</span>;
  return (
    <nav aria-label="Breadcrumb" className="flex items-center gap-2 text-sm">
      <Link href={place.href} className="text-muted hover:text-fg">
        {place.label}
      </Link>
      <span className="text-line-strong" aria-hidden="true">
        /
      </span>
      <span className="font-medium tabular-nums" aria-current="page">
        {place.href === "/runs" ? `#${rest}` : "Template"}
      </span>
    </nav>
  );
}
