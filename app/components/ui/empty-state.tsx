import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  /** It is the whole page, so its title is the page's. */
  page?: boolean;
}

/** Says what will appear here and how to make it appear. */
export function EmptyState({ icon, title, children, page = false }: EmptyStateProps) {
  const Heading = page ? "h1" : "h2";
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <div className="grid size-11 place-items-center rounded-xl border border-line bg-panel text-muted">{icon}</div>
      <Heading className="text-base font-semibold">{title}</Heading>
      {children ? <div className="max-w-md space-y-4 text-sm text-muted">{children}</div> : null}
    </div>
  );
}
