const usernameLengthMax = 64;
const subjectPrefix = "acct_";

/**
 * @typedef {object} Account
 * @property {string} subject the `sub` claim: stable, and not the user name itself
 * @property {string} username
 * @property {string} name
 * @property {string} email
 */

/**
 * parseUsername trims what a person typed. It returns undefined when nothing is left, when more
 * than 64 characters are left, or when there are control characters among them.
 * @param {string | null | undefined} typed
 * @returns {string | undefined}
 */
export function parseUsername(typed) {
  const username = (typed ?? "").trim();
  if (username === "" || username.length > usernameLengthMax) return undefined;
  return /\p{C}/u.test(username) ? undefined : username;
}

/**
 * accountOf makes the account of a user name. Nothing is stored: the subject carries the name in
 * base64url, so an account is the same after a restart.
 * @param {string} username
 * @returns {Account}
 */
export function accountOf(username) {
  const mailbox = username.toLowerCase().replace(/[^a-z0-9._-]+/g, ".");
  return {
    subject: subjectPrefix + Buffer.from(username, "utf8").toString("base64url"),
    username,
    name: `${username} (practice)`,
    email: `${mailbox}@practice.example`,
  };
}

/**
 * findAccount is the inverse of accountOf; undefined for a subject that it never made.
 * @param {string} subject
 * @returns {Account | undefined}
 */
export function findAccount(subject) {
  if (!subject.startsWith(subjectPrefix)) return undefined;
  const text = Buffer.from(subject.slice(subjectPrefix.length), "base64url").toString("utf8");
  const username = parseUsername(text);
  if (username === undefined) return undefined;
  const account = accountOf(username);
  return account.subject === subject ? account : undefined;
}
