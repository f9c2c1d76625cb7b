import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "@eddy/core/errors";
import {
  createAgeKeys,
  decryptFile,
  encryptFile,
  parseSopsConfig,
  type FormatName,
  type KeyServices,
  type SopsConfig,
} from "@eddy/sops";
import { Random } from "./random.ts";
import { compareHuaweiKms } from "./sops/huawei-kms.ts";
import { compareVaultTransit } from "./sops/vault-transit.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

// A key pair of no other use.
const identity = "AGE-SECRET-KEY-1ZZYFRR79S3AD9ZYZW5KWC0S0VGNYUAAYGWF33PY9PES8K6AVW4FS2X0X7D";
const recipient = "age10jfhkfqsdema8puljr30fgqulas9qg32vp9mfhrzny9gepncspsqpmtdnq";
const run = promisify(execFile);

const rules = [
  "",
  "encrypted_regex: ^(data|stringData|a|b)$",
  "unencrypted_regex: ^(metadata|kind|a)$",
  "encrypted_suffix: _secret",
  "unencrypted_suffix: _plain",
  "encrypted_comment_regex: secret",
  "unencrypted_comment_regex: public",
  "mac_only_encrypted: true",
];

/** Texts of files: mostly ordinary, with what trips readers. */
class FileFuzzer {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  file(): { format: FormatName; name: string; text: string } {
    switch (this.random.below(6)) {
      case 0:
        return { format: "json", name: "file.json", text: JSON.stringify(this.object(3), null, this.random.below(3)) };
      case 1:
        return { format: "dotenv", name: "file.env", text: this.lines(() => `${this.key()}=${this.word()}`, "#") };
      case 2:
        return {
          format: "ini",
          name: "file.ini",
          text: `[one]\n${this.lines(() => `${this.key()} = ${this.word()}`, ";")}`,
        };
      case 3:
        return { format: "binary", name: "file.bin", text: this.word().repeat(1 + this.random.below(4)) };
      default:
        return { format: "yaml", name: "file.yaml", text: this.yaml() };
    }
  }

  private yaml(): string {
    const documents = Array.from({ length: this.random.chance(0.15) ? 2 : 1 }, () => this.yamlMapping(0, 3));
    return documents.join("---\n");
  }

  private yamlMapping(indent: number, depth: number): string {
    const pad = " ".repeat(indent);
    const keys = this.random
      .shuffle(["a", "b", "data", "metadata", "kind", "x_secret", "y_plain"])
      .slice(0, 1 + this.random.below(4));
    return keys
      .map((key) => {
        const comment = this.random.chance(0.25)
          ? `${pad}# ${this.random.pick(["a note", "secret below", "public", ""])}\n`
          : "";
        return `${comment}${pad}${key}:${this.yamlValue(indent, depth)}`;
      })
      .join("");
  }

  private yamlValue(indent: number, depth: number): string {
    const pad = " ".repeat(indent + 2);
    const roll = this.random.next();
    if (depth > 0 && roll < 0.25) return `\n${this.yamlMapping(indent + 2, depth - 1)}`;
    if (depth > 0 && roll < 0.4) {
      const items = Array.from({ length: 1 + this.random.below(3) }, () => {
        const comment = this.random.chance(0.15) ? `${pad}# in the list\n` : "";
        return `${comment}${pad}- ${this.scalar()}\n`;
      });
      return `\n${items.join("")}`;
    }
    if (roll < 0.5) return ` |${this.random.pick(["", "-", "+"])}\n${pad}line one\n${pad}  line two\n`;
    const inline = this.random.chance(0.1) ? " # inline" : "";
    return ` ${this.scalar()}${inline}\n`;
  }

  private scalar(): string {
    const { random } = this;
    return random.pick([
      "word",
      '"quoted: text"',
      "'it''s'",
      "12",
      "-7",
      "0o17",
      "0x1f",
      "1.5",
      "1e3",
      "1.0",
      "-0.000001",
      "123456789012345678",
      "true",
      "no",
      "null",
      "~",
      '""',
      "2024-01-02",
      "2024-01-02T03:04:05Z",
      "{}",
      "[]",
      "é😀",
      '"tab\\tand\\nline"',
      "{q: 1, r: [s, 2]}",
    ]);
  }

  private object(depth: number): Record<string, unknown> {
    const keys = this.random
      .shuffle(["a", "b", "data", "x_secret", "y_plain", "10", "2"])
      .slice(0, 1 + this.random.below(4));
    return Object.fromEntries(keys.map((key) => [key, this.jsonValue(depth)]));
  }

  private jsonValue(depth: number): unknown {
    const { random } = this;
    if (depth > 0 && random.chance(0.3)) return this.object(depth - 1);
    if (depth > 0 && random.chance(0.2))
      return Array.from({ length: random.below(3) }, () => this.jsonValue(depth - 1));
    return random.pick([null, true, 0, 1.5, -3, 1e-7, 1e21, 9007199254740991, "", "text", "<&>\u2028", "é😀", "a\nb"]);
  }

  private lines(line: () => string, mark: string): string {
    const texts = new Map<string, string>();
    for (let count = 1 + this.random.below(4); count > 0; count--) {
      const text = line();
      texts.set(text.split("=")[0] ?? "", this.random.chance(0.2) ? `${mark} secret note\n${text}` : text);
    }
    return `${[...texts.values()].join("\n")}\n`;
  }

  private key(): string {
    return this.random.pick(["A", "B", "data", "x_secret", "y_plain", "LONGER_NAME"]);
  }

