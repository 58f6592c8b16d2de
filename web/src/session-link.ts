const tokenShape = /^#session=(ses_[A-Za-z0-9_-]{16,200})$/;

/**
 * takeSessionToken gives the token of a sign-in link and removes it from the address and from the
 * history entry at once; null when the address carries none.
 */
export function takeSessionToken(): string | null {
  if (!location.hash.startsWith("#session=")) return null;
  const found = tokenShape.exec(location.hash);
  history.replaceState(null, "", location.pathname + location.search);
  return found?.[1] ?? "";
}
