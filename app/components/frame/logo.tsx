/** The product's sign: two tracks and the point where they meet. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M7 10.5h5.2c2.6 0 3.4 1.4 4.4 3.2l1 1.9c1 1.9 1.9 3.4 4.6 3.4M7 21.5h5.2c2.2 0 3.2-1 4-2.3M25 10.5h-2.8c-2 0-3 .9-3.8 2"
        fill="none"
        className="stroke-accent-fg"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="25" cy="19" r="2.6" className="fill-active" />
    </svg>
  );
}
