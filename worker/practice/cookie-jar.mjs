/**
 * createCookieJar keeps the cookies of one origin by name and path (RFC 6265 sections 5.3 and 5.4,
 * without domains and with no expiry but the one that deletes).
 */
export function createCookieJar() {
  /** @type {Map<string, { pair: string, path: string }>} */
  const cookies = new Map();

  return {
    /**
     * store takes the Set-Cookie headers of an answer.
     * @param {Response} response
     */
    store(response) {
      for (const line of response.headers.getSetCookie()) {
        const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
        const path = attributeOf(attributes, "path") ?? "/";
        const expires = attributeOf(attributes, "expires");
        const key = `${pair.split("=", 1)[0]};${path}`;
        if (expires !== undefined && Date.parse(expires) <= Date.now()) cookies.delete(key);
        else cookies.set(key, { pair, path });
      }
    },

    /**
     * header makes the Cookie header for a path, the longest cookie path first.
     * @param {string} path
     */
    header(path) {
      return [...cookies.values()]
        .filter((cookie) => matchesPath(path, cookie.path))
        .sort((a, b) => b.path.length - a.path.length)
        .map((cookie) => cookie.pair)
        .join("; ");
    },
  };
}

/**
 * @param {string[]} attributes
 * @param {string} name
 */
function attributeOf(attributes, name) {
  const found = attributes.find((attribute) => attribute.toLowerCase().startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/**
 * @param {string} path
 * @param {string} cookiePath
 */
function matchesPath(path, cookiePath) {
  if (!path.startsWith(cookiePath)) return false;
  return (
    path.length === cookiePath.length || cookiePath.endsWith("/") || path[cookiePath.length] === "/"
  );
}
