import { canonicalNameOf } from "@eddy/core/image";

/** Whether two names mean one repository, however they are spelled. */
export function sameRepository(left: string, right: string): boolean {
  if (left === right) return true;
  try {
    return canonicalNameOf(left) === canonicalNameOf(right);
  } catch {
    return false;
  }
}

/** Whether two references name the same image: name by meaning, tag and digest by letter. */
export function sameImage(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [splitName(left), splitName(right)];
  return one.rest === other.rest && sameRepository(one.name, other.name);
}

function splitName(image: string): { name: string; rest: string } {
  const at = image.indexOf("@");
  const tagged = at < 0 ? image : image.slice(0, at);
  const colon = tagged.lastIndexOf(":");
  const end = colon > tagged.lastIndexOf("/") ? colon : tagged.length;
  return { name: image.slice(0, end), rest: image.slice(end) };
}
