const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const two = (value: number) => String(value).padStart(2, "0");

/** formatDuration writes a span the way a person reads a countdown: 0:42, 12:05, 3 h 07 min, 12 d 4 h. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < hour) return `${Math.floor(seconds / minute)}:${two(seconds % minute)}`;
  if (seconds < day) {
    return `${Math.floor(seconds / hour)} h ${two(Math.floor((seconds % hour) / minute))} min`;
  }
  return `${Math.floor(seconds / day)} d ${Math.floor((seconds % day) / hour)} h`;
}

/** formatMoment writes a point in time in the reader's own locale and time zone. */
export function formatMoment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}
