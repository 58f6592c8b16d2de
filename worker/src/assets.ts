import type { AppContext } from "./context.ts";
import { noRoute } from "./errors.ts";

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  woff2: "font/woff2",
};

// Every segment begins with a letter, digit or underscore: no dot files, no way upwards.
const filePath = /^\/(?:[A-Za-z0-9_][A-Za-z0-9._-]*\/)*[A-Za-z0-9_][A-Za-z0-9._-]*\.([a-z0-9]+)$/;

/** asset serves the dashboard's files. A path without a dot is a place inside the dashboard and
 * gets its page; a file that is not there, or of no known type, is not found. */
export async function asset(context: AppContext): Promise<Response> {
  const { ASSETS } = context.env;
  const { method, url } = context.req.raw;
  if (!ASSETS || (method !== "GET" && method !== "HEAD")) throw noRoute();
  const { pathname } = new URL(url);
  const path = pathname.includes(".") ? pathname : "/index.html";
  const extension = filePath.exec(path)?.[1];
  const type = extension === undefined ? undefined : types[extension];
  if (!type) throw noRoute();
  const file = await ASSETS.fetch(`http://assets${path}`);
  if (file.status !== 200) {
    await file.body?.cancel();
    throw noRoute();
  }
  const hashed = path.startsWith("/assets/");
  return new Response(method === "HEAD" ? null : file.body, {
    headers: {
      "Content-Type": type,
      "Cache-Control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}
