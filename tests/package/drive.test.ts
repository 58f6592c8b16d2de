import { TenonError } from "tenon";
import type { Effect } from "tenon/service";
import { describe, expect, it } from "vitest";
import { Drive, flowKinds } from "../../bindings/dist/src/drive.js";
import type { Host } from "../../bindings/dist/src/host.js";
import { createFakeCore, type FakeCore, message, type Script, trap } from "./fake-core.ts";

const random = (flow: number, request: number) => message([1, flow, request], (to) => to.u32(4));
const done = (flow: number, result: string) => message([32, flow, 0], (to) => to.text(result));
const call = { kind: 1, input: "{}", correlationId: "call-1" };

function hostWith(changes: Partial<Host> = {}): Host {
  const unused = (): never => {
    throw new Error("not in this test");
  };
  return {
    now: () => 1000,
    random: (size) => new Uint8Array(size).fill(7),
    fetch: unused,
    storage: { get: unused, list: unused, commit: unused },
    cipher: { seal: unused, open: unused },
    sleep: unused,
    wake: () => undefined,
    emit: () => undefined,
    ...changes,
  };
}

function driveWith(script: Script, changes?: Partial<Host>): { drive: Drive; cores: FakeCore[] } {
  const cores: FakeCore[] = [];
  const open = () => {
    const fake = createFakeCore(script);
    cores.push(fake);
    return fake.core;
  };
  return { drive: new Drive(open, hostWith(changes)), cores };
}

function failure(code: string): object {
  return expect.objectContaining({ name: "TenonError", code, correlationId: "call-1" });
}

// A flow that never gets its answer.
const waiting: Script = { start: (flow) => random(flow, 1) };
const forever = { onEffect: () => new Promise(() => undefined) };

describe("the drive loop", () => {
  it("settles each effect once, in the order the host finishes, and gives the result", async () => {
    const seen: number[] = [];
    const { drive, cores } = driveWith(
      {
        start: (flow) => [...random(flow, 1), ...random(flow, 2)],
        settle: (flow, request) => {
          seen.push(request);
          return seen.length === 2 ? done(flow, "both") : [];
        },
      },
      { onEffect: ({ request }: Effect) => (request === 1 ? delay(20) : undefined) },
    );
    expect(await drive.run(call)).toBe("both");
    expect(seen).toEqual([2, 1]);
    expect([...(cores[0]?.settled[0] ?? [])].slice(8)).toEqual([0, 4, 0, 0, 0, 7, 7, 7, 7]);
  });

  it("gives the result of a flow that ends at once", async () => {
    const { drive } = driveWith({ start: (flow, input) => done(flow, input) });
    expect(await drive.run({ ...call, input: '{"a":"é"}' })).toBe('{"a":"é"}');
  });

  it("passes wakes and events on, and lets neither fail the flow", async () => {
    const heard: unknown[] = [];
    const note = (value: unknown): never => {
      heard.push(value);
      throw new Error("subscriber");
    };
    const { drive } = driveWith(
      {
        start: (flow) => [
          ...message([10, flow, 0], (to) => to.f64(5000)),
          ...message([11, flow, 0], (to) => to.text('{"type":"x"}')),
          ...done(flow, "fine"),
        ],
      },
      { wake: note, emit: note },
    );
    expect(await drive.run(call)).toBe("fine");
    expect(heard).toEqual([5000, '{"type":"x"}']);
  });

  it("tells the core that the host failed when an effect throws", async () => {
    const script: Script = {
      start: (flow) => message([3, flow, 1], (to) => to.u32(1).text("key")),
      settle: (flow, _request, reply) => done(flow, String(reply[8])),
    };
    expect(await driveWith(script).drive.run(call)).toBe("1");
  });

  it("tells the core that the host failed when an answer is larger than the border", async () => {
    const script: Script = {
      start: (flow) => message([3, flow, 1], (to) => to.u32(1).text("key")),
      settle: (flow, _request, reply) => done(flow, `${reply.length} ${reply[8]}`),
    };
    const value = "x".repeat(1_000_000);
    const storage = {
      ...hostWith().storage,
      get: async () => [{ key: "key", value, version: "1" }],
    };
    expect(await driveWith(script, { storage }).drive.run(call)).toBe("9 1");
  });

  it("fills its own copies of secrets with zeros once they were used", async () => {
    const plaintext: Uint8Array[] = [];
    const drawn = new Uint8Array(4).fill(7);
    const { drive, cores } = driveWith(
      {
        start: (flow) => [
          ...random(flow, 1),
          ...message([6, flow, 2], (to) => to.u32(1).text("aad").text("secret")),
        ],
        settle: (flow, request) => (request === 2 ? done(flow, "") : []),
      },
      {
        random: () => drawn,
        cipher: {
          ...hostWith().cipher,
          seal: async (_key, _aad, text) => {
            plaintext.push(text);
            return { keyId: 1, iv: new Uint8Array(12), ciphertext: new Uint8Array(22) };
          },
        },
      },
    );
    await drive.run(call);
    await delay(0);
    expect([...drawn]).toEqual([0, 0, 0, 0]);
    expect(plaintext.map((text) => [...text])).toEqual([[0, 0, 0, 0, 0, 0]]);
    const core = cores[0]?.core;
    expect(core?.bytes.subarray(core.at, core.at + 512).every((byte) => byte === 0)).toBe(true);
  });
});

