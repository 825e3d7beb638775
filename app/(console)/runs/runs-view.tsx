"use client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Play, Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import type { RunsListPage } from "@/server/read/runs-list-page";
import { useTeamChanges } from "../../components/frame/live-provider";
import { PageHead } from "../../components/frame/page-head";
import { useListKeys } from "../../components/frame/use-list-keys";
import { useRefusal } from "../../components/frame/viewer";
import { useNewRun } from "../../components/new-run/new-run-provider";
import { errorText } from "../../components/trpc/error-text";
import { useTRPC } from "../../components/trpc/providers";
import { Button } from "../../components/ui/button";
import { EmptyState } from "../../components/ui/empty-state";
import { Kbd } from "../../components/ui/kbd";
import { Notice } from "../../components/ui/notice";
import { RunRow } from "./run-row";

const PAGE = 50;

/** The runs list: rows change in place while runs go on. */
export function RunsView({ first }: { first: RunsListPage }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const newRun = useNewRun();
  const refusal = useRefusal("run.create");
  const options = trpc.screens.runs.infiniteQueryOptions(
    { limit: PAGE },
    {
      getNextPageParam: (page) => page.nextBefore ?? undefined,
      initialData: { pages: [first], pageParams: [null] },
      // The stream says when something changed; this is for a wake that was lost.
      refetchInterval: 20_000,
    },
  );
  const query = useInfiniteQuery(options);
  useTeamChanges(() => void queryClient.invalidateQueries({ queryKey: options.queryKey }));
  const runs = useMemo(() => query.data.pages.flatMap((page) => page.runs), [query.data]);
  const list = useListKeys(runs.length, (index) => {
    const run = runs[index];
    if (run) router.push(`/runs/${run.number}`);
  });

  const newRunButton = (
    <Button kind="primary" reason={refusal} onClick={() => newRun.open()}>
      <Plus size={15} /> New run <Kbd className="max-md:hidden">c</Kbd>
    </Button>
  );
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 md:px-8">
      <PageHead title="Runs">{newRunButton}</PageHead>
      {query.error ? (
        <Notice kind="failed" role="alert" className="mb-4">
          {errorText(query.error)} What you see may be old.
        </Notice>
      ) : null}
      {runs.length === 0 ? (
        <div className="rounded-xl border border-line bg-raised">
          <EmptyState icon={<Play size={20} />} title="No runs yet">
            <p>
              A run executes a template's steps in the order of their dependencies. You watch it here while it goes.
            </p>
            <div className="flex justify-center">{newRunButton}</div>
          </EmptyState>
        </div>
      ) : (
        <ol
          className="overflow-hidden rounded-xl border border-line bg-raised shadow-card"
          aria-label="Runs, newest first"
        >
          {runs.map((run, index) => (
            <RunRow key={run.id} run={run} current={index === list.current} rowRef={list.rowRef(index)} />
          ))}
        </ol>
      )}
      {query.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button onClick={() => void query.fetchNextPage()} busy={query.isFetchingNextPage}>
            {query.isFetchingNextPage ? "Loading…" : "Load older runs"}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
