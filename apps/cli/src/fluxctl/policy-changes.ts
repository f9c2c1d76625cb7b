import type { PolicyChange } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";

/** What `policy` and its sugar are asked for. */
export interface PolicyWishes {
  readonly automate?: boolean;
  readonly deautomate?: boolean;
  readonly lock?: boolean;
  readonly unlock?: boolean;
  readonly tagAll?: string | undefined;
  /** `<container>=<pattern>`. */
  readonly tag?: readonly string[];
  readonly user?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * The annotations that are set and removed, without their prefix. Pure. Source: fluxcd/flux cmd/fluxctl/policy_cmd.go.
 * @throws EddyError USAGE for what contradicts itself or asks for nothing
 */
export function policyChanges(wishes: PolicyWishes): PolicyChange {
  const { automate, deautomate, lock, unlock, tagAll, tag = [], user, message } = wishes;
  if (automate && deautomate) throw usage("automate and deautomate both specified");
  if (lock && unlock) throw usage("lock and unlock both specified");
  const set: Record<string, string> = {};
  const remove: string[] = [];
  if (automate) set["automated"] = "true";
  if (deautomate) remove.push("automated");
  if (lock)
    Object.assign(set, { locked: "true" }, user ? { locked_user: user } : {}, message ? { locked_msg: message } : {});
  if (unlock) remove.push("locked", "locked_user", "locked_msg");
  if (tagAll !== undefined) set["tag_all"] = tagAll;
  for (const pair of tag) {
    const at = pair.indexOf("=");
    if (at <= 0) throw usage(`read tag ${JSON.stringify(pair)}: want <container>=<pattern>`);
    set[`tag.${pair.slice(0, at)}`] = pair.slice(at + 1);
  }
  if (Object.keys(set).length === 0 && remove.length === 0) throw usage("no policy changes given");
  return { ...(Object.keys(set).length > 0 ? { set } : {}), ...(remove.length > 0 ? { remove } : {}) };
}

/** Splits `a=x,b=y` where the next container begins: patterns have commas of their own. */
export function splitTags(text: string): string[] {
  return text.split(/,(?=[A-Za-z0-9][A-Za-z0-9._-]{0,252}=)/).filter((part) => part !== "");
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
