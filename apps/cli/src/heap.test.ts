import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

// A process of its own: the flags are the process's. How large the heap is at a moment depends on how far the collector's
// threads have come, so the collections are counted.
function fullCollectionsOfGarbage(prelude: string): number {
  const program = `
    import { GCProfiler } from "node:v8";
    import { collectGarbage, keepHeapSmall } from ${JSON.stringify(new URL("heap.ts", import.meta.url).href)};
    ${prelude}
    const profiler = new GCProfiler();
    profiler.start();
    let kept = [];
    for (let index = 0; index < 600_000; index++) {
      kept.push({ index, text: "text " + index });
      if (kept.length === 20_000) kept = [];
    }
    console.log(profiler.stop().statistics.filter(({ gcType }) => gcType === "MarkSweepCompact").length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  return Number(stdout);
}

test("garbage is collected again and again where V8 alone would not have begun", () => {
  expect(fullCollectionsOfGarbage("")).toBe(0);
  expect(fullCollectionsOfGarbage("keepHeapSmall(); collectGarbage();")).toBeGreaterThanOrEqual(2);
});
