import { unwrap } from "../answer.ts";
import { browserSession } from "../auth.ts";
import { decodeText, readBody } from "../body.ts";
import { type AppContext, knownObject, traceOf } from "../context.ts";
import { type Core, core } from "../core.ts";
import { failureOf, invalid, invalidState } from "../errors.ts";
import { refusal } from "../refusal.ts";
import { returnAddress } from "../return-address.ts";

/** callback ends a flow: the provider sends the browser here with a code or an error. The answer
 * is a redirect to a clean address; what cannot be trusted gets a page that says the same about
 * every kind of bad link. */
export async function callback(context: AppContext): Promise<Response> {
  const query = await rawQuery(context);
  let flow: string | undefined;
  try {
    const { route, nonce } = await stateOf(query);
    flow = nonce.slice(0, 8);
    return redirect(await complete(context, { query, route, flow }));
  } catch (thrown) {
    const { failure } = failureOf(thrown);
    context.set("reason", failure.reason ?? failure.code);
    const untrusted = failure.code === "INVALID_STATE" || failure.code === "VALIDATION_ERROR";
    if (untrusted || flow === undefined) return refusal(context, failure);
    const { publicOrigin } = context.get("config");
    return redirect(returnAddress(publicOrigin, null, { failed: failure.code, flow }));
  }
}

async function complete(
  context: AppContext,
  { query, route, flow }: { query: string; route: string; flow: string },
): Promise<string> {
  const { publicOrigin } = context.get("config");
  const provider = context.req.param("provider") ?? "";
  const session = await browserSession(context);
  const call = {
    provider,
    query,
    cookie: context.req.header("cookie"),
    session: session?.hash,
    userId: session?.userId,
  };
  const object = await knownObject(context, route);
  if (!object) throw invalidState("state_unknown");
  const result = unwrap(await object.finish(call, traceOf(context)));
  const outcome = result.error ? { failed: result.error, flow } : { connected: provider, flow };
  return returnAddress(publicOrigin, result.redirectUrl, outcome);
}

async function rawQuery(context: AppContext): Promise<string> {
  const { raw } = context.req;
  if (raw.method === "POST") {
    const type = raw.headers.get("content-type") ?? "";
    if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
      throw invalid("The body must be a form.", undefined, 415);
    }
    return decodeText(await readBody(raw));
  }
  const start = raw.url.indexOf("?");
  return start < 0 ? "" : raw.url.slice(start + 1);
}

// The state names the shard; only that shard can tell whether the state is genuine.
async function stateOf(query: string): Promise<{ route: string; nonce: string }> {
  const states = new URLSearchParams(query).getAll("state");
  const [state] = states;
  if (states.length !== 1 || !state) throw invalid("The state is missing or repeated.", "state");
  const { route, nonce } = inspect(await core(), state);
  return { route, nonce };
}

function inspect({ tenon }: Core, state: string) {
  const malformed = invalidState("state_malformed");
  let found: { route: string; nonce: string };
  try {
    found = tenon.state.inspect(state);
  } catch {
    throw malformed;
  }
  if (found.route === "") throw malformed;
  return found;
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location } });
}
