import { useId, useState } from "react";

const shownMax = 2;

interface ScopeListProps {
  scopes: string[];
  narrowed: boolean;
  /** The provider's name, for the button that opens the rest. */
  of: string;
}

/** The granted scopes, folded where there are many. */
export function ScopeList({ scopes, narrowed, of }: ScopeListProps) {
  const [open, setOpen] = useState(false);
  const listId = useId();
  const folded = scopes.length > shownMax + 1;
  const shown = folded && !open ? scopes.slice(0, shownMax) : scopes;
  if (scopes.length === 0) return <span className="cell-note">Not stated</span>;
  return (
    <div className="scopes">
      <ul className="scope-list" id={listId}>
        {shown.map((scope) => (
          <li key={scope} className="scope" title={scope}>
            {open ? scope : shortened(scope)}
          </li>
        ))}
      </ul>
      {folded && (
        <button
          type="button"
          className="text-button"
          aria-expanded={open}
          aria-controls={listId}
          onClick={() => setOpen(!open)}
        >
          {open ? "Show fewer" : `${scopes.length - shownMax} more`}
          <span className="hidden"> scopes of {of}</span>
        </button>
      )}
      {narrowed && <span className="cell-note">Less than was asked for</span>}
    </div>
  );
}

/** Scopes that are addresses say the same with their last part; the whole is in the title. */
function shortened(scope: string): string {
  const isAddress = /^https?:\/\//u.test(scope);
  return isAddress ? (scope.split("/").findLast((part) => part !== "") ?? scope) : scope;
}
