import { createCookieJar } from "./cookie-jar.mjs";
import { parseForm, unescapeHtml } from "./html-form.mjs";

const stepsMax = 10;
const stepTimeoutMs = 10_000;

/** @typedef {import("./html-form.mjs").Field} Field */

/**
 * @typedef {object} ApproveOptions
 * @property {string} authorizationUrl of a practice provider
 * @property {string} user the name to sign in with
 * @property {string[] | undefined} [denyScopes] the check boxes to untick
 * @property {boolean | undefined} [deny] press Deny on the consent page
 * @property {ReturnType<typeof createCookieJar>} [jar] to go on in the same browser; a new one by
 *   default
 */

/**
 * approve walks the practice provider's pages the way a person without JavaScript would, and
 * returns the callback URL without following it: with `code`, or with `error` when the person or
 * the server said no. Throws an Error when the pages end elsewhere (the message holds the status
 * and the page's error code), when a scope in `denyScopes` has no check box or cannot be unticked,
 * and after 10 steps or 10 s without an answer.
 * @param {ApproveOptions} options
 * @returns {Promise<string>}
 */
export async function approve(options) {
  const { origin } = new URL(options.authorizationUrl);
  const { jar = createCookieJar() } = options;
  /** @type {{ url: URL, form?: URLSearchParams }} */
  let next = { url: new URL(options.authorizationUrl) };

  for (let step = 0; step < stepsMax; step += 1) {
    const response = await send(next, jar);
    jar.store(response);
    const location = response.headers.get("location");
    if (location !== null) {
      const url = new URL(location, next.url);
      await response.body?.cancel();
      if (url.origin !== origin) return url.href;
      next = { url };
    } else {
      next = { url: next.url, form: fillIn(await response.text(), response.status, options) };
    }
  }
  throw new Error(`approve: no callback after ${stepsMax} steps`);
}

/**
 * @param {{ url: URL, form?: URLSearchParams }} request
 * @param {ReturnType<typeof createCookieJar>} jar
 */
function send({ url, form }, jar) {
  return fetch(url, {
    method: form ? "POST" : "GET",
    body: form ?? null,
    headers: { accept: "text/html", cookie: jar.header(url.pathname) },
    redirect: "manual",
    signal: AbortSignal.timeout(stepTimeoutMs),
  });
}

/**
 * @param {string} html
 * @param {number} status
 * @param {ApproveOptions} options
 */
function fillIn(html, status, options) {
  const fields = status === 200 ? parseForm(html) : undefined;
  if (fields === undefined) {
    const code = /<code>([^<]*)<\/code>/.exec(html)?.[1] ?? "no error code";
    throw new Error(`approve: the page answered ${status}, ${unescapeHtml(code)}`);
  }
  const boxes = fields.filter((field) => field.type === "checkbox");
  const isConsent = fields.some((field) => field.name === "action" && field.value === "allow");
  return isConsent ? consentForm(fields, boxes, options) : loginForm(options);
}

/** @param {ApproveOptions} options */
function loginForm({ user }) {
  return new URLSearchParams({ username: user, action: "login" });
}

/**
 * @param {Field[]} fields
 * @param {Field[]} boxes
 * @param {ApproveOptions} options
 */
function consentForm(fields, boxes, { deny = false, denyScopes = [] }) {
  for (const scope of denyScopes) {
    const box = boxes.find((field) => field.value === scope);
    if (box === undefined || box.disabled) throw new Error(`approve: cannot untick "${scope}"`);
  }
  const form = new URLSearchParams();
  for (const field of fields) {
    if (field.type === "hidden") form.append(field.name, field.value);
  }
  for (const box of boxes) {
    if (box.checked && !box.disabled && !denyScopes.includes(box.value)) {
      form.append(box.name, box.value);
    }
  }
  form.append("action", deny ? "deny" : "allow");
  return form;
}