describe("a core that breaks", () => {
  it("fails the call with INTERNAL_ERROR when start traps, and uses a new instance next", async () => {
    let starts = 0;
    const { drive, cores } = driveWith({
      start: (flow) => (++starts === 1 ? trap() : done(flow, "again")),
    });
    await expect(drive.run(call)).rejects.toEqual(failure("INTERNAL_ERROR"));
    expect(await drive.run(call)).toBe("again");
    expect(cores).toHaveLength(2);
  });

  it("fails every flow of the instance when settle traps, and no other", async () => {
    let held = true;
    const { drive, cores } = driveWith(
      {
        start: (flow, input) => (input === "later" ? done(flow, "new instance") : random(flow, 1)),
        settle: () => trap(),
      },
      { onEffect: ({ flow }: Effect) => (flow === 2 && held ? new Promise(() => 0) : undefined) },
    );
    const flows = [drive.run(call), drive.run(call)];
    for (const flow of flows) await expect(flow).rejects.toEqual(failure("INTERNAL_ERROR"));
    held = false;
    expect(await drive.run({ ...call, input: "later" })).toBe("new instance");
    expect(cores).toHaveLength(2);
  });

  it("does not hand a late answer to the instance that replaced its own", async () => {
    const releases: (() => void)[] = [];
    const { drive, cores } = driveWith(
      {
        start: (flow, input) => (input === "trap" ? trap() : random(flow, 1)),
      },
      { onEffect: () => new Promise<void>((resolve) => releases.push(resolve)) },
    );
    const first = drive.run(call);
    await expect(drive.run({ ...call, input: "trap" })).rejects.toThrow();
    await expect(first).rejects.toEqual(failure("INTERNAL_ERROR"));
    const second = drive.run(call);
    expect(releases).toHaveLength(2);
    releases[0]?.();
    await delay(0);
    expect(cores.map(({ settled }) => settled.length)).toEqual([0, 0]);
    releases[1]?.();
    await delay(0);
    expect(cores.map(({ settled }) => settled.length)).toEqual([0, 1]);
    void drive.close(0);
    await expect(second).rejects.toEqual(failure("CONFLICT"));
  });

  it.each([
    ["an unknown effect", (flow: number) => message([77, flow, 1])],
    ["a message shorter than it says", (flow: number) => random(flow, 1).slice(0, -1)],
    [
      "a message longer than it says",
      (flow: number) => message([1, flow, 1], (to) => to.u32(4).u8(0)),
    ],
    [
      "a length beyond memory",
      (flow: number) => message([32, flow, 0], (to) => to.u32(0xffffffff)),
    ],
    ["text that is not UTF-8", (flow: number) => message([32, flow, 0], (to) => to.u32(1).u8(255))],
  ])("takes %s for a broken instance", async (_name, start) => {
    const { drive } = driveWith({ start });
    await expect(drive.run(call)).rejects.toEqual(failure("INTERNAL_ERROR"));
  });
});

describe("ending calls early", () => {
  it("drops the flow when its caller aborts, and ignores the late answer", async () => {
    const abort = new AbortController();
    const { drive, cores } = driveWith(waiting, { onEffect: () => delay(5) });
    const running = drive.run({ ...call, signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toEqual(failure("CONFLICT"));
    await delay(15);
    expect(cores[0]?.dropped).toEqual([1]);
    expect(cores[0]?.settled).toEqual([]);
  });

  it.each(["callback", "accessToken", "refresh", "disconnect", "runDue"] as const)(
    "lets %s go on without its caller: it may have spent a token",
    async (kind) => {
      const abort = new AbortController();
      const { drive, cores } = driveWith(waiting, { onEffect: () => delay(5) });
      const running = drive.run({ ...call, kind: flowKinds[kind], signal: abort.signal });
      abort.abort();
      await expect(running).rejects.toEqual(failure("CONFLICT"));
      await delay(15);
      expect(cores[0]?.dropped).toEqual([]);
      expect(cores[0]?.settled).toHaveLength(1);
    },
  );

  it("starts nothing for a caller that has already aborted", async () => {
    const { drive, cores } = driveWith(waiting);
    const signal = AbortSignal.abort();
    await expect(drive.run({ ...call, signal })).rejects.toEqual(failure("CONFLICT"));
    expect(cores[0]?.settled).toEqual([]);
  });

  it("refuses further calls at close, and ends those that outlast its patience", async () => {
    const { drive, cores } = driveWith(waiting, forever);
    const running = [drive.run(call), drive.run(call)];
    const closed = drive.close(20);
    await expect(drive.run(call)).rejects.toEqual(failure("CONFLICT"));
    expect(cores[0]?.dropped).toEqual([]);
    for (const flow of running) await expect(flow).rejects.toBeInstanceOf(TenonError);
    await closed;
    expect(cores[0]?.dropped).toEqual([1, 2]);
  });

  it("aborts the exchange of a dropped flow", async () => {
    let exchange: AbortSignal | undefined;
    const abort = new AbortController();
    const fetchMessage = (flow: number) =>
      message([2, flow, 1], (to) =>
        to.text("GET").text("https://a.example/").u32(0).text("").u32(100).u32(100),
      );
    const { drive } = driveWith(
      { start: fetchMessage },
      {
        fetch: (_request, signal) => {
          exchange = signal;
          return new Promise(() => undefined);
        },
      },
    );
    const running = drive.run({ ...call, signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toEqual(failure("CONFLICT"));
    expect(exchange?.aborted).toBe(true);
  });
});

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
