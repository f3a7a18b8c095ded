import type { OptionType } from '../component-options.js';
import { parseIp } from '../ip.js';

/** Go's durations (`time.ParseDuration`): numbers with units, 0 alone without. */
const DURATION = /^([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$|^0$/;
const LARGEST_EXACT = Number.MAX_SAFE_INTEGER;

/** What a type wants, as the end of "has to be …". */
const WANTED: Readonly<Record<OptionType, string>> = {
  bool: 'true or false',
  int: 'a whole number',
  float: 'a number',
  duration: 'a duration such as 30s or 1h30m',
  ip: 'an IP address',
  string: 'text',
  list: 'a list',
  map: 'a mapping',
  object: 'a mapping',
  repeated: 'one value',
};

/** What a flag's value lacks, as the end of "has to be …", or undefined: the program would refuse to start with it. */
export function misfitOfFlag(value: unknown, type: OptionType): string | undefined {
  if (type === 'repeated') return Array.isArray(value) && value.length !== 1 ? WANTED.repeated : undefined;
  if (type === 'list' || type === 'map' || type === 'string' || type === 'object') return undefined;
  return !Array.isArray(value) && fitsWord(String(value), type) ? undefined : WANTED[type];
}

function fitsWord(word: string, type: 'bool' | 'int' | 'float' | 'duration' | 'ip'): boolean {
  switch (type) {
    case 'bool':
      return word === 'true' || word === 'false';
    case 'int':
      return /^-?\d+$/.test(word);
    case 'float':
      return word !== '' && Number.isFinite(Number(word));
    case 'duration':
      return DURATION.test(word);
    case 'ip':
      return parseIp(word) !== undefined || /^[0-9a-f:]*:[0-9a-f:.]*$/i.test(word);
  }
}

/** What a configuration field's value lacks, as the end of "has to be …", or undefined. */
export function misfitOfField(value: unknown, type: OptionType): string | undefined {
  return fitsField(value, type) ? undefined : WANTED[type];
}

function fitsField(value: unknown, type: OptionType): boolean {
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'int') return Number.isInteger(value);
  if (type === 'float') return typeof value === 'number';
  if (type === 'duration') return typeof value === 'string' && DURATION.test(value);
  if (type === 'list') return Array.isArray(value);
  if (type === 'map' || type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === 'string';
}

/** Whether YAML read a number that is not the one written. */
export function isInexact(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) > LARGEST_EXACT;
}
