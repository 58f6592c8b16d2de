// A reader of the text exposition format of Prometheus 0.0.4, written from its description: lines end
// with a line feed; HELP and TYPE come once for a metric and before its samples, which stand together;
// names match a pattern; label values are quoted, with \\, \" and \n for three characters; a histogram
// has cumulative buckets that end with +Inf, a sum and a count. Throws for anything else.

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  type: string;
  help: string;
  samples: Sample[];
}

const nameRule = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelNameRule = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const typeRule = /^(counter|gauge|histogram|summary|untyped)$/;

export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    const [, kind = "", name = "", rest = ""] = comment ?? [];
    if (kind === "HELP") {
      current = name;
      begin(families, name, rest);
    } else if (kind === "TYPE") {
      if (name !== current) throw new Error(`${name} has no HELP`);
      setType(families.get(name) as Family, rest);
    } else if (!line.startsWith("#")) {
      addSample(families, current, readSample(line));
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

function begin(families: Map<string, Family>, name: string, help: string): void {
  if (!nameRule.test(name)) throw new Error(`${name} is no name`);
  if (families.has(name)) throw new Error(`${name} comes twice`);
  families.set(name, { type: "", help, samples: [] });
}

function setType(family: Family, type: string): void {
  if (family.type || family.samples.length > 0 || !typeRule.test(type)) {
    throw new Error(`TYPE ${type} cannot stand here`);
  }
  family.type = type;
}

function addSample(families: Map<string, Family>, current: string, sample: Sample): void {
  const family = families.get(current);
  const suffixes = family?.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
  if (!suffixes.some((suffix) => sample.name === current + suffix)) {
    throw new Error(`${sample.name} stands below ${current}`);
  }
  family?.samples.push(sample);
}

const keyOf = ({ name, labels }: Sample): string =>
  JSON.stringify([name, Object.entries(labels).sort()]);

function readSample(line: string): Sample {
  const head = /^([^\s{]+)(\{)?/.exec(line);
  const [whole = "", name = "", brace] = head ?? [];
  if (!nameRule.test(name)) throw new Error(`no name: ${line}`);
  const { labels, rest } = brace
    ? readLabels(line.slice(whole.length))
    : { labels: {}, rest: line.slice(whole.length) };
  const [, value = ""] = /^ (\S+)$/.exec(rest) ?? [];
  return { name, labels, value: readValue(value) };
}

// A value is what Go's ParseFloat takes; this writer has no need of its rarer forms.
function readValue(text: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw new Error(`no value: ${text}`);
  return Number(text);
}

function readLabels(text: string): { labels: Record<string, string>; rest: string } {
  const labels: Record<string, string> = {};
  let rest = text;
  for (;;) {
    if (rest.startsWith("}")) return { labels, rest: rest.slice(1) };
    const found = /^([^=]+)="((?:[^"\\]|\\[\\"n])*)"(,|(?=\}))/.exec(rest);
    const [whole = "", name = "", value = ""] = found ?? [];
    if (!found || !labelNameRule.test(name) || name in labels) throw new Error(`labels: ${rest}`);
    labels[name] = value.replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : letter));
    rest = rest.slice(whole.length);
  }
}

function checkFamily(name: string, { type, help, samples }: Family): void {
  const keys = new Set(samples.map(keyOf));
  if (keys.size < samples.length) throw new Error(`${name} has a sample twice`);
  if (!type || !help) throw new Error(`${name} lacks TYPE or HELP`);
  if (type === "counter" && samples.some(({ value }) => value < 0)) throw new Error(`${name} < 0`);
  if (type === "histogram") checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: Sample[]): void {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    const group = groups.get(key) ?? [];
    group.push(sample);
    groups.set(key, group);
  }
  for (const [key, group] of groups) {
    const buckets = group.filter((each) => each.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => readValue(labels.le ?? ""));
    const counts = buckets.map(({ value }) => value);
    const rises = (list: number[]) =>
      list.every((each, i) => i === 0 || each >= (list[i - 1] ?? 0));
    const of = (suffix: string) => group.find((each) => each.name === name + suffix)?.value;
    const isWhole = bounds.at(-1) === Infinity && rises(bounds) && rises(counts);
    if (!isWhole || counts.at(-1) !== of("_count") || of("_sum") === undefined) {
      throw new Error(`${name} ${key} is no histogram`);
    }
  }
}
