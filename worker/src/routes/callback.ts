import { unwrap } from "../answer.ts";
import { browserSession } from "../auth.ts";
import { decodeText, readBody } from "../body.ts";
import { type AppContext, knownObject, traceOf } from "../context.ts";
import { core } from "../core.ts";
import { failureOf, invalid, invalidState } from "../errors.ts";
import { refusal } from "../refusal.ts";
import { type Outcome, returnAddress } from "../return-address.ts";

/** queryCharsMax is more than any provider sends: each value may have 4 KiB. */
const queryCharsMax = 16 * 1024;

/** callback ends a flow: the provider sends the browser here with a code or an error. The answer
 * is a redirect to a clean address; what cannot be trusted gets a page that says the same about
 * every kind of bad link. */
export async function callback(context: AppContext): Promise<Response> {
  const query = rawQuery(context);
  let flow: string | undefined;
  try {
    const { route, nonce } = await stateOf(query);
    flow = nonce.slice(0, 8);
    return redirect(await complete(context, { query, route, nonce }));
  } catch (thrown) {
    const { failure } = failureOf(thrown);
    context.set("reason", failure.reason ?? failure.code);
    const untrusted = failure.code === "INVALID_STATE" || failure.code === "VALIDATION_ERROR";
    if (untrusted || flow === undefined) return refusal(context, failure);
    const { publicOrigin } = context.get("config");
    return redirect(returnAddress(publicOrigin, failure.returnTo, { failed: failure.code, flow }));
  }
}

/** postedCallback takes the form of a provider that answers with response_mode=form_post. Browsers
 * send no SameSite=Lax cookie with another site's form, so the flow's binding is not seen here: the
 * browser is sent to the same address by GET, and that request has it. */
export async function postedCallback(context: AppContext): Promise<Response> {
  const { raw } = context.req;
  const type = raw.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw invalid("The body must be a form.", undefined, 415);
  }
  const query = new URLSearchParams(decodeText(await readBody(raw))).toString();
  if (query.length > queryCharsMax) throw invalid("The form is too long.");
  return redirect(`${new URL(raw.url).pathname}?${query}`);
}

async function complete(
  context: AppContext,
  { query, route, nonce }: { query: string; route: string; nonce: string },
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
    nonce,
  };
  const object = await knownObject(context, route);
  if (!object) throw invalidState("state_unknown");
  const result = unwrap(await object.finish(call, traceOf(context)));
  const outcome = outcomeOf(result.error, provider, nonce.slice(0, 8));
  return returnAddress(publicOrigin, result.redirectUrl, outcome);
}

function outcomeOf(error: string | undefined, provider: string, flow: string): Outcome {
  if (!error) return { connected: provider, flow };
  return error === "unfinished" ? { unfinished: provider, flow } : { failed: error, flow };
}

function rawQuery(context: AppContext): string {
  const { url } = context.req.raw;
  const start = url.indexOf("?");
  const query = start < 0 ? "" : url.slice(start + 1);
  if (query.length > queryCharsMax) throw invalid("The query is too long.");
  return query;
}

// The state names the shard; only that shard can tell whether the state is genuine.
async function stateOf(query: string): Promise<{ route: string; nonce: string }> {
  const states = new URLSearchParams(query).getAll("state");
  const [state] = states;
  if (states.length !== 1 || !state) throw invalid("The state is missing or repeated.", "state");
  const tenon = await core();
  try {
    const { route, nonce } = tenon.state.inspect(state);
    if (route !== "") return { route, nonce };
  } catch {
    // Whatever is wrong with its shape, it names no shard.
  }
  throw invalidState("state_malformed");
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location } });
}
