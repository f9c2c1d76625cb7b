const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** An RFC 3339 time as Go's `time.ANSIC`, in its own zone: `Sat Nov 21 15:04:36 2026`; "" for none. */
export function formatAnsic(time: string | undefined): string {
  const [, year, month, day, clock] = form.exec(time ?? "") ?? [];
  if (year === undefined) return "";
  const weekday = days[new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDay()];
  return `${weekday} ${months[Number(month) - 1]} ${String(Number(day)).padStart(2)} ${clock} ${year}`;
}

/** An RFC 3339 time as Go's `Time.String`: `2026-11-21 15:04:37.407670347 +0000 UTC`; `-` for none. */
export function formatGoString(time: string | undefined): string {
  const [, year, month, day, clock, fraction = "", zone] = form.exec(time ?? "") ?? [];
  if (year === undefined) return "-";
  const offset = zone === "Z" ? "+0000 UTC" : `${zone?.replace(":", "")} ${zone?.replace(":", "")}`;
  return `${year}-${month}-${day} ${clock}${fraction} ${offset}`;
}

/** An RFC 3339 time without its fraction. */
export function formatToSecond(time: string | undefined): string {
  return (time ?? "").replace(/\.\d+/, "");
}
