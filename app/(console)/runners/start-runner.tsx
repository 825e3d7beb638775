import { CodeBlock } from "../../components/ui/code-block";

/** How to start another runner, in commands that can be copied. */
export function StartRunner({ url }: { url: string }) {
  const create = [
    `curl -fsS -X POST ${url}/api/v1/runners \\`,
    '  -H "Authorization: Bearer $SWITCHYARD_API_TOKEN" \\',
    "  -H 'Content-Type: application/json' \\",
    '  -d \'{"name": "build-1"}\'',
  ].join("\n");
  const start = `npm run runner -- --url ${url} --token-file runner.token --labels linux --slots 4`;
  return (
    <section className="mt-8 max-w-3xl" aria-labelledby="start-runner">
      <h2 id="start-runner" className="text-sm font-semibold">
        Start another runner
      </h2>
      <ol className="mt-3 space-y-4 text-sm text-muted">
        <li className="space-y-2">
          <p>1. Make a token for it. The answer shows the token once; put it into a file that only you can read.</p>
          <CodeBlock label="Needs an API token with the scope admin" text={create} />
        </li>
        <li className="space-y-2">
          <p>2. On the machine that shall do the work, in a checkout of Switchyard:</p>
          <CodeBlock label="Starts the runner" text={start} />
        </li>
      </ol>
    </section>
  );
}
