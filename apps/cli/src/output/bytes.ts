const prefixes = "KMGTPE";

/** Bytes in binary units with one decimal, as Flux prints them: `512 B`, `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(prefixes.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${prefixes[power - 1]}iB`;
}
