import { unwrap } from "../answer.ts";
import { readJsonObject } from "../body.ts";
import { type AppContext, traceOf, userObject } from "../context.ts";
import { success } from "../envelope.ts";
import {
  count,
  flag,
  oneOf,
  optional,
  readFields,
  readQuery,
  text,
  userId,
  whole,
} from "../fields.ts";
import { connectionObject, ownerOf, routeOf, userOf } from "../owner.ts";

const statuses = oneOf("connected", "expired", "error", "inactive", "disconnected");
const listShape = {
  userId: optional(userId),
  provider: optional(text(64)),
  status: optional(statuses),
  limit: optional(count(100)),
  cursor: optional(text(512)),
};
const delayMs = whole(0, 60_000);
const refreshShape = {
  force: optional(flag),
  maxRetries: optional(whole(1, 10)),
  initialDelay: optional(delayMs),
  maxDelay: optional(delayMs),
};

/** listConnections answers with a page of a user's connections and a summary of all of them. */
export async function listConnections(context: AppContext): Promise<Response> {
  const { userId: named, ...filter } = readQuery(context.req.url, listShape);
  const user = userOf(context, named);
  const object = userObject(context, await routeOf(context, user));
  const page = unwrap(await object.list({ ...user, ...filter }));
  return success(page, context.get("correlationId"));
}

export async function readConnection(context: AppContext): Promise<Response> {
  const { connectionId, object } = await connectionObject(context);
  const connection = unwrap(await object.read(connectionId, ownerOf(context)));
  return success({ connection }, context.get("correlationId"));
}

export async function refreshConnection(context: AppContext): Promise<Response> {
  const { connectionId, object } = await connectionObject(context);
  const asked = readFields(await readJsonObject(context.req.raw), refreshShape);
  const options = { ...asked, ...traceOf(context) };
  const connection = unwrap(await object.refresh(connectionId, ownerOf(context), options));
  return success({ connection }, context.get("correlationId"));
}

/** disconnectConnection makes the tokens unusable at once; revocation at the provider follows. */
export async function disconnectConnection(context: AppContext): Promise<Response> {
  const { connectionId, object } = await connectionObject(context);
  const owner = ownerOf(context);
  const result = unwrap(await object.disconnect(connectionId, owner, traceOf(context)));
  return success(result, context.get("correlationId"));
}
