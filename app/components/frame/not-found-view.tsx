import { SearchX } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "../ui/empty-state";

/** The one text for what is not there and for what belongs to another team. */
export function NotFoundView() {
  return (
    <EmptyState page icon={<SearchX size={20} />} title="There is nothing here">
      <title>Not found · Switchyard</title>
      <p>It does not exist, or it belongs to a team that you are not in.</p>
      <p>
        <Link href="/runs" className="font-medium text-fg underline underline-offset-4">
          Go to runs
        </Link>
      </p>
    </EmptyState>
  );
}
