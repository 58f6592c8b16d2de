import { stylesheetPath } from "./endpoints.mjs";

/** @typedef {import("./scopes.mjs").Scope} Scope */

/** The headers of every page: nothing is cached, framed, scripted or loaded from elsewhere. */
export const pageHeaders = Object.freeze({
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  // No form-action: Chromium applies it to the redirects after a form too, and the last of those
  // goes to the application that asked.
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

/**
 * loginPage asks for a user name; with `problem` it says why the last one was not taken.
 * @param {{ clientName: string, username?: string | undefined, problem?: string }} page
 */
export function loginPage({ clientName, username = "", problem }) {
  const note = problem ? `<p class="problem" id="problem">${escapeHtml(problem)}</p>` : "";
  const described = problem
    ? 'aria-invalid="true" aria-describedby="problem hint"'
    : 'aria-describedby="hint"';
  return layout(
    "Sign in",
    `<p>to go on to <strong>${escapeHtml(clientName)}</strong></p>
    <form method="post">
      ${note}
      <label for="username">User name</label>
      <input id="username" name="username" value="${escapeHtml(username)}" maxlength="64"
        autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus
        ${described}>
      <p class="hint" id="hint">Any name will do. There is no password: this is practice.</p>
      <div class="buttons">
        <button name="action" value="login" class="primary">Continue</button>
        <button name="action" value="deny" formnovalidate>Cancel</button>
      </div>
    </form>`,
  );
}

/**
 * consentPage shows one check box per scope, all ticked; required ones cannot be unticked.
 * @param {{ clientName: string, username: string, scopes: Scope[] }} page
 */
export function consentPage({ clientName, username, scopes }) {
  return layout(
    "Allow access?",
    `<p><strong>${escapeHtml(clientName)}</strong> asks for access to the practice account
      <strong>${escapeHtml(username)}</strong>.</p>
    <form method="post">
      <input type="hidden" name="username" value="${escapeHtml(username)}">
      <fieldset>
        <legend>It would be able to</legend>
        ${scopes.map(scopeRow).join("\n        ")}
      </fieldset>
      <div class="buttons">
        <button name="action" value="allow" class="primary">Allow</button>
        <button name="action" value="deny">Deny</button>
      </div>
    </form>`,
  );
}

/**
 * errorPage tells a person that the request cannot go on.
 * @param {{ code: string, detail?: string | undefined }} page
 */
export function errorPage({ code, detail = "" }) {
  return layout(
    "This cannot go on",
    `<p>${escapeHtml(detail)}</p>
    <p class="hint">Error code: <code>${escapeHtml(code)}</code></p>
    <p class="hint">Go back to the application and start again.</p>`,
  );
}

/** @param {Scope} scope */
function scopeRow({ name, sentence, required }) {
  const id = `scope-${name.replace(/[^a-z]/g, "-")}`;
  const state = required ? "checked disabled" : "checked";
  const note = required ? " (always)" : "";
  return `<div class="scope">
          <input type="checkbox" id="${id}" name="scope" value="${escapeHtml(name)}" ${state}>
          <label for="${id}">${escapeHtml(sentence)}${note} <code>${escapeHtml(name)}</code></label>
        </div>`;
}

/**
 * @param {string} title
 * @param {string} content HTML
 */
function layout(title, content) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} - Practice provider</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${stylesheetPath}">
</head>
<body>
  <main>
    <p class="brand">Practice provider</p>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>
`;
}

/** @param {string} text */
function escapeHtml(text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
