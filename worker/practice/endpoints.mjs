/**
 * @typedef {"authorization" | "token" | "revocation" | "introspection" | "userinfo" | "jwks" |
 *           "discovery" | "interaction" | "calendar" | "other"} Endpoint
 */

export const calendarPath = "/api/calendar";
export const stylesheetPath = "/practice.css";
export const interactionPathPrefix = "/interaction/";

/** @type {readonly { endpoint: Endpoint, pattern: RegExp, path: string }[]} */
const routes = [
  { endpoint: "authorization", pattern: /^\/auth$/, path: "/auth" },
  { endpoint: "authorization", pattern: /^\/auth\/[^/]+$/, path: "/auth/:uid" },
  { endpoint: "token", pattern: /^\/token$/, path: "/token" },
  { endpoint: "revocation", pattern: /^\/token\/revocation$/, path: "/token/revocation" },
  { endpoint: "introspection", pattern: /^\/token\/introspection$/, path: "/token/introspection" },
  { endpoint: "userinfo", pattern: /^\/me$/, path: "/me" },
  { endpoint: "jwks", pattern: /^\/jwks$/, path: "/jwks" },
  { endpoint: "discovery", pattern: /^\/\.well-known\/[a-z-]+$/, path: "/.well-known/:name" },
  { endpoint: "interaction", pattern: /^\/interaction\/[^/]+$/, path: "/interaction/:uid" },
  { endpoint: "calendar", pattern: /^\/api\/calendar$/, path: calendarPath },
];

/** @type {ReadonlySet<string>} */
const endpointNames = new Set([...routes.map((route) => route.endpoint), "other"]);

/**
 * classifyPath names the endpoint of a request path and the path to log: ids become `:uid`, and
 * every path that is no endpoint becomes `(other)`, so that a log holds nothing a caller chose.
 * @param {string} path without the query
 * @returns {{ endpoint: Endpoint, path: string }}
 */
export function classifyPath(path) {
  const route = routes.find(({ pattern }) => pattern.test(path));
  return route
    ? { endpoint: route.endpoint, path: route.path }
    : { endpoint: "other", path: "(other)" };
}

/**
 * parseEndpoint checks a name that a test wrote; throws a TypeError that lists the known ones.
 * @param {string} name
 * @returns {Endpoint}
 */
export function parseEndpoint(name) {
  if (endpointNames.has(name)) return /** @type {Endpoint} */ (name);
  throw new TypeError(`unknown endpoint "${name}"; known: ${[...endpointNames].join(", ")}`);
}
