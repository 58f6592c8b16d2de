export interface Cookie {
  name: string;
  value: string;
  maxAgeS: number;
  secure: boolean;
}

/** cookieValue finds a cookie by its exact name; a name that is repeated counts as absent. */
export function cookieValue(header: string | null, name: string): string | undefined {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined;
}

/** setCookie gives a Set-Cookie value: host only, HttpOnly, SameSite=Lax (a provider's redirect
 * must still carry it). maxAgeS 0 removes the cookie. */
export function setCookie(cookie: Cookie): string {
  const secure = cookie.secure ? "; Secure" : "";
  return `${cookie.name}=${cookie.value}; Path=/; Max-Age=${cookie.maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
}
