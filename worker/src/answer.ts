import { isIntegrationError, type TenonError } from "tenon/service";
import { ApiError, type Failure, failureOf } from "./errors.ts";
import { consoleLog, describeDefect } from "./log.ts";

/** Answer crosses the border between worker and object, which keeps values but not error classes. */
export type Answer<T> = { ok: true; value: T } | Failed;

export interface Failed {
  ok: false;
  failure: Failure;
  status?: number;
}

/** answerOf runs a step and gives its value, or its failure as a value; it never throws. */
export async function answerOf<T>(step: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await step() };
  } catch (thrown) {
    if (thrown instanceof ApiError) {
      return { ok: false, failure: thrown.failure, status: thrown.status };
    }
    const coded = isIntegrationError(thrown);
    if (!coded || thrown.code === "INTERNAL_ERROR") {
      consoleLog({ level: "error", event: "defect", ...describeDefect(thrown) });
    }
    if (coded) return failedBy(thrown);
    const { failure, status } = failureOf(thrown);
    return { ok: false, failure, status };
  }
}

/** failedBy gives a failure of the flows as an answer. */
export function failedBy(error: TenonError): Failed {
  const { code, message, retryable, reason, provider, metadata } = error;
  const asked = metadata?.retryAfterMs;
  const retryAfterMs = typeof asked === "number" ? asked : undefined;
  return { ok: false, failure: { code, message, retryable, reason, provider, retryAfterMs } };
}

/** unwrap gives an answer's value, or throws its failure as an ApiError. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new ApiError(answer.failure, answer.status);
}
