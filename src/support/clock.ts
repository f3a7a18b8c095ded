/** The time as a value that is passed in: milliseconds since 1970, UTC. Only `cli/` reads the real one. */
export type Instant = number;

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;
