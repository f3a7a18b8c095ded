/** What a key of a section may hold. A list repeats the key (units) or joins (keyfiles); `undefined` is left out. */
export type IniValue = string | number | boolean | readonly string[] | undefined;
export type IniSection = Readonly<Record<string, IniValue>>;
/** Sections by name, in the order they are written; a list of sections repeats the name. */
export type IniSections = Readonly<Record<string, IniSection | readonly IniSection[] | undefined>>;

/** Where the INI dialects differ. */
export interface IniDialect {
  readonly yes: string;
  readonly no: string;
  /** Escapes one value, or refuses it. */
  value(text: string): string;
  /** Turns a list into one value; without it a list repeats its key. */
  list?(items: readonly string[]): string;
}

/** Encodes `[Section]` and `Key=value` lines, an empty line between sections. Sections without keys are kept. */
export function encodeIni(sections: IniSections, dialect: IniDialect): string {
  return Object.entries(sections)
    .flatMap(([name, section]) => sectionsOf(section).map((one) => encodeSection(name, one, dialect)))
    .join('\n');
}

function sectionsOf(section: IniSection | readonly IniSection[] | undefined): readonly IniSection[] {
  if (section === undefined) return [];
  return Array.isArray(section) ? section : [section as IniSection];
}

function encodeSection(name: string, section: IniSection, dialect: IniDialect): string {
  if (/[[\]\p{Cc}]/u.test(name)) throw new TypeError(`not a section name: ${name}`);
  const lines = Object.entries(section).flatMap(([key, value]) => encodeKey(key, value, dialect));
  return `[${name}]\n${lines.join('')}`;
}

function encodeKey(key: string, value: IniValue, dialect: IniDialect): string[] {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(key)) throw new TypeError(`not a key: ${key}`);
  return textsOf(value, dialect).map((text) => {
    if (/[\0\r\n]/.test(text)) throw new TypeError(`the value of ${key} has several lines`);
    return `${key}=${text}\n`;
  });
}

function textsOf(value: IniValue, dialect: IniDialect): string[] {
  if (value === undefined) return [];
  if (typeof value === 'boolean') return [value ? dialect.yes : dialect.no];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'string') return [dialect.value(value)];
  return dialect.list === undefined ? value.map((item) => dialect.value(item)) : [dialect.list(value)];
}
