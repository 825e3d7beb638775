import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Logo } from "../components/frame/logo";
import { serverCaller } from "../components/trpc/server-caller";
import { safePath } from "./safe-path";
import { SignInForm } from "./sign-in-form";

export const metadata: Metadata = { title: "Sign in" };
export const dynamic = "force-dynamic";

/** Where somebody says who they are; somebody who already has goes on. */
export default async function SignInPage(props: { searchParams: Promise<{ callbackUrl?: string | string[] }> }) {
  const path = safePath((await props.searchParams).callbackUrl);
  if (await isSignedIn()) redirect(path);
  return (
    <main className="grid min-h-dvh place-items-center bg-panel px-4 py-10">
      <div className="w-full max-w-[22rem]">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={40} />
          <div>
            <h1 className="text-lg font-semibold tracking-tight">Sign in to Switchyard</h1>
            <p className="mt-0.5 text-sm text-muted">Workflows on your own machines</p>
          </div>
        </div>
        <div className="rounded-xl border border-line bg-raised p-6 shadow-card">
          <SignInForm path={path} />
        </div>
        <p className="mt-5 text-center text-xs leading-5 text-muted">
          No account yet? The one who started this server was shown an e-mail address and a password in the terminal.
        </p>
      </div>
    </main>
  );
}

async function isSignedIn(): Promise<boolean> {
  const caller = await serverCaller();
  return caller.screens.me().then(
    () => true,
    () => false,
  );
}
