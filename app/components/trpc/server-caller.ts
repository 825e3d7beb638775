import "server-only";
import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { appRouter } from "@/server/api/trpc/app-router";
import { createContext } from "@/server/api/trpc/context";
import { createCallerFactory } from "@/server/api/trpc/init";

const NOT_THERE = new Set<string>(["NOT_FOUND", "BAD_REQUEST", "UNPROCESSABLE_CONTENT"]);
const createCaller = createCallerFactory(appRouter);

/** The server's procedures for the person who asks for this page; each checks for itself who that is. */
export const serverCaller = cache(async () => {
  const request = new Request("http://page.internal/", { headers: new Headers(await headers()) });
  return createCaller(await createContext(request));
});

/** What a page reads: nobody signed in goes to the sign-in page and comes back, hidden and missing are the same 404. */
export async function readForPage<T>(
  path: string,
  read: (caller: Awaited<ReturnType<typeof serverCaller>>) => Promise<T>,
): Promise<T> {
  try {
    return await read(await serverCaller());
  } catch (error) {
    if (error instanceof TRPCError && error.code === "UNAUTHORIZED")
      redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
    // An address that cannot be one (a word where an id belongs) is as little there as an unknown one.
    if (error instanceof TRPCError && NOT_THERE.has(error.code)) notFound();
    throw error;
  }
}
