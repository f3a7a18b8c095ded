/** A text value, as given. */
export const text = { kind: 'parsed', parse: String } as const;

/** A text value that may be left out. */
export const optionalText = { ...text, optional: true } as const;

/** A switch that is off unless given. */
export const off = { kind: 'boolean', default: false, withNegated: false } as const;
