import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exampleInventory, inventoryJsonSchema } from './index.js';
import { CLUSTER_CASES, GUIDE, MACHINE_CASES, SHAPE_CASES } from './testing/cases.js';
import { testContext } from './testing/context.js';
import { SETTING_SHAPE_CASES, SETTINGS } from './testing/setting-cases.js';

const schema = inventoryJsonSchema(testContext());
const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(schema);

describe('inventoryJsonSchema', () => {
  it.each([
    ['the guide', exampleInventory('guide')],
    ['the guide in ten lines', GUIDE],
    ['every setting', SETTINGS],
  ])('accepts %s', (_title, text) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([...SHAPE_CASES, ...SETTING_SHAPE_CASES])('refuses %s', (_title, text) => {
    expect(validate(parse(text))).toBe(false);
  });

  it('refuses what an editor can know without the rules', () => {
    const known = [
      'a bad name',
      'an unsupported version',
      'an unknown os',
      'a leading zero',
      'a MAC that is none',
      'a range without a length',
      'a private public address',
    ];
    const cases = [...CLUSTER_CASES, ...MACHINE_CASES].filter(([title]) => known.includes(title));
    const accepted = cases.filter(([, text]) => validate(parse(text))).map(([title]) => title);
    // `ip` may be the word dhcp, and whether an address is private is beyond a schema.
    expect(accepted).toEqual(['a leading zero', 'a private public address']);
  });

  it('leaves a release of a supported minor to the rules, which know what is pinned', () => {
    const version = (text: string) => validate(parse(`${GUIDE}kubernetes: {version: "${text}"}\n`));
    expect(['1.36.4', '1.37.2', '1.36.99'].filter((one) => !version(one))).toEqual([]);
    expect(['1.37', '1.38.0', '1.37.02', '1.37.2-rc.1', '1137.2'].filter(version)).toEqual([]);
  });

  it('describes every field and knows the defaults', () => {
    const undescribed = [...fields(schema, '')].filter(([, field]) => typeof field.description !== 'string');
    expect(undescribed.map(([path]) => path)).toEqual([]);
    const defaults = [...fields(schema, '')].flatMap(([path, field]) =>
      'default' in field ? [[path, field.default]] : [],
    );
    expect(Object.fromEntries(defaults)).toMatchSnapshot();
  });

  it('leaves no mark of its own', () => {
    expect(JSON.stringify(schema)).not.toContain('x-ironkeel');
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  });
});

type Schema = Readonly<Record<string, unknown>>;

function* fields(part: Schema, path: string): Generator<readonly [string, Schema]> {
  for (const [name, field] of Object.entries((part.properties ?? {}) as Record<string, Schema>)) {
    yield [`${path}${name}`, field];
    yield* fields(field, `${path}${name}.`);
  }
  if (part.items !== undefined) yield* fields(part.items as Schema, path);
  for (const option of (part.anyOf ?? []) as Schema[]) yield* fields(option, path);
}
