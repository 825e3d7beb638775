"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTeamChanges } from "../../../../components/frame/live-provider";
import { useTRPC } from "../../../../components/trpc/providers";

/** How many runners are online; `known` until the first answer. */
export function useRunnersOnline(known: number): number {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.screens.runners.queryOptions(undefined, { enabled: known === 0, refetchInterval: 5_000 });
  const { data } = useQuery(options);
  useTeamChanges(() => {
    if (known === 0) void queryClient.invalidateQueries({ queryKey: options.queryKey });
  });
  return data ? data.filter((runner) => runner.online).length : known;
}
