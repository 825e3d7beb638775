import { CopyButton } from "./copy-button";

/** Text to copy, in a frame with a button. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <figure className="overflow-hidden rounded-lg border border-line bg-panel">
      <figcaption className="flex items-center justify-between border-b border-line py-1 pr-1 pl-3 text-xs text-muted">
        {label}
        <CopyButton text={text} />
      </figcaption>
      <pre className="overflow-x-auto px-3 py-2.5 font-mono text-xs leading-5 text-fg">{text}</pre>
    </figure>
  );
}
