import { Notice } from "./notice";

export function EngineNotice() {
  return (
    <Notice tone="warn" title="Live expiry is off">
      This browser could not load the part of the page that judges expiry (tenon.wasm). Your
      connections are listed with their expiry times, without a countdown.
    </Notice>
  );
}
