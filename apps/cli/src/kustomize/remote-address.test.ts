import { expect, test } from "vitest";
import { maskPasswords } from "./mask-passwords.ts";
import { remoteAddress } from "./remote-address.ts";

test.each([
  ["https://host.example/org/repo.git", "https://host.example/org/repo.git"],
  ["file:///srv/repo.git", "file:///srv/repo.git"],
  ["git@github.com:org/repo.git", "ssh://git@github.com/org/repo.git"],
  ["github.com:org/repo", "ssh://github.com/org/repo"],
  ["git@host:/srv/repo", "ssh://git@host/srv/repo"],
  ["git@[::1]:org/repo", "ssh://git@[::1]/org/repo"],
  ["git@host/org/repo", "ssh://git@host/org/repo"],
])("%s is %s", (repository, want) => expect(remoteAddress(repository)).toBe(want));

test.each([
  ["open 'https://me:secret@host/x': no", "open 'https://me:***@host/x': no"],
  ["https://:secret@host https://a:b@c", "https://:***@host https://a:***@c"],
  ["https://host:8080/a@b and ssh://git@host:22/x", "https://host:8080/a@b and ssh://git@host:22/x"],
])("%s is printed as %s", (text, want) => expect(maskPasswords(text)).toBe(want));
