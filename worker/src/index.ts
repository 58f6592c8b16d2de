export type { EdgeWorker, WorkerOptions } from "./app.ts";
export { createWorker } from "./app.ts";
export type { Env } from "./env.ts";
export { TenonUser } from "./user-object.ts";
