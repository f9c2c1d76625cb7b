import { describe, expect, it } from "vitest";
import { repositoryAddress } from "./repository-address.ts";

describe("repositoryAddress()", () => {
  it.each([
    "https://git.example.org/team/fleet",
    "https://git.example.org/team/fleet.git/",
    "https://robot:secret@git.example.org/Team/fleet.git",
    "ssh://git@git.example.org/team/fleet",
    "ssh://git@git.example.org:2222/team/fleet.git",
    "git@git.example.org:team/fleet.git",
  ])("%s is one and the same", (url) => {
    expect(repositoryAddress(url)).toBe("git.example.org/team/fleet");
  });

  it.each([
    ["https://git.example.org/team/other", "git.example.org/team/other"],
    ["https://git.example.org:8443/team/fleet", "git.example.org:8443/team/fleet"],
    ["/srv/git/fleet/", "/srv/git/fleet"],
  ])("%s is another: %s", (url, want) => {
    expect(repositoryAddress(url)).toBe(want);
  });
});
