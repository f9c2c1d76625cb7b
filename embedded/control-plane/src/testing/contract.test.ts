import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startControlPlane, type ControlPlane } from "../index.ts";
import { contractCases, knownDifferences, runCase, type Answer, type ContractFetch } from "./contract.ts";

/** What kube-apiserver v1.36.3 answered; recorded by `EDDY_UPDATE_GOLDENS=1 npm run conformance -- control-plane`. */
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "testdata/contract.json"), "utf8")) as Record<
  string,
  Answer[]
>;

let server: ControlPlane;
beforeAll(async () => void (server = await startControlPlane()));
afterAll(() => server.stop());

const fetch: ContractFetch = (method, path, body, headers) =>
  server.request({ method, path, headers, ...(body === undefined ? {} : { body }) });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const known = new Set(knownDifferences.map((each) => each.case));

const indexed = contractCases.map((each, index) => [each.name, index] as const);

async function answersOf(index: number): Promise<unknown> {
  const contractCase = contractCases[index];
  if (!contractCase) throw new Error(`no case ${index}`);
  return JSON.parse(JSON.stringify(await runCase(fetch, contractCase, `contract-${index}`, turn)));
}

test.each(indexed.filter(([name]) => !known.has(name)))("%s", async (name, index) => {
  expect(await answersOf(index)).toEqual(goldens[name]);
});

// One that passes has to leave the list.
test.each(indexed.filter(([name]) => known.has(name)))("%s still differs", async (name, index) => {
  expect(await answersOf(index)).not.toEqual(goldens[name]);
});

test("every recorded case is still there", () => {
  expect(Object.keys(goldens).toSorted()).toEqual(contractCases.map((each) => each.name).toSorted());
});
