// From figures to the lines of the table.
import { median } from "./rounds.mjs";

/**
 * lineOf compares one row of the plan with the figures of its job. It gives
 * { row, title, engine, unit, figure, best, limit?, verdict, peers: [{ name, figure, ratio, goal?, verdict }] };
 * figures are us, ratio is the peer's time over tenon's, formed inside each round.
 */
export function lineOf(plan, figures) {
  const { row, title, engine, subject = "tenon", goals = {}, also = [], lessBy, limitUs } = plan;
  const less = lessBy ? figures[lessBy] : [];
  const own = figures[subject].map((us, round) => us - (less[round] ?? 0));
  const peers = [...Object.keys(goals), ...also].map((name) => {
    const theirs = figures[name].map((us, round) => us - (less[round] ?? 0));
    const ratio = median(theirs.map((us, round) => us / own[round]));
    const goal = goals[name];
    return { name, figure: median(theirs), ratio, goal, verdict: verdictOf(ratio >= goal, goal) };
  });
  const figure = median(own);
  const verdict = verdictOf(figure <= limitUs, limitUs);
  const best = Math.min(...own);
  return { row, title, engine, unit: "us", figure, best, limit: limitUs, verdict, peers };
}

/** sizeLine compares a size in bytes with its limit. */
export function sizeLine({ title, bytes, limit }) {
  const verdict = verdictOf(bytes <= limit, limit);
  return { row: "P15", title, engine: "", unit: "B", figure: bytes, limit, verdict, peers: [] };
}

function verdictOf(isMet, goal) {
  if (goal === undefined) return "";
  return isMet ? "holds" : "misses";
}

/** missed lists what misses its goal, as short texts. */
export function missed(lines) {
  return lines.flatMap(({ row, title, engine, verdict, peers }) => {
    const place = [row, title, engine && `in ${engine}`].filter(Boolean).join(" ");
    const bad = peers.filter((peer) => peer.verdict === "misses");
    return [
      ...(verdict === "misses" ? [place] : []),
      ...bad.map(({ name }) => `${place}, beside ${name}`),
    ];
  });
}

const columns = ["row", "job", "engine", "tenon", "peer", "peer's", "ratio", "goal", ""];

/** tableOf writes the lines as a Markdown table. */
export function tableOf(lines) {
  const cells = lines.flatMap(cellsOf);
  const widths = columns.map((name, i) =>
    Math.max(name.length, 2, ...cells.map((row) => row[i].length)),
  );
  const write = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [write(columns), write(rule), ...cells.map(write)].join("\n");
}

function cellsOf({ row, title, engine, unit, figure, limit, verdict, peers }) {
  const head = [row, title, engine, amount(figure, unit)];
  const bound = limit === undefined ? "" : `<= ${amount(limit, unit)}`;
  const own = limit === undefined && peers.length > 0 ? [] : [["", "", "", bound, verdict]];
  const beside = peers.map((peer) => [
    peer.name,
    amount(peer.figure, unit),
    `${peer.ratio.toFixed(peer.ratio < 10 ? 2 : 0)}x`,
    peer.goal === undefined ? "" : `>= ${peer.goal}x`,
    peer.verdict,
  ]);
  return [...own, ...beside].map((rest, i) => [...(i === 0 ? head : ["", "", "", ""]), ...rest]);
}

function amount(value, unit) {
  if (unit === "B") return `${value} B`;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} ms`;
  if (value < 0.1) return `${value.toFixed(3)} us`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} us`;
}
