import type { Instant } from '../../support/clock.js';

/** Length of the date in directory records and Rock Ridge time stamps. */
export const SHORT_DATE_LENGTH = 7;

/** The 7-byte date of directory records and Rock Ridge time stamps, in UTC (ECMA-119 9.1.5). */
export function shortDate(instant: Instant): Buffer {
  const date = new Date(instant);
  return Buffer.from([
    clamp(date.getUTCFullYear() - 1900, 0, 255),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    0,
  ]);
}

/** The 17-byte date of volume descriptors, in UTC (ECMA-119 8.4.26.1). */
export function longDate(instant: Instant): string {
  const [digits = ''] = new Date(instant).toISOString().split('.');
  return `${digits.replace(/\D/g, '')}00\0`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