  private word(): string {
    return this.random.pick([
      "1",
      "two words",
      "a=b",
      "url://h/?q=1&r=2",
      "éü",
      "$HOME",
      "quote'd",
      "x\\ny",
      "true",
      "1.50",
    ]);
  }
}

interface Bench {
  program: string;
  folder: string;
  services: KeyServices;
}

async function theirs({ program, folder }: Bench, command: string, format: FormatName, file: string): Promise<string> {
  const words = [
    "--config",
    join(folder, "config.yaml"),
    command,
    "--input-type",
    format,
    "--output-type",
    format,
    file,
  ];
  const env = { SOPS_AGE_KEY: identity, HOME: folder, PATH: "" };
  const { stdout } = await run(program, words, { env, encoding: "utf8", maxBuffer: 1 << 24 });
  return stdout;
}

/** Where a format keeps its metadata; JSON and binary files have them as the member `sops`. */
const metadataOf: Partial<Record<FormatName, RegExp>> = {
  yaml: /^sops:\n[^]*?(?=^---$|(?![^]))/gm,
  ini: /^\[sops\]\n[^]*/m,
  dotenv: /^sops_.*\n?/gm,
};

/** An encrypted file without its metadata, and without what is random in ciphertexts: what is encrypted, and as what. */
function shapeOf(text: string, format: FormatName): string {
  const metadata = metadataOf[format];
  const values = metadata
    ? text.replace(metadata, "")
    : JSON.stringify({ ...(JSON.parse(text) as object), sops: undefined });
  return values.replaceAll(/ENC\[AES256_GCM,[^\]]*,type:(\w+)\]/g, "ENC[$1]").trimEnd();
}

/** Undefined when both tools encrypt the same values, and read what the other wrote; a refusal by one alone is a difference. */
async function compare(bench: Bench, config: SopsConfig, random: Random): Promise<string | undefined> {
  const { format, name, text } = new FileFuzzer(random).file();
  const file = join(bench.folder, name);
  writeFileSync(file, text);
  const encrypted = await theirs(bench, "encrypt", format, file).catch(() => undefined);
  const rule = config.ruleFor(name);
  if (!rule) return "no rule matches";
  const options = { rule, services: bench.services, now: new Date(0) };
  const own = await encryptFile(Buffer.from(text), format, options).catch((error: unknown) => messageOf(error));
  if (encrypted === undefined || typeof own === "string") {
    if (encrypted === undefined && typeof own === "string") return undefined;
    return encrypted === undefined
      ? `upstream refuses ${JSON.stringify(text)}`
      : `we refuse ${JSON.stringify(text)}: ${String(own)}`;
  }
  const [shape, theirShape] = [shapeOf(Buffer.from(own).toString(), format), shapeOf(encrypted, format)];
  if (shape !== theirShape) return `from ${JSON.stringify(text)}: upstream encrypts ${theirShape}, we ${shape}`;
  writeFileSync(file, own);
  const [back, forth] = await Promise.all([
    theirs(bench, "decrypt", format, file).catch((error: unknown) => `refused: ${messageOf(error)}`),
    decryptFile(Buffer.from(encrypted), format, bench.services).then(
      ({ plain }) => Buffer.from(plain).toString(),
      (error: unknown) => `refused: ${messageOf(error)}`,
    ),
  ]);
  // Upstream puts a comment that stood behind a value above it once it was encrypted; ours stays where it was.
  const normalized = (plain: string): string =>
    plain.includes("# inline") ? plain.replaceAll("# inline", "").replaceAll(/\s/g, "") : plain;
  if (normalized(back) === normalized(forth)) return undefined;
  return `from ${JSON.stringify(text)}: upstream reads ${JSON.stringify(back)} of ours, we read ${JSON.stringify(forth)} of theirs`;
}

async function compareVault(report: Report, options: SuiteOptions, { program, folder }: Bench): Promise<void> {
  if (options.filter !== undefined && !options.filter.startsWith("vault")) return;
  const vault = upstreamProgram(options, "vault");
  if (vault === undefined) report.skip("vault", "Vault is not built: npm run upstream -- vault");
  else await compareVaultTransit(report, vault, program, folder);
}

async function runSuite(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "sops");
  if (program === undefined) return report.skip("sops", "sops is not built: npm run upstream");
  report.note(`seed ${options.seed}`);
  const folder = mkdtempSync(join(tmpdir(), "eddy-sops-"));
  const bench: Bench = { program, folder, services: { age: createAgeKeys([identity]) } };
  try {
    if (options.filter === undefined || options.filter.startsWith("huawei"))
      await compareHuaweiKms(report, program, folder);
    await compareVault(report, options, bench);
    const until = Date.now() + options.budgetMs;
    for (let number = 0; Date.now() < until; number++) {
      const name = `${options.seed}/${number}`;
      if (options.filter !== undefined && name !== options.filter) continue;
      const random = new Random(options.seed * 100_003 + number);
      const text = `creation_rules:\n- age: ${recipient}\n  ${random.pick(rules)}\n`;
      writeFileSync(join(folder, "config.yaml"), text);
      const difference = await compare(bench, parseSopsConfig(text), random);
      if (difference === undefined) report.pass(name);
      else report.fail(name, difference);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files with keys of HuaweiCloud and in a real Vault, then random ones, encrypted by one tool and decrypted by the other. */
export const suite: Suite = {
  name: "sops",
  summary: "files between Eddy and the sops binary, with keys in a real Vault too",
  run: runSuite,
};
