import { PageHead } from "../../components/frame/page-head";
import { SkeletonRows } from "../../components/ui/skeleton";

/** The list's geometry while it is read. */
export default function Loading() {
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 md:px-8">
      <PageHead title="Runs" />
      <div className="overflow-hidden rounded-xl border border-line">
        <SkeletonRows rows={8} height="h-[66px]" />
      </div>
    </div>
  );
}
