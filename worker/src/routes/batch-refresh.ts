import type { Integration } from "tenon/service";
import { type Answer, answerOf } from "../answer.ts";
import { readJsonObject } from "../body.ts";
import { type AppContext, knownObject, traceOf } from "../context.ts";
import { shownFailure, success } from "../envelope.ts";
import { noConnection } from "../errors.ts";
import { flag, listOf, optional, readFields, shaped, text } from "../fields.ts";
import { connectionRoute, ownerOf } from "../owner.ts";

const itemsMax = 500;
/** Users whose connections are refreshed at the same time; each object bounds its own. */
const usersAtOnce = 4;

const connection = shaped({ connectionId: text(128) });
const batchShape = { connections: listOf(connection, itemsMax), force: optional(flag) };

type Outcome = Answer<Integration>;

/** refreshConnections refreshes many connections, a few users at a time, and gives one outcome for
 * each, in the order asked for. Which of them the caller may touch, each user's object decides. */
export async function refreshConnections(context: AppContext): Promise<Response> {
  const { connections, force } = readFields(await readJsonObject(context.req.raw), batchShape);
  const ids = connections.map(({ connectionId }) => connectionId);
  const outcomes = new Map<string, Outcome>();
  const groups = [...Map.groupBy(new Set(ids), connectionRoute)];
  const work = groups.values();
  const refreshNext = async () => {
    for (const [route, group] of work) {
      const answers = await refreshOf(context, { route, ids: group, force });
      for (const [index, id] of group.entries()) outcomes.set(id, answers[index] ?? missing());
    }
  };
  await Promise.all(Array.from({ length: usersAtOnce }, refreshNext));
  const shown = ids.map((id) => shownOutcome(id, outcomes.get(id) ?? missing()));
  return success({ outcomes: shown }, context.get("correlationId"));
}

interface Group {
  /** undefined for what is no connection id. */
  route: string | undefined;
  ids: string[];
  force: boolean | undefined;
}

// An object that fails as a whole is an outcome for each of its connections, and for no other.
async function refreshOf(context: AppContext, { route, ids, force }: Group): Promise<Outcome[]> {
  const answered = await answerOf(async () => {
    const object = route === undefined ? undefined : await knownObject(context, route);
    if (!object) return undefined;
    return object.refreshMany(ids, ownerOf(context), { force, ...traceOf(context) });
  });
  const answer = answered.ok ? answered.value : answered;
  if (answer === undefined) return ids.map(missing);
  return answer.ok ? answer.value : ids.map(() => answer);
}

function missing(): Outcome {
  return { ok: false, failure: noConnection().failure };
}

function shownOutcome(connectionId: string, outcome: Outcome): object {
  return outcome.ok
    ? { connectionId, ok: true, connection: outcome.value }
    : { connectionId, ok: false, error: shownFailure(outcome.failure) };
}
