import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
}

/** Says what will appear here and how to make it appear. */
export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <div className="grid size-11 place-items-center rounded-xl border border-line bg-panel text-muted">{icon}</div>
      <h2 className="text-base font-semibold">{title}</h2>
      {children ? <div className="max-w-md space-y-4 text-sm text-muted">{children}</div> : null}
    </div>
  );
}
