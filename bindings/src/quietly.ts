// quietly is for notices: what their receiver does with them, now or later, cannot fail a flow.
export function quietly(notify: () => unknown): void {
  (async () => notify())().catch(() => undefined);
}
