import { CopyButton } from "../../../components/ui/copy-button";

/** The source as it was saved, with line numbers. */
export function TemplateSource({ source, format }: { source: string; format: string }) {
  const lines = source.replace(/\n$/, "").split("\n");
  return (
    <figure className="mt-6 overflow-hidden rounded-xl border border-line">
      <figcaption className="flex items-center justify-between border-b border-line bg-panel py-1 pr-1.5 pl-4 text-xs text-muted">
        <span>
          Source, {format === "yaml" ? "YAML" : "JSON"}, {lines.length.toLocaleString("en")}{" "}
          {lines.length === 1 ? "line" : "lines"}
        </span>
        <CopyButton text={source} />
      </figcaption>
      <section
        aria-label="Source"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="flex max-h-[40rem] overflow-auto py-3 font-mono text-xs leading-5"
      >
        <pre aria-hidden="true" className="sticky left-0 bg-bg pr-4 pl-4 text-right text-muted select-none">
          {lines.map((_, index) => index + 1).join("\n")}
        </pre>
        <pre className="pr-4">{source}</pre>
      </section>
    </figure>
  );
}
