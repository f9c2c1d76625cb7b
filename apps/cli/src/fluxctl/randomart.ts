const [width, height] = [17, 9];
const marks = " .o+=*BOX@%&#/^SE";

/**
 * A fingerprint as a picture, as `ssh-keygen -lv` draws it: a bishop walks over a board and leaves marks. Pure. Source: OpenSSH
 * `fingerprint_randomart`.
 */
export function randomart(fingerprint: Uint8Array, title: string, hash: string): string {
  const field = new Uint8Array(width * height);
  const end = marks.length - 1;
  let [x, y] = [Math.floor(width / 2), Math.floor(height / 2)];
  for (const byte of fingerprint)
    for (let step = 0; step < 4; step++) {
      const move = (byte >> (2 * step)) & 3;
      x = Math.min(width - 1, Math.max(0, x + ((move & 1) === 1 ? 1 : -1)));
      y = Math.min(height - 1, Math.max(0, y + ((move & 2) === 2 ? 1 : -1)));
      const at = y * width + x;
      if ((field[at] ?? 0) < end - 2) field[at] = (field[at] ?? 0) + 1;
    }
  field[Math.floor(height / 2) * width + Math.floor(width / 2)] = end - 1;
  field[y * width + x] = end;
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from(field.subarray(row * width, (row + 1) * width), (value) => marks[value] ?? " ").join(""),
  );
  return [border(`[${title}]`), ...rows.map((row) => `|${row}|`), border(`[${hash}]`)].join("\n");
}

function border(label: string): string {
  const shown = label.length > width ? "" : label;
  const left = Math.floor((width - shown.length) / 2);
  return `+${"-".repeat(left)}${shown}${"-".repeat(width - shown.length - left)}+`;
}
