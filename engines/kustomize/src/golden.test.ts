import { memoryTree } from "@eddy/core/tree";
import { expect, test } from "vitest";
import { buildKustomization } from "./build.ts";
import { KustomizeError } from "./error.ts";
import golden from "./testdata/golden.json" with { type: "json" };

interface Golden {
  name: string;
  files: Record<string, string>;
  path: string;
  text?: string;
  refusal?: string;
}

const cases = golden as unknown as Golden[];
const rows = (refused: boolean): [string, Golden][] =>
  cases.filter(({ refusal }) => (refusal !== undefined) === refused).map((one) => [one.name, one]);
const build = ({ files, path }: Golden): string => buildKustomization(memoryTree(files), path).text();

test.each(rows(false))("%s: what kustomize 5.8.2 prints", (_name, one) => {
  expect(build(one)).toBe(one.text);
});

test.each(rows(true))("%s: refused, as by kustomize 5.8.2", (_name, one) => {
  expect(() => build(one)).toThrow(KustomizeError);
});
