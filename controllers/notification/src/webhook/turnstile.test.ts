import { expect, test } from "vitest";
import { createTurnstile } from "./turnstile.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Who is through, once each turn has ended. */
async function passing(arrivals: readonly number[], perTurn: number): Promise<number[][]> {
  const turnstile = createTurnstile(perTurn);
  const through: number[] = [];
  const turns: number[][] = [];
  let next = 0;
  for (const count of arrivals) {
    for (let index = 0; index < count; index++) {
      const call = next++;
      const wait = turnstile.pass();
      if (wait) void wait.then(() => through.push(call));
      else through.push(call);
    }
    turns.push(through.splice(0));
    await turn();
  }
  return turns;
}

test.each([
  ["few are not kept waiting", [2, 1, 2], [[0, 1], [2], [3, 4]]],
  ["many go in their order, whoever comes later after them", [5, 1, 0, 0], [[0, 1], [2, 3], [4, 5], []]],
  ["after a rest nobody waits", [3, 0, 0, 2], [[0, 1], [2], [], [3, 4]]],
])("%s", async (_name, arrivals, want) => {
  expect(await passing(arrivals, 2)).toEqual(want);
});
