import { kustomizeDecryptKey } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { FileTree } from "@eddy/core/tree";
import {
  decryptWithKey,
  formatOfPath,
  readEncryptedFile,
  SopsError,
  splitYamlStream,
  type EncryptedFile,
  type FormatName,
} from "@eddy/sops";

/** The largest encrypted file that is read. Source: flux2.md 3.3. */
const maxBytes = 5 * 1024 * 1024;

/**
 * A tree whose SOPS files read as their plain text, so that whatever reads them — resources, generators, patches,
 * components — sees it, and the MAC is that of the file as it was committed.
 */
export interface DecryptingTree {
  tree: FileTree;
  /** Recovers the keys of the files that were read and are still encrypted. False when there were none. */
  recover(): Promise<boolean>;
}

/** How files are decrypted. */
export interface DecryptingTreeOptions {
  recoverKey(file: EncryptedFile): Promise<Uint8Array>;
  /** Told of every text that was encrypted, before it is handed out. */
  register(secret: string): void;
  ignoreMac: boolean;
  /** Told of a file whose MAC is not that of its values, where that is let pass. */
  onMacMismatch(path: string): void;
}

interface Part {
  text: Uint8Array;
  /** Absent for a part that is not encrypted. */
  file?: EncryptedFile;
}

/** Reads files as they are until {@link DecryptingTree.recover} has got their keys: build, recover, and build again. */
export function createDecryptingTree(base: FileTree, options: DecryptingTreeOptions): DecryptingTree {
  const plain = new Map<string, Uint8Array>();
  const pending = new Map<string, Part[]>();
  const decrypt = async (path: string, parts: readonly Part[]): Promise<Uint8Array> => {
    const texts: Uint8Array[] = [];
    for (const { text, file } of parts) {
      if (!file) {
        texts.push(text);
        continue;
      }
      const key = await options.recoverKey(file);
      const result = decryptWithKey(file, key, { ignoreMac: options.ignoreMac });
      for (const secret of result.secrets) options.register(secret);
      if (result.mac !== "matched") options.onMacMismatch(path);
      texts.push(result.plain);
    }
    return Buffer.concat(joinedAsDocuments(texts));
  };
  return {
    tree: {
      ...treeLike(base),
      read(path) {
        const known = plain.get(path);
        if (known) return known;
        const content = base.read(path);
        const parts = content && encryptedParts(content, path);
        if (parts) pending.set(path, parts);
        return content;
      },
    },
    async recover() {
      if (pending.size === 0) return false;
      for (const [path, parts] of pending) {
        plain.set(
          path,
          await decrypt(path, parts).catch((cause: unknown) => {
            throw failure(path, cause);
          }),
        );
      }
      pending.clear();
      return true;
    },
  };
}

function failure(path: string, cause: unknown): EddyError {
  const { code, hint } = cause instanceof SopsError ? cause : { code: "SOPS_FAILED", hint: undefined };
  return new EddyError(code, `failed to decrypt '${path}': ${messageOf(cause)}`, {
    cause,
    position: { file: path },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The other members of a tree, bound to it, without the size: that of the plain text is another. */
function treeLike(base: FileTree): FileTree {
  return {
    kindOf: (path) => base.kindOf(path),
    read: (path) => base.read(path),
    list: (path) => base.list(path),
    ...(base.identityOf ? { identityOf: (path: string) => base.identityOf?.(path) } : {}),
    ...(base.isExecutable ? { isExecutable: (path: string) => base.isExecutable?.(path) ?? false } : {}),
    ...(base.readLink ? { readLink: (path: string) => base.readLink?.(path) } : {}),
  };
}

/** A document that begins without a separator needs one behind another. */
function joinedAsDocuments(texts: readonly Uint8Array[]): Uint8Array[] {
  return texts.flatMap((text, index) =>
    index > 0 && !Buffer.from(text).subarray(0, 3).equals(Buffer.from("---")) ? [Buffer.from("---\n"), text] : [text],
  );
}

/** The parts of a file when one of them is encrypted; undefined for a file to be read as it is. */
function encryptedParts(content: Uint8Array, path: string): Part[] | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (!bytes.includes("ENC[AES256_GCM,")) return undefined;
  const format = formatOf(bytes, path);
  const texts =
    format === "yaml"
      ? splitYamlStream(bytes.toString("utf8"), isOptedOut)
      : [{ text: content, isEncrypted: true, format }];
  const parts = texts.map(({ text, isEncrypted, format: as }): Part => {
    const own = Buffer.from(text);
    const file = isEncrypted ? readOrLeave(own, as, path) : undefined;
    return file ? { text: own, file } : { text: own };
  });
  if (!parts.some(({ file }) => file)) return undefined;
  if (content.length > maxBytes) {
    throw new EddyError(
      "SOPS_FAILED",
      `failed to decrypt '${path}': it has ${content.length} bytes, want at most ${maxBytes}`,
    );
  }
  return parts;
}

/** By the name; a name that says nothing is looked into, for YAML is kept under any. */
function formatOf(bytes: Buffer, path: string): FormatName {
  if (path.endsWith(".dockerconfigjson")) return "json";
  const format = formatOfPath(path);
  return format === "binary" && /^sops:\s*$/m.test(bytes.toString("utf8")) ? "yaml" : format;
}

/** What only looks like an encrypted file, a page about one for instance, is read as it is. */
function readOrLeave(bytes: Uint8Array, format: FormatName, path: string): EncryptedFile | undefined {
  try {
    return readEncryptedFile(bytes, format, path);
  } catch (error) {
    if (error instanceof SopsError && (error.code === "SOPS_NO_METADATA" || format === "binary")) return undefined;
    throw failure(path, error);
  }
}

const key = kustomizeDecryptKey.replaceAll(".", "\\.");
const optedOut = new RegExp(`^[^\\S\\n]+["']?${key}["']?:\\s*["']?disabled["']?\\s*$`, "im");
const optedOutInJson = new RegExp(`^(?:---[ \\t]*)?\\s*\\{[^]*"${key}"\\s*:\\s*"disabled"`, "i");

function isOptedOut(document: string): boolean {
  return optedOut.test(document) || optedOutInJson.test(document);
}
