import type { ProviderEntry } from "tenon/providers";
import github from "tenon/providers/github";
import google from "tenon/providers/google";
import practice from "tenon/providers/practice";

/** catalog holds the providers that a setting may name. */
export const catalog: ReadonlyMap<string, ProviderEntry> = new Map(
  [github, google, practice].map((entry) => [entry.id, entry]),
);
