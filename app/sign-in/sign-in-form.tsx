"use client";
import { Eye, EyeOff } from "lucide-react";
import { signIn } from "next-auth/react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "../components/ui/button";
import { Field, INPUT_CLASS } from "../components/ui/field";
import { Notice } from "../components/ui/notice";

const PROBLEMS: Record<string, string> = {
  CredentialsSignin: "This e-mail address and password do not belong together.",
  rate_limited: "Too many tries. Wait 15 minutes, then try again.",
};

/** E-mail and password; what is wrong is said above the button, nothing typed is lost. */
export function SignInForm({ path }: { path: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const answer = await signIn("credentials", {
        redirect: false,
        email: String(fields.get("email") ?? ""),
        password: String(fields.get("password") ?? ""),
      });
      if (answer?.ok && !answer.error) {
        // A whole new page: nothing that was rendered for nobody may be shown to somebody.
        window.location.assign(path);
        return;
      }
      setProblem(PROBLEMS[answer?.error ?? ""] ?? "Signing in does not work just now. Try again in a moment.");
      password.current?.select();
    } catch {
      setProblem("The server did not answer. Check your connection and try again.");
    }
    setBusy(false);
  }

  return (
    <form onSubmit={submit} className="space-y-4" method="post">
      <Field label="E-mail" htmlFor="email">
        <input
          id="email"
          name="email"
          type="email"
          autoComplete="username"
          required
          // biome-ignore lint/a11y/noAutofocus: the page has nothing else to do than this form
          autoFocus
          className={INPUT_CLASS}
        />
      </Field>
      <Field label="Password" htmlFor="password">
        <div className="relative">
          <input
            ref={password}
            id="password"
            name="password"
            type={shown ? "text" : "password"}
            autoComplete="current-password"
            required
            className={`${INPUT_CLASS} pr-10`}
          />
          <button
            type="button"
            aria-label={shown ? "Hide password" : "Show password"}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            className="absolute top-1 right-1 grid size-7 place-items-center rounded text-muted hover:bg-hover hover:text-fg"
          >
            {shown ? <EyeOff size={16} /> : <Eye size={16} />}
          </button>
        </div>
      </Field>
      {problem ? (
        <Notice kind="failed" role="alert">
          {problem}
        </Notice>
      ) : null}
      <Button type="submit" kind="primary" busy={busy} className="h-9 w-full justify-center">
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
