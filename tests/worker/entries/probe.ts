import type { Effect, IntegrationsOptions } from "tenon/service";
import { createWorker, type Env, TenonUser as Shipped } from "../../../worker/src/index.ts";

// The worker as it ships, with a window: before each effect it tells a loopback server what it is
// about to do and waits for leave. A server that never answers can kill the process right there.

interface ProbeEnv extends Env {
  PROBE_URL?: string;
  PROBE_CLOCK_MS?: string;
}

/** driven is how far a test has put the clock ahead. A sleep then passes at once, on that clock. */
let driven: { aheadMs: number } | undefined;

export class TenonUser extends Shipped {
  #alarmAt: number | undefined;
  protected override readonly alarmRetryMs = 200;

  /** ring lets the alarm go off now if it is set. */
  async ring(): Promise<void> {
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) !== null) await storage.setAlarm(Date.now());
  }

  /** alarmAt gives when the alarm will go off; asking wakes the object and nothing more. */
  alarmAt(): Promise<number | null> {
    return this.alarms().getAlarm();
  }

  /** snooze puts the alarm off by an hour of real time. */
  snooze(): Promise<void> {
    this.#alarmAt = undefined;
    return this.ctx.storage.setAlarm(Date.now() + 3_600_000);
  }

  /** disarm loses the alarm, as a failing runtime would. */
  disarm(): Promise<void> {
    return this.ctx.storage.deleteAlarm();
  }

  protected override now(): number {
    return Date.now() + this.#ahead;
  }

  /** The alarm's time on this object's own clock: a clock that is put ahead comes closer to it,
   * and ring makes it go off. */
  protected override alarms() {
    const { storage } = this.ctx;
    return {
      getAlarm: async () => {
        const at = await storage.getAlarm();
        return at === null ? null : (this.#alarmAt ?? at + this.#ahead);
      },
      setAlarm: (at: number) => {
        this.#alarmAt = at;
        return storage.setAlarm(at - this.#ahead);
      },
    };
  }

  get #ahead(): number {
    return driven?.aheadMs ?? Number((this.env as ProbeEnv).PROBE_CLOCK_MS ?? 0);
  }

  protected override flowOptions(): Partial<IntegrationsOptions> {
    return {
      onEffect: (effect) => this.#tell(effect.kind, secretsOf(effect)),
      sleep: (ms) => pass(ms),
    };
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

  override async token(...call: Parameters<Shipped["token"]>) {
    const answer = await super.token(...call);
    await this.#tell("answer", "");
    return answer;
  }

  override async refreshMany(...call: Parameters<Shipped["refreshMany"]>) {
    await this.#tell("batch", "");
    return super.refreshMany(...call);
  }

  async #tell(kind: string, secrets: string): Promise<void> {
    const { PROBE_URL, PRIVATE_NETWORK } = this.env as ProbeEnv;
    if (!PROBE_URL || !PRIVATE_NETWORK) return;
    const answer = await PRIVATE_NETWORK.fetch(`${PROBE_URL}/${kind}`, {
      method: "POST",
      headers: { "probe-route": this.ctx.id.name ?? "" },
      body: secrets,
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error("the control server wants this effect to fail");
  }
}

async function pass(ms: number): Promise<void> {
  if (driven) driven.aheadMs += ms;
  else await new Promise((done) => setTimeout(done, ms));
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
    const [, action = "", route = ""] = /^\/probe\/(\w+)\/(.+)$/.exec(pathname) ?? [];
    const user = () => env.TENON_USER.get(env.TENON_USER.idFromName(route)) as unknown as TenonUser;
    switch (action) {
      case "clock":
        driven = { aheadMs: Math.max(driven?.aheadMs ?? 0, Number(route)) };
        return Response.json(driven.aheadMs);
      case "ring":
        await user().ring();
        return new Response(null, { status: 204 });
      case "snooze":
        await user().snooze();
        return new Response(null, { status: 204 });
      case "disarm":
        await user().disarm();
        return new Response(null, { status: 204 });
      case "alarm":
        return Response.json(await user().alarmAt());
      default:
        return worker.fetch(request, env, context);
    }
  },
};
