import { describe, expect, it } from "vitest";
import { fakeClock, type FakeClock } from "../clock/index.ts";
import { limitLines, type LogFields, type Logger } from "./index.ts";

function recorded(clock: FakeClock, by: readonly string[] = []): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const startMs = clock.now();
  const to = (own: LogFields): Logger => ({
    log: (level, message, fields) =>
      void lines.push(`${clock.now() - startMs} ${level} ${message} ${JSON.stringify({ ...own, ...fields })}`),
    with: (more) => to({ ...own, ...more }),
  });
  return { logger: limitLines(to({}), { clock, by }), lines };
}

describe("limitLines()", () => {
  it("writes a line a second, and how many it left out", () => {
    const clock = fakeClock();
    const { logger, lines } = recorded(clock);
    for (let call = 0; call < 10_000; call++) logger.log("error", "refused", { call });
    clock.advance(1_000);
    logger.log("error", "refused", { call: "later" });
    clock.advance(1_000);
    expect(lines).toEqual([
      '0 error refused {"call":0}',
      '1000 error refused {"call":9999,"leftOut":9998}',
      '2000 error refused {"call":"later"}',
    ]);
  });

  it("keeps nothing of what is over", () => {
    const clock = fakeClock();
    const { logger, lines } = recorded(clock);
    logger.log("error", "refused");
    clock.advance(1_000);
    expect(clock.pending()).toBe(0);
    logger.log("error", "refused");
    expect(lines).toEqual(["0 error refused {}", "1000 error refused {}"]);
  });

  it("tells messages, levels and the given fields apart, and nothing else", () => {
    const { logger, lines } = recorded(fakeClock(), ["receiver"]);
    logger.log("error", "refused", { receiver: "a", why: 1 });
    logger.log("error", "refused", { receiver: "a", why: 2 });
    logger.log("error", "refused", { receiver: "b" });
    logger.log("info", "refused", { receiver: "a" });
    logger.log("error", "failed", { receiver: "a" });
    expect(lines).toHaveLength(4);
  });

  it("counts what loggers made of it write", () => {
    const clock = fakeClock();
    const { logger, lines } = recorded(clock);
    logger.with({ name: "x" }).log("error", "refused");
    logger.with({ name: "y" }).log("error", "refused");
    logger.log("error", "refused");
    clock.advance(1_000);
    expect(lines).toEqual(['0 error refused {"name":"x"}', '1000 error refused {"leftOut":1}']);
  });
});
