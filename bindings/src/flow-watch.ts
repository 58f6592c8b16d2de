import type { FlowName } from "./drive.js";
import { TenonError } from "./errors.js";
import { quietly } from "./quietly.js";
import type { FlowReport } from "./types.js";

// FlowWatch tells how each flow ended and how long it took. A flow is over when its caller has the
// outcome: one whose caller left ends with CONFLICT, whatever still goes on.
export class FlowWatch {
  constructor(
    private readonly now: () => number,
    private readonly tell: (report: FlowReport) => unknown,
  ) {}

  // run gives what the flow gives; the report goes out before anybody hears of it.
  run(flow: FlowName, correlationId: string, start: () => Promise<string>): Promise<string> {
    const began = this.now();
    const report = (failure?: unknown): void => {
      const time = this.now();
      const durationMs = Math.max(time - began, 0);
      const about = { flow, time, durationMs, correlationId, ...causeOf(failure) };
      quietly(() => this.tell(about));
    };
    const result = start();
    result.then(() => report(), report);
    return result;
  }
}

function causeOf(failure: unknown): Pick<FlowReport, "code" | "reason"> {
  if (!(failure instanceof TenonError)) return {};
  const { code, reason } = failure;
  return reason === undefined ? { code } : { code, reason };
}
