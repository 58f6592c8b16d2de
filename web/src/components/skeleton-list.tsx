const rows = ["first", "second", "third"];

/** Grey bars in the shape of the list, while it is being read. */
export function SkeletonList({ label }: { label: string }) {
  return (
    <div className="panel skeleton" role="status" aria-busy="true">
      <span className="hidden">{label}…</span>
      {rows.map((row) => (
        <div className="skeleton-row" key={row} aria-hidden="true">
          <span className="bone bone-mark" />
          <span className="bone bone-wide" />
          <span className="bone bone-badge" />
          <span className="bone bone-text" />
        </div>
      ))}
    </div>
  );
}
