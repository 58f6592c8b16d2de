import { unwrap } from "../answer.ts";
import { type AppContext, traceOf } from "../context.ts";
import { success } from "../envelope.ts";
import { connectionObject, ownerOf, principalOf } from "../owner.ts";

/** handOutToken gives a server a fresh access token. Every hand-out leaves a line in the log. */
export async function handOutToken(context: AppContext): Promise<Response> {
  const { connectionId, object } = await connectionObject(context);
  const principal = principalOf(context);
  const trace = traceOf(context);
  const token = unwrap(await object.token(connectionId, ownerOf(context), trace));
  context.get("log")({
    level: "info",
    event: "token.handed_out",
    connectionId,
    organizationId: principal.organizationId,
    keyId: principal.kind === "key" ? principal.keyId : undefined,
    ...trace,
  });
  return success(token, trace.correlationId);
}
