import { suggest } from '../../support/suggest.js';
import { each } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { checkContent } from './files.js';
import { eachMachine, error, findDuplicates, type Rule } from './rule.js';

const SUFFIXES = ['service', 'timer', 'socket', 'mount', 'path', 'target'] as const;
/** Units of ours; a user's unit of the same name would replace one. */
const OWN = /^(ironkeel[-.@]|kubelet\.|containerd\.|etcd\.)/;

/** Extra systemd units: names that systemd takes and nobody else has, each once; contents that are there. */
export const checkUnits: Rule = function* (input) {
  for (const { machine, path: at } of eachMachine(input.draft)) {
    const units = [...each(machine.units)].map(([index, unit]) => ({ unit, path: [...at, 'units', index] }));
    for (const { unit, path } of units) {
      if (unit.name !== undefined) yield* checkUnitName(unit.name, [...path, 'name']);
      yield* checkContent(unit, path, input);
      if (unit.content?.includes('\0')) {
        yield error('bad-unit', [...path, 'content'], 'a unit is text, and this holds a NUL character', 'remove it');
      }
    }
    const names = units.flatMap(({ unit, path }) =>
      unit.name === undefined ? [] : [{ key: unit.name, path: [...path, 'name'] }],
    );
    for (const [{ key, path }, first] of findDuplicates(names)) {
      const message = `the unit ${key.slice(0, 100)} is there twice, first on line ${input.lineOf(first.path)}`;
      yield error('duplicate-unit', path, message, 'keep one of them');
    }
  }
};

function* checkUnitName(name: string, path: Path): Generator<Finding> {
  const [, stem = '', suffix = ''] = /^(.*?)\.([^.]*)$/s.exec(name.includes('.') ? name : `${name}.`) ?? [];
  if (!SUFFIXES.some((known) => name.endsWith(`.${known}`))) {
    const near = suffix === '' ? 'service' : suggest(suffix, SUFFIXES);
    const list = `end it with one of: ${SUFFIXES.map((known) => `.${known}`).join(', ')}`;
    const remedy = near === undefined || !/^[\w@-]+$/.test(stem) ? list : `did you mean "${stem}.${near}"?`;
    yield error('bad-unit', path, 'the unit’s name has no known suffix', remedy);
  } else if (!/^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,200}$/.test(name)) {
    yield error('bad-unit', path, 'this is no name of a systemd unit', 'use letters, digits and : _ . @ - alone');
  } else if (OWN.test(name)) {
    yield error('reserved-unit', path, `the unit ${name} is Ironkeel’s own`, 'choose another name');
  }
}
