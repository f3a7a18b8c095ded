import { expect, it } from 'vitest';
import { operatingSystems } from '../../src/os/registry.js';
import { CONSUMERS } from './support/consumers.js';

it('has a real consumer for the documents of every operating system', () => {
  expect(Object.keys(CONSUMERS).sort()).toEqual(operatingSystems.map(({ name }) => name).sort());
  for (const consumers of Object.values(CONSUMERS)) expect(consumers).not.toHaveLength(0);
});
