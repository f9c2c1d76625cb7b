import { expect, it } from "vitest";
import { matchesRepository } from "./match-repository.ts";

it.each<[string, string, boolean]>([
  ["index.docker.io/library/nginx", "nginx", true],
  ["index.docker.io/library/nginx", "library/nginx", true],
  ["index.docker.io/org/app", "docker.io/org/app", true],
  ["ghcr.io/org/app", "ghcr.io/org/app", true],
  ["ghcr.io/org/app", "org/app", false],
  ["registry.example:5000/team/app", "?/team/app", true],
  ["registry.example:5000/team/app", "?/app", false],
  ["ghcr.io/org/app", "GHCR.IO/ORG/APP:1 \n", false],
])("%s is %s: %s", (repository, spoken, want) => expect(matchesRepository(repository, spoken)).toBe(want));
