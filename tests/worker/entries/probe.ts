import type { Effect, IntegrationsOptions } from "tenon/service";
import { createWorker, type Env, TenonUser as Shipped } from "../../../worker/src/index.ts";

// The worker as it ships, with a window: before each effect it tells a loopback server what it is
// about to do and waits for leave. A server that never answers can kill the process right there.

interface ProbeEnv extends Env {
  PROBE_URL?: string;
  PROBE_CLOCK_MS?: string;
}

export class TenonUser extends Shipped {
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
  }
}

// Everything secret passes through these two effects in the clear.
function secretsOf(effect: Effect): string {
  if (effect.kind === "fetch") return new TextDecoder().decode(effect.exchange.body);
  if (effect.kind === "cipher.seal") return new TextDecoder().decode(effect.plaintext);
  return "";
}

export default createWorker();
