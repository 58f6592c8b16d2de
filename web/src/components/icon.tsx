const paths = {
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  clock: "M10 5.5V10l3 2 M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z",
  warning: "M10 3l7.5 13.5h-15z M10 8v4 M10 14.2v.3",
  cross: "M5.5 5.5l9 9 M14.5 5.5l-9 9",
  pause: "M7.5 5v10 M12.5 5v10",
  refresh: "M16 10a6 6 0 1 1-1.8-4.3 M16 3v3.5h-3.5",
  link: "M8.5 11.5l3-3 M9.5 6l2-2a3.2 3.2 0 0 1 4.5 4.5l-2 2 M10.5 14l-2 2A3.2 3.2 0 0 1 4 11.5l2-2",
  unlink:
    "M9.5 6l2-2a3.2 3.2 0 0 1 4.5 4.5l-2 2 M10.5 14l-2 2A3.2 3.2 0 0 1 4 11.5l2-2 M4 4l2 2 M14 14l2 2",
  plus: "M10 4.5v11 M4.5 10h11",
  info: "M10 9v5 M10 6.2v.3 M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z",
} as const;

export type IconName = keyof typeof paths;

/** A line drawing beside text; it says nothing of its own to a screen reader. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
