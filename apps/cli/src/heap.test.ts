import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

// A process of its own: the flags are the process's.
function heapAfterGarbage(prelude: string): number {
  const program = `
    import { collectGarbage, keepHeapSmall } from ${JSON.stringify(new URL("heap.ts", import.meta.url).href)};
    ${prelude}
    let kept = [];
    for (let index = 0; index < 600_000; index++) {
      kept.push({ index, text: "text " + index });
      if (kept.length === 20_000) kept = [];
    }
    console.log(process.memoryUsage().heapTotal);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  return Number(stdout) / 2 ** 20;
}

test("a small heap holds on to less garbage", () => {
  expect(heapAfterGarbage("keepHeapSmall(); collectGarbage();")).toBeLessThan(heapAfterGarbage("") / 2);
});
