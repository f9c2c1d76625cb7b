import type { Tag } from "@eddy/image-policy";
import { displayId, headingOf } from "./era.ts";
import type { ListStyle } from "./format-workloads.ts";
import type { ContainerListing, WorkloadListing } from "./image-listing.ts";
import { formatTabTable } from "./tab-table.ts";

/** How `list-images` looks. */
export interface ImageListStyle extends ListStyle {
  /** Tags of one container; 0: all. */
  readonly limit: number;
}

const notKnown = "image data not available";

/**
 * `list-images`: a head row a container, then its tags, the running one marked. Source: fluxcd/flux cmd/fluxctl/list_images_cmd.go;
 * spec/flux1-keel-flagger.md 1.5.
 */
export function formatImages(listings: readonly WorkloadListing[], style: ImageListStyle): string {
  const header = [headingOf(style.noun), "CONTAINER", "IMAGE", "CREATED"];
  const rows = listings.flatMap(({ workload, containers }) => {
    const id = displayId(workload.id, style.era);
    if (containers.length === 0) return [[id, "", "", ""]];
    return containers.flatMap((container, index) => containerRows(index === 0 ? id : "", container, style));
  });
  return formatTabTable([...(style.headers ? [header] : []), ...rows]);
}

function containerRows(id: string, container: ContainerListing, style: ImageListStyle): string[][] {
  const { name, repository, current, tags, error } = container;
  if (tags.length === 0) return [[id, name, "", error ?? notKnown], tagRow("'->", current ?? "(untagged)", "?")];
  return [[id, name, repository, ""], ...tagRows(tags, current, style)];
}

function tagRows(tags: readonly Tag[], current: string | undefined, { limit, era }: ImageListStyle): string[][] {
  const at = tags.findIndex(({ name }) => name === current);
  const shown = limit <= 0 ? tags.length : limit;
  const rows: string[][] = [];
  for (const [index, { name, createdMs }] of tags.entries()) {
    if (index >= shown && index !== at) continue;
    // Past the limit only the running tag is printed, and how many are between.
    if (index > shown) rows.push(omittedRow(index - shown, era));
    rows.push(tagRow(index === at ? "'->" : at < 0 || index < at ? "|  " : "   ", name, formatDate(createdMs)));
  }
  if (at < 0) rows.push(tagRow("'->", current ?? "(untagged)", "?"));
  return rows;
}

function tagRow(mark: string, tag: string, created: string): string[] {
  return ["", "", `${mark} ${tag}`, created];
}

function omittedRow(count: number, era: string): string[] {
  const isOld = era === "0.x" || era === "1.0";
  return ["", "", isOld ? ":" : `: (${count} image(s) omitted)`, ""];
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** RFC 822 in UTC: `02 Mar 21 10:00 UTC`; blank where it is not known. */
export function formatDate(ms: number | undefined): string {
  if (ms === undefined) return "";
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${two(date.getUTCFullYear() % 100)}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}
