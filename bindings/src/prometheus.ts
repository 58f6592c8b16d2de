import { hidden } from "./hidden.js";

// The text exposition format of Prometheus, version 0.0.4.

export const contentType = "text/plain; version=0.0.4; charset=utf-8";

export interface MetricAbout {
  name: string;
  help: string;
  labels: readonly string[];
  // seriesMax is how many combinations of label values are kept apart.
  seriesMax: number;
}

const valueMax = 64;

// Series keeps one value for each combination of labels. Those that come when there is no more room
// share one, in which every label is "other": whatever is in the labels, memory is bounded.
class Series<V> {
  readonly #values = new Map<string, V>();

  constructor(
    readonly about: MetricAbout,
    private readonly fresh: () => V,
  ) {}

  of(values: readonly string[]): V {
    const wanted = this.#textOf(values);
    const found = this.#values.get(wanted);
    if (found !== undefined) return found;
    const full = this.#values.size >= this.about.seriesMax;
    const text = full ? this.#textOf(this.about.labels.map(() => "other")) : wanted;
    const value = this.#values.get(text) ?? this.fresh();
    this.#values.set(text, value);
    return value;
  }

  head(type: string): string[] {
    const { name, help } = this.about;
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  }

  entries(): Iterable<[labels: string, value: V]> {
    return this.#values;
  }

  #textOf(values: readonly string[]): string {
    return this.about.labels.map((name, i) => `${name}="${escaped(values[i] ?? "")}"`).join(",");
  }
}

// The format knows escapes for three characters only; the hidden ones become U+FFFD.
function escaped(value: string): string {
  return value
    .slice(0, valueMax)
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replace(hidden, "\ufffd");
}

function sample(name: string, labels: string, value: number): string {
  return labels === "" ? `${name} ${value}` : `${name}{${labels}} ${value}`;
}

export class Counter {
  readonly #series: Series<{ value: number }>;

  constructor(about: MetricAbout) {
    this.#series = new Series(about, () => ({ value: 0 }));
  }

  add(values: readonly string[]): void {
    this.#series.of(values).value++;
  }

  lines(): string[] {
    const { name } = this.#series.about;
    const lines = this.#series.head("counter");
    for (const [labels, { value }] of this.#series.entries()) {
      lines.push(sample(name, labels, value));
    }
    return lines;
  }
}

const membersMax = 10_000;

// Members is a gauge of how many things are in a state, up to 10,000 for each combination of labels.
export class Members {
  readonly #series: Series<Set<string>>;

  constructor(about: MetricAbout) {
    this.#series = new Series(about, () => new Set());
  }

  enter(values: readonly string[], member: string): void {
    const members = this.#series.of(values);
    if (members.size < membersMax) members.add(member);
  }

  leave(values: readonly string[], member: string): void {
    this.#series.of(values).delete(member);
  }

  lines(): string[] {
    const { name } = this.#series.about;
    const lines = this.#series.head("gauge");
    for (const [labels, { size }] of this.#series.entries()) lines.push(sample(name, labels, size));
    return lines;
  }
}

interface Distribution {
  // counts holds what fell into each bucket and above the one before; the last is everything above.
  counts: number[];
  sum: number;
}

// Histogram counts values by the bucket they fall into: at most its bound, above the one before.
export class Histogram {
  readonly #series: Series<Distribution>;

  // bounds ascend.
  constructor(
    about: MetricAbout,
    private readonly bounds: readonly number[],
  ) {
    const counts = (): number[] => Array.from({ length: bounds.length + 1 }, () => 0);
    this.#series = new Series(about, () => ({ counts: counts(), sum: 0 }));
  }

  // observe leaves out what is no number, and takes a negative one, such as a clock that was set back
  // gives, for 0.
  observe(values: readonly string[], value: number | undefined): void {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const seen = Math.max(value, 0);
    const distribution = this.#series.of(values);
    const at = this.bounds.findIndex((bound) => seen <= bound);
    const bucket = at < 0 ? this.bounds.length : at;
    distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1;
    distribution.sum += seen;
  }

  lines(): string[] {
    const { name } = this.#series.about;
    const lines = this.#series.head("histogram");
    for (const [labels, { counts, sum }] of this.#series.entries()) {
      const before = labels === "" ? "" : `${labels},`;
      let total = 0;
      for (const [i, count] of counts.entries()) {
        total += count;
        lines.push(sample(`${name}_bucket`, `${before}le="${this.bounds[i] ?? "+Inf"}"`, total));
      }
      lines.push(sample(`${name}_sum`, labels, sum), sample(`${name}_count`, labels, total));
    }
    return lines;
  }
}
