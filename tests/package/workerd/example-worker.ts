// Hosts the example of the README: every request goes to the one object.
export { Connections } from "../examples/worker.ts";

interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

export default {
  fetch(request: Request, env: { STORE: Namespace }): Promise<Response> {
    return env.STORE.get(env.STORE.idFromName("user-1")).fetch(request);
  },
};
