import { z } from 'zod';

/**
 * Patterns for the editor alone. They go into the JSON Schema as metadata and zod does not check them: the
 * rules do, with better words.
 */
export const PATTERNS = {
  label: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
  subdomain: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$',
  ipv4: '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.|$)){4}',
  cidr: '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[./]){4}(3[0-2]|[12]?[0-9])$',
  mac: '^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$',
  mode: '^[0-7]{3,4}$',
  sha256: '^[0-9a-fA-F]{64}$',
} as const;

/** A text field with its description; `extra` goes into the JSON Schema as it is. */
export function text(description: string, extra: Readonly<Record<string, unknown>> = {}) {
  return z.string().meta({ description, ...extra });
}

/** `flatcar`, or `{name: flatcar, channel: beta}`. The JSON Schema's lists of names come from the registry. */
export function osField(description: string, fallback?: string) {
  return z
    .union([
      z.string(),
      z.strictObject({
        name: text('Name of the operating system.', { [CATALOGUE]: 'os' }).optional(),
        channel: text('Release channel of the operating system.', { [CATALOGUE]: 'channel' }).optional(),
      }),
    ])
    .meta({
      description: `${description} A name, or a name with a channel.`,
      ...(fallback === undefined ? {} : { default: fallback }),
    });
}

/** Metadata key whose value says which list of the catalogue belongs there; `json-schema.ts` replaces it. */
export const CATALOGUE = 'x-ironkeel-catalogue';
