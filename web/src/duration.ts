const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const two = (value: number) => String(value).padStart(2, "0");

/** formatDuration writes a span as a countdown, rounded up to seconds: 0:42, 12:05, 3:07:00, 12 d 4 h. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const minutes = Math.floor((seconds % hour) / minute);
  const rest = two(seconds % minute);
  if (seconds < hour) return `${minutes}:${rest}`;
  if (seconds < day) return `${Math.floor(seconds / hour)}:${two(minutes)}:${rest}`;
  return `${Math.floor(seconds / day)} d ${Math.floor((seconds % day) / hour)} h`;
}

/** formatMoment writes a point in time in the reader's own locale and time zone. */
export function formatMoment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}
