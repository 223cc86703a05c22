/** The platform's mark: a hinge (枢) with what turns on it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeLinecap="round">
        <path d="M16 5v22" strokeWidth="2.6" />
        <circle cx="16" cy="16" r="6.5" strokeWidth="2.2" fill="var(--accent)" />
        <path d="M5.5 16h4M22.5 16h4" strokeWidth="2.2" />
      </g>
      <circle cx="16" cy="16" r="2.6" fill="var(--on-accent)" />
    </svg>
  );
}
