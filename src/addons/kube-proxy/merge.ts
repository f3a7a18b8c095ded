type Settings = Readonly<Record<string, unknown>>;

/** `over` laid over `base`: mappings are merged, everything else (lists too) is replaced, null takes a field away. */
export function merge(base: Settings, over: Settings): Settings {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    if (value === null) delete result[key];
    else result[key] = isMapping(value) && isMapping(below) ? merge(below, value) : value;
  }
  return result;
}

function isMapping(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
