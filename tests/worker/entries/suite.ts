import pure from "tenon/tenon.wasm";
import service from "tenon/tenon-service.wasm";
import { routes } from "../../../worker/src/route-table.ts";

export { TenonUser } from "../../../worker/src/index.ts";

// Answers questions that can only be answered inside workerd.
const answers: Record<string, () => unknown> = {
  "/ready": () => "ok",
  "/routes": () => routes.map(({ method, path, access }) => ({ method, path, access })),
  "/imports": () => [pure, service].map((module) => WebAssembly.Module.imports(module)),
};

export default {
  fetch(request: Request): Response {
    const answer = answers[new URL(request.url).pathname];
    return answer ? Response.json(answer()) : new Response("no such suite", { status: 404 });
  },
};
