import type { TenonUser } from "./user-object.ts";

/** Env is what the runtime binds: objects, optional services, and the operator's settings. */
export interface Env {
  TENON_USER: DurableObjectNamespace<TenonUser>;
  /** Static files of the dashboard: the assets binding on Cloudflare, a disk service elsewhere. */
  ASSETS?: Fetcher;
  /** Reaches loopback addresses; bound only in local configurations. */
  PRIVATE_NETWORK?: Fetcher;
  /** The objects' own files, read only; bound where objects live on a local disk. */
  OBJECT_FILES?: Fetcher;
  TENON_KEYS?: string;
  TENON_ROUTE_KEY?: string;
  TENON_API_KEYS?: string;
  TENON_PROVIDERS?: string;
  TENON_PUBLIC_URL?: string;
  TENON_RETURN_ORIGINS?: string;
}
