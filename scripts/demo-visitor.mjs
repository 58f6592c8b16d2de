import { createCookieJar } from "../worker/practice/cookie-jar.mjs";

/**
 * createVisitor is the browser of a person at the worker's origin: it keeps cookies, and stops at
 * each redirect.
 * @param {string} origin
 */
export function createVisitor(origin) {
  const jar = createCookieJar();

  const send = async (address, init) => {
    const url = new URL(address, origin);
    const headers = { ...init.headers, cookie: jar.header(url.pathname) };
    const reply = await fetch(url, { ...init, headers, redirect: "manual" });
    jar.store(reply);
    return reply;
  };

  return {
    jar,

    /** open follows a link that stands on another site, without its redirect. */
    open(address) {
      return send(address, { headers: { accept: "text/html", "sec-fetch-site": "cross-site" } });
    },

    /** call sends what the dashboard would send and gives { status, data, error }. */
    async call(method, path, body) {
      const headers = { origin, "sec-fetch-site": "same-origin" };
      if (body) headers["content-type"] = "application/json";
      const reply = await send(path, { method, headers, body: body && JSON.stringify(body) });
      const { data, error } = await reply.json();
      return { status: reply.status, data, error };
    },
  };
}
