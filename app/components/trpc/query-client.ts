import { QueryClient } from "@tanstack/react-query";

/** React Query as every page uses it: live pages are told what changed, so nothing is fetched again on a whim. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, refetchOnWindowFocus: true, retry: retryUnlessRefused },
    },
  });
}

/** An answer that says no will say no again; only a server that cannot answer is asked again. */
function retryUnlessRefused(failures: number, error: Error): boolean {
  const status = "data" in error ? (error.data as { httpStatus?: number } | null)?.httpStatus : undefined;
  if (status !== undefined && status < 500) return false;
  return failures < 4;
}
