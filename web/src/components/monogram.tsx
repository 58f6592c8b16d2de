const hues = 6;

/** A provider's mark: its initials on one of six quiet colours, always the same for one id. */
export function Monogram({ id, name }: { id: string; name: string }) {
  return (
    <span className={`monogram monogram-${hueOf(id)}`} aria-hidden="true">
      {initials(name || id)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? words.slice(0, 2).map(first).join("") : first(words[0] ?? "");
  return letters.toLocaleUpperCase();
}

function first(word: string): string {
  return [...word][0] ?? "?";
}

function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % hues;
}
