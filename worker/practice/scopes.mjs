/**
 * @typedef {object} Scope
 * @property {string} name the value of the `scope` parameter
 * @property {string} sentence what the consent page says about it
 * @property {boolean} required true when the person cannot untick it
 */

/** @type {readonly Scope[]} */
export const scopes = Object.freeze([
  { name: "openid", sentence: "Know which practice account you are", required: true },
  { name: "profile", sentence: "See your name", required: false },
  { name: "email", sentence: "See your e-mail address", required: false },
  { name: "calendar.read", sentence: "Read your practice calendar", required: false },
  {
    name: "offline_access",
    sentence: "Keep this access while you are away",
    required: false,
  },
]);

/**
 * requestedScopes picks the known scopes out of a `scope` parameter, in the order of the consent
 * page; unknown names are left out, as RFC 6749 section 3.3 allows.
 * @param {string | undefined} parameter
 * @returns {Scope[]}
 */
export function requestedScopes(parameter) {
  const names = new Set((parameter ?? "").split(" "));
  return scopes.filter((scope) => names.has(scope.name));
}
