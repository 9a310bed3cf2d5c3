/** Instants and durations as the admin API and the device API write them. */

/** A span of time by its parts, all of them in whole or broken numbers. */
export interface Span {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}

/** How long: parts such as `{ hours: 6 }`, or an ISO 8601 duration such as "PT6H" or "P30D". */
export type Length = Span | string;

/** When: a `Date`, or ISO 8601 with an offset such as "2026-01-01T00:00:00Z". */
export type Instant = Date | string;

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** `length` in ISO 8601. */
export function duration(length: Length): string {
  if (typeof length === "string") {
    return length;
  }
  const { days = 0, hours = 0, minutes = 0, seconds = 0 } = length;
  const millis = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
  const rest = Math.abs(millis) % 1000;
  const fraction = rest > 0 ? `.${String(rest).padStart(3, "0")}` : "";
  return `${millis < 0 ? "-" : ""}PT${Math.floor(Math.abs(millis) / 1000)}${fraction}S`;
}

/** How many seconds a duration has; 0 for what cannot be read, which the simulator refuses. */
export function secondsOf(length: Length): number {
  const found = DURATION.exec(duration(length));
  const [days, hours, minutes, seconds] = [1, 2, 3, 4].map((part) => Number(found?.[part] ?? 0));
  return ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!;
}

/** `moment` in ISO 8601. */
export function instant(moment: Instant): string {
  return typeof moment === "string" ? moment : moment.toISOString();
}

/** An instant of the admin API (ISO 8601) or of the device API (epoch milliseconds, also as text). */
export function readInstant(value: string | number | null | undefined): Date | null {
  if (value === null || value === undefined) {
    return null;
  }
  return new Date(typeof value === "string" && !/^\d+$/.test(value) ? value : Number(value));
}
