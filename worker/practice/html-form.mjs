/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} value
 * @property {string} type
 * @property {boolean} checked
 * @property {boolean} disabled
 */

/**
 * parseForm reads the fields of the first form of a practice page; undefined when it has none. It
 * understands the HTML that pages.mjs writes, not HTML at large.
 * @param {string} html
 * @returns {Field[] | undefined}
 */
export function parseForm(html) {
  const form = /<form\b[^>]*>([\s\S]*?)<\/form>/.exec(html);
  if (form === null) return undefined;
  const tags = (form[1] ?? "").matchAll(/<(?:input|button)\b([^>]*)>/g);
  return [...tags].map((tag) => parseField(tag[1] ?? ""));
}

/** @param {string} attributes @returns {Field} */
function parseField(attributes) {
  /** @param {string} name */
  const attribute = (name) => new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1];
  const words = attributes.replace(/"[^"]*"/g, "").split(/\s+/);
  return {
    name: unescapeHtml(attribute("name") ?? ""),
    value: unescapeHtml(attribute("value") ?? ""),
    type: attribute("type") ?? "text",
    checked: words.includes("checked"),
    disabled: words.includes("disabled"),
  };
}

/** @param {string} text */
export function unescapeHtml(text) {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
