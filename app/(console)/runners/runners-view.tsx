"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Server } from "lucide-react";
import type { RunnerCard } from "@/server/read/runners-page";
import { useTeamChanges } from "../../components/frame/live-provider";
import { PageHead } from "../../components/frame/page-head";
import { useTRPC } from "../../components/trpc/providers";
import { EmptyState } from "../../components/ui/empty-state";
import { RunnerRow } from "./runner-row";
import { StartRunner } from "./start-runner";

/** The runners, those online first, and how to start another. */
export function RunnersView({ first, url }: { first: RunnerCard[]; url: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.screens.runners.queryOptions(undefined, { initialData: first, refetchInterval: 5_000 });
  const { data: runners } = useQuery(options);
  useTeamChanges(() => void queryClient.invalidateQueries({ queryKey: options.queryKey }));
  const online = runners.filter((runner) => runner.online);
  const slots = online.reduce((sum, runner) => sum + runner.slots, 0);
  const busy = online.reduce((sum, runner) => sum + runner.busy, 0);
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 md:px-8">
      <PageHead
        title="Runners"
        note={`${online.length} of ${runners.length} online · ${busy} of ${slots} slots busy`}
      />
      <div className="overflow-hidden rounded-xl border border-line bg-raised shadow-card">
        {runners.length === 0 ? (
          <EmptyState icon={<Server size={20} />} title="No runners yet">
            <p>A runner is a program on your own machine that executes the tasks. Start one with the command below.</p>
          </EmptyState>
        ) : (
          <ul aria-label="Runners">
            {runners.map((runner) => (
              <RunnerRow key={runner.id} runner={runner} />
            ))}
          </ul>
        )}
      </div>
      <StartRunner url={url} />
    </div>
  );
}
