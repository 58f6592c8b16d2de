import { loadTenon, type ServiceTenon } from "tenon/service";

let loading: Promise<ServiceTenon> | undefined;

/** core gives the pure calls of this isolate's module; a failed load is tried again by the next
 * caller. */
export function core(): Promise<ServiceTenon> {
  loading ??= loadTenon().catch((thrown) => {
    loading = undefined;
    throw thrown;
  });
  return loading;
}
