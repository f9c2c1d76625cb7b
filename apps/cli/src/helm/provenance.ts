import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { dump, load } from "@eddy/goyaml";
import { formatMetadata, type ChartMetadata } from "@eddy/helm";
import type { CommandContext } from "../command/context.ts";

/** Who signed a chart, and that it is the one that was signed. */
export interface ChartVerification {
  readonly identities: readonly string[];
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  /** `sha256:<hex>` of the packed chart. */
  readonly digest: string;
}

/** A packed chart and the provenance file beside it. */
export interface SignedChart {
  readonly archive: Uint8Array;
  readonly provenance: Uint8Array;
  /** Under which the provenance file names it. */
  readonly fileName: string;
}

const divider = "\n...\n";

/** Where GnuPG keeps public keys. Source: Helm `defaultKeyring`. */
export function defaultKeyRing(env: CommandContext["io"]["env"]): string {
  const folder = env["GNUPGHOME"] ?? join(env["HOME"] ?? ".", ".gnupg");
  const [legacy, keybox] = [join(folder, "pubring.gpg"), join(folder, "pubring.kbx")];
  return !existsSync(legacy) && existsSync(keybox) ? keybox : legacy;
}

/** Reads a key ring. @throws EddyError KEYRING_UNREADABLE (terminal) */
export function loadKeyRing(path: string | undefined, env: CommandContext["io"]["env"]): Uint8Array {
  const file = path || defaultKeyRing(env);
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file or directory" : messageOf(cause);
    throw refusal("KEYRING_UNREADABLE", `open ${file}: ${why}`, cause);
  }
}

/**
 * Verifies that a key of the ring signed the chart. Source: Helm `provenance.Signatory.Verify`.
 * @throws EddyError PROVENANCE_INVALID, KEYRING_UNREADABLE (terminal) in Helm's words; SIGNATURE_NONE, SIGNATURE_INVALID.
 */
export async function verifyChartArchive(
  { archive, provenance, fileName }: SignedChart,
  keyRing: () => Uint8Array,
): Promise<ChartVerification> {
  const { verifyClearSigned } = await import("@eddy/signature");
  const lead = "failed to load keyring";
  const ring = leading(lead, keyRing);
  const signed = Buffer.from(provenance).toString("utf8");
  const { text, identities, fingerprint } = await verifyClearSigned(signed, ring).catch((cause: unknown) => {
    if (!(cause instanceof EddyError) || cause.code !== "SIGNATURE_KEY") throw cause;
    throw refusal("KEYRING_UNREADABLE", `${lead}: ${cause.message}`, cause);
  });
  const digest = digestOf(archive);
  const sums = sumsOf(text);
  const sum = Object.hasOwn(sums, fileName) ? sums[fileName] : undefined;
  if (sum === undefined)
    throw refusal(
      "PROVENANCE_INVALID",
      `provenance does not contain a SHA for a file named ${JSON.stringify(fileName)}`,
    );
  if (sum !== digest) {
    const both = `${JSON.stringify(sum)} != ${JSON.stringify(digest)}`;
    throw refusal("PROVENANCE_INVALID", `sha256 sum does not match for ${fileName}: ${both}`);
  }
  return { identities, fingerprint, digest };
}

function sumsOf(text: string): Readonly<Record<string, unknown>> {
  const second = text.split(divider)[1];
  if (second === undefined) throw refusal("PROVENANCE_INVALID", "message block must have at least two parts");
  try {
    const document = load(second);
    const files = isObject(document) ? document["files"] : undefined;
    return isObject(files) ? files : {};
  } catch (cause) {
    throw refusal("PROVENANCE_INVALID", messageOf(cause), cause);
  }
}

/** Verifies a packed chart on this machine by the `.prov` file beside it. Source: Helm `downloader.VerifyChart`. */
export async function verifyChartFile(path: string, keyRing: () => Uint8Array): Promise<ChartVerification> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw refusal("PROVENANCE_INVALID", `stat ${path}: no such file or directory`);
  if (stats.isDirectory()) throw refusal("PROVENANCE_INVALID", "unpacked charts cannot be verified");
  if (!path.endsWith(".tgz")) throw refusal("PROVENANCE_INVALID", "chart must be a tgz file");
  const file = `${path}.prov`;
  if (!existsSync(file)) {
    const why = `could not load provenance file ${file}: stat ${file}: no such file or directory`;
    throw refusal("PROVENANCE_INVALID", why);
  }
  const signed = { archive: readFileSync(path), provenance: readFileSync(file), fileName: basename(path) };
  return verifyChartArchive(signed, keyRing);
}

function leading<T>(lead: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw refusal("KEYRING_UNREADABLE", `${lead}: ${messageOf(cause)}`, cause);
  }
}

/** What a provenance file says of a chart, before it is signed. Source: Helm `provenance.messageBlock`. */
export function formatProvenance(metadata: ChartMetadata, fileName: string, archive: Uint8Array): string {
  return `${formatMetadata(metadata)}${divider}${dump({ files: { [fileName]: digestOf(archive) } })}`;
}

/** What `helm verify` and `helm pull --verify` print. */
export function formatVerification({ identities, fingerprint, digest }: ChartVerification): string {
  const names = identities.map((name) => `Signed by: ${name}\n`).join("");
  return `${names}Using Key With Fingerprint: ${fingerprint}\nChart Hash Verified: ${digest}\n`;
}

function digestOf(archive: Uint8Array): string {
  return `sha256:${createHash("sha256").update(archive).digest("hex")}`;
}

function refusal(code: string, message: string, cause?: unknown): EddyError {
  return new EddyError(code, message, { class: "terminal", ...(cause === undefined ? {} : { cause }) });
}
