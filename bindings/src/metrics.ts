import { bounded } from "./check.js";
import type { TenonEvent } from "./host.js";
import { Counter, contentType, Histogram, Members, type MetricAbout } from "./prometheus.js";
import type { FlowReport } from "./types.js";

export type { FlowReport, TenonEvent };

// Metrics counts what the service tells of, for Prometheus. Its functions may be passed on.
export interface Metrics {
  record(event: TenonEvent): void;
  recordFlow(report: FlowReport): void;
  // text gives all metrics in the text exposition format.
  text(): string;
  // contentType is what text is served as.
  contentType: string;
}

export interface MetricsOptions {
  // seriesMax is how many combinations of labels each metric keeps apart, 1,000 by default; further
  // ones are counted together, with every label "other".
  seriesMax?: number;
}

const attemptBounds = [1, 2, 3, 5, 10];
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

// createMetrics makes metrics that begin at 0. Several instances may share them.
export function createMetrics({ seriesMax = 1000 }: MetricsOptions = {}): Metrics {
  const metrics = openMetrics(bounded(seriesMax, "seriesMax", 1, 100_000));
  return {
    record: (event) => recordEvent(metrics, event),
    recordFlow: ({ flow, durationMs, code }) => {
      metrics.flows.add([flow, code ?? "ok"]);
      metrics.flowDuration.observe([flow], durationMs / 1000);
    },
    text: () => {
      const lines = Object.values(metrics).flatMap((metric) => metric.lines());
      return `${lines.join("\n")}\n`;
    },
    contentType,
  };
}

type Open = ReturnType<typeof openMetrics>;

function openMetrics(seriesMax: number) {
  const about = (name: string, labels: readonly string[], help: string): MetricAbout => {
    return { name: `tenon_${name}`, labels, help, seriesMax };
  };
  return {
    refreshes: new Counter(
      about(
        "refresh_total",
        ["provider", "outcome"],
        "Refreshes by outcome: refreshed, failed (tried again later), ended (needs a person).",
      ),
    ),
    attempts: new Histogram(
      about("refresh_attempts", ["provider"], "Requests to the token endpoint a refresh took."),
      attemptBounds,
    ),
    refreshDuration: new Histogram(
      about("refresh_duration_seconds", ["provider"], "Time a refresh took, retries and all."),
      durationBounds,
    ),
    connections: new Counter(
      about("connections_total", ["event"], "What happened to connections, by event."),
    ),
    errors: new Counter(
      about("errors_total", ["code", "reason"], "Events that tell of a failure, by its code."),
    ),
    circuits: new Members(
      about(
        "circuit_state",
        ["provider"],
        "Organizations whose calls to the provider are held back; 0 while none are.",
      ),
    ),
    flows: new Counter(
      about("flow_total", ["flow", "outcome"], "Flows by outcome: ok, or the code of the error."),
    ),
    flowDuration: new Histogram(
      about("flow_duration_seconds", ["flow"], "Time a flow took."),
      durationBounds,
    ),
  };
}

const connectionEvents: ReadonlyMap<string, string> = new Map([
  ["oauth.initiated", "initiated"],
  ["oauth.failed", "failed"],
  ["integration.connected", "connected"],
  ["integration.expired", "expired"],
  ["integration.disconnected", "disconnected"],
]);

const refreshOutcomes: ReadonlyMap<string, string> = new Map([
  ["integration.refreshed", "refreshed"],
  ["integration.error", "failed"],
  ["integration.expired", "ended"],
]);

function recordEvent(metrics: Open, event: TenonEvent): void {
  const { type, code, reason, provider, organizationId } = event;
  const change = connectionEvents.get(type);
  if (change) metrics.connections.add([change]);
  if (code) metrics.errors.add([code, reason ?? ""]);
  if (type === "circuit.opened") metrics.circuits.enter([provider], organizationId);
  if (type === "circuit.closed") metrics.circuits.leave([provider], organizationId);
  recordRefresh(metrics, event);
}

// Of the failures only those of a refresh say how many requests it took. A pair that storage did not
// take is told of again when it is stored: the refresh went well.
function recordRefresh(metrics: Open, event: TenonEvent): void {
  const { type, provider, attempts, durationMs, reason } = event;
  const outcome = refreshOutcomes.get(type);
  const isRefresh = type === "integration.refreshed" || attempts !== undefined;
  if (!outcome || !isRefresh || reason === "pair_held") return;
  metrics.refreshes.add([provider, outcome]);
  metrics.attempts.observe([provider], attempts);
  metrics.refreshDuration.observe([provider], durationMs / 1000);
}
