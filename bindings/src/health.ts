import { internal, TenonError } from "./errors.js";
import type { AccountQuestion, Caller, HealthOutcome, HealthReport, Integration } from "./types.js";

const atOnce = 4;

type Check = (question: AccountQuestion) => Promise<unknown>;

// healthOf runs one check and turns its times into Dates.
export async function healthOf(check: Check, question: AccountQuestion): Promise<HealthReport> {
  const report = (await check(question)) as HealthReport;
  const { predictedExpiry, history, lastCheckedAt } = report;
  return {
    ...report,
    lastCheckedAt: dateOf(lastCheckedAt),
    predictedExpiry: {
      accessToken: dateOf(predictedExpiry.accessToken),
      refreshToken: dateOf(predictedExpiry.refreshToken),
    },
    history: history.map((each) => ({ ...each, time: new Date(each.time) })),
  };
}

// healthOfAll checks connections, a few at a time. One that cannot be checked costs the others nothing.
export async function healthOfAll(
  check: Check,
  connections: readonly Integration[],
  caller: Caller,
): Promise<HealthOutcome[]> {
  const outcomes: HealthOutcome[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < connections.length; at = next++) {
      outcomes[at] = await outcomeOf(check, connections[at] as Integration, caller);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return outcomes;
}

async function outcomeOf(
  check: Check,
  { id: connectionId }: Integration,
  caller: Caller,
): Promise<HealthOutcome> {
  try {
    const health = await healthOf(check, { ...caller, connectionId });
    return { connectionId, ok: true, health };
  } catch (cause) {
    const error = cause instanceof TenonError ? cause : internal(cause);
    return { connectionId, ok: false, error };
  }
}

// The core writes times as numbers.
function dateOf(time: unknown): Date | null {
  return typeof time === "number" ? new Date(time) : null;
}
