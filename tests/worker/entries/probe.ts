import type { Effect, IntegrationsOptions } from "tenon/service";
import { createWorker, type Env, TenonUser as Shipped } from "../../../worker/src/index.ts";

// The worker as it ships, with a window: before each effect it tells a loopback server what it is
// about to do and waits for leave. A server that never answers can kill the process right there.

interface ProbeEnv extends Env {
  PROBE_URL?: string;
  PROBE_CLOCK_MS?: string;
}

export class TenonUser extends Shipped {
  protected override readonly alarmRetryMs = 200;

  /** ring lets the alarm go off now. */
  ring(): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now());
  }

  protected override now(): number {
    return Date.now() + Number((this.env as ProbeEnv).PROBE_CLOCK_MS ?? 0);
  }

  protected override flowOptions(): Partial<IntegrationsOptions> {
    return { onEffect: (effect) => this.#tell(effect.kind, secretsOf(effect)) };
  }

  override async finish(...call: Parameters<Shipped["finish"]>) {
    const answer = await super.finish(...call);
    await this.#tell("answer", "");
    return answer;
  }

  override async begin(...call: Parameters<Shipped["begin"]>) {
    const answer = await super.begin(...call);
    await this.#tell("answer", "");
    return answer;
  }

  async #tell(kind: string, secrets: string): Promise<void> {
    const { PROBE_URL, PRIVATE_NETWORK } = this.env as ProbeEnv;
    if (!PROBE_URL || !PRIVATE_NETWORK) return;
    const answer = await PRIVATE_NETWORK.fetch(`${PROBE_URL}/${kind}`, {
      method: "POST",
      body: secrets,
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error("the control server wants this effect to fail");
  }
}

// Everything secret passes through these two effects in the clear.
function secretsOf(effect: Effect): string {
  if (effect.kind === "fetch") return new TextDecoder().decode(effect.exchange.body);
  if (effect.kind === "cipher.seal") return new TextDecoder().decode(effect.plaintext);
  return "";
}

const worker = createWorker();

export default {
  async fetch(request: Request, env: ProbeEnv, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/probe/ring/")) return worker.fetch(request, env, context);
    const user = env.TENON_USER.get(env.TENON_USER.idFromName(pathname.slice(12)));
    await (user as unknown as { ring(): Promise<void> }).ring();
    return new Response(null, { status: 204 });
  },
};
