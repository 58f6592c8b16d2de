const hues = 6;

/** A provider's mark: two letters on one of six quiet colours, always the same for one id. */
export function Monogram({ id, name }: { id: string; name: string }) {
  return (
    <span className={`monogram monogram-${hueOf(id)}`} aria-hidden="true">
      {initials(name || id)}
    </span>
  );
}

/** Big Apple gives BA, GitHub GH, Google Go. */
function initials(name: string): string {
  const words = name.trim().split(/\s+|(?<=\p{Ll})(?=\p{Lu})/u);
  const [first = "?", second] = words.map((word) => [...word]);
  return second ? `${first[0]}${second[0]}` : `${first[0] ?? "?"}${first[1] ?? ""}`;
}

function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % hues;
}
