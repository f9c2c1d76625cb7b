import type { IncomingHttpHeaders } from "node:http";
import { isObject, type JsonObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { isTagName } from "@eddy/image-policy";
import { WebhookRefusal, type PushHint } from "./push-hint.ts";

/** Reads a payload. @throws WebhookRefusal */
export type ReadPayload = (body: JsonObject, headers: IncomingHttpHeaders) => PushHint[];

const maxResources = 1_000;

/** Payloads by the last step of their path. Source: keel-hq/keel pkg/http; spec/flux1-keel-flagger.md 2.5. */
export const formats: ReadonlyMap<string, ReadPayload> = new Map<string, ReadPayload>([
  ["native", native],
  ["dockerhub", dockerHub],
  ["quay", quay],
  ["azure", azure],
  ["github", gitHub],
  ["harbor", harbor],
  ["jfrog", jFrog],
  ["registry", registry],
]);

function native(body: JsonObject): PushHint[] {
  const host = textAt(body, "host");
  const name = need(textAt(body, "name"), "name");
  return [hintOf(host === "" ? name : `${host}/${name}`, need(textAt(body, "tag"), "tag"))];
}

function dockerHub(body: JsonObject): PushHint[] {
  const name = need(textAt(body, "repository", "repo_name"), "repository.repo_name");
  return [hintOf(name, need(textAt(body, "push_data", "tag"), "push_data.tag"))];
}

function quay(body: JsonObject): PushHint[] {
  const repository = need(textAt(body, "docker_url"), "docker_url");
  const tags = listAt(body, "updated_tags").filter((tag) => typeof tag === "string");
  if (tags.length === 0) throw new WebhookRefusal("updated_tags is missing");
  return tags.map((tag) => hintOf(repository, tag));
}

function azure(body: JsonObject): PushHint[] {
  const host = need(textAt(body, "request", "host"), "request.host");
  const name = need(textAt(body, "target", "repository"), "target.repository");
  return [hintOf(`${host}/${name}`, need(textAt(body, "target", "tag"), "target.tag"))];
}

/** Two events of GitHub's tell of packages, with different words for the same. */
function gitHub(body: JsonObject, headers: IncomingHttpHeaders): PushHint[] {
  const event = headers["x-github-event"];
  if (event === "ping") return [];
  if (event !== "package" && event !== "registry_package")
    throw new WebhookRefusal("X-GitHub-Event is neither package nor registry_package");
  const pushed = isObject(body[event]) ? body[event] : {};
  const form = textAt(pushed, "ecosystem") || textAt(pushed, "package_type");
  if (form.toLowerCase() !== "container") throw new WebhookRefusal("the package is no container");
  const tag =
    textAt(pushed, "package_version", "container_metadata", "tag", "name") ||
    textAt(pushed, "package_version", "version");
  const name = need(textAt(pushed, "name"), `${event}.name`);
  const owner = textAt(pushed, "namespace") || (textAt(body, "repository", "full_name").split("/")[0] ?? "");
  return [hintOf(`ghcr.io/${owner}/${name}`.toLowerCase(), need(tag, `${event}.package_version`))];
}

/** Harbor has renamed its event. */
function harbor(body: JsonObject): PushHint[] {
  const type = textAt(body, "type");
  if (type !== "pushImage" && type !== "PUSH_ARTIFACT")
    throw new WebhookRefusal("type is neither pushImage nor PUSH_ARTIFACT");
  const resources = listAt(body, "event_data", "resources");
  if (resources.length === 0) throw new WebhookRefusal("event_data.resources is missing");
  return resources.map((resource) => {
    const url = need(textAt(resource, "resource_url"), "resource_url");
    const named = url.split("@", 1)[0] ?? "";
    const colon = named.lastIndexOf(":");
    const hasTag = colon > named.lastIndexOf("/");
    return hintOf(
      hasTag ? named.slice(0, colon) : named,
      textAt(resource, "tag") || (hasTag ? named.slice(colon + 1) : ""),
    );
  });
}

/** Artifactory does not say under which name it is known. */
function jFrog(body: JsonObject): PushHint[] {
  const name = need(textAt(body, "data", "image_name"), "data.image_name");
  return [hintOf(`?/${name}`, need(textAt(body, "data", "tag"), "data.tag"))];
}

/** Notifications of docker-distribution: also of what was pulled or deleted, which is no news. */
function registry(body: JsonObject): PushHint[] {
  if (!Array.isArray(body["events"])) throw new WebhookRefusal("events is missing");
  return listAt(body, "events").flatMap((event) => {
    if (textAt(event, "action") !== "push") return [];
    const host = textAt(event, "request", "host");
    const name = need(textAt(event, "target", "repository"), "target.repository");
    return [hintOf(host === "" ? `?/${name}` : `${host}/${name}`, textAt(event, "target", "tag"))];
  });
}

/** A tag that no registry can have, such as a digest, says only that something is new. */
function hintOf(repository: string, tag: string): PushHint {
  if (repository.length > 512) throw new WebhookRefusal("the name of the repository is too long");
  return isTagName(tag) ? { repository, tag } : { repository };
}

function need(text: string, field: string): string {
  if (text === "") throw new WebhookRefusal(`${field} is missing`);
  return text;
}

function textAt(value: unknown, ...path: string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : "";
}

function listAt(value: unknown, ...path: string[]): unknown[] {
  const found = valueAt(value, ...path);
  if (!Array.isArray(found)) return [];
  if (found.length > maxResources) throw new WebhookRefusal(`${path.join(".")} has more than ${maxResources} entries`);
  return found as unknown[];
}
