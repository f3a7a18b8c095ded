import { spawnSync } from 'node:child_process';

/**
 * What pflag and Go's own flag package call the types of values, in the words of data/flags/. `repeated` flags take
 * one value each time they are given, `list` and `map` flags take several with commas between them.
 */
const TYPES = {
  bool: ['bool'],
  int: ['int', 'int32', 'int64', 'uint', 'uint32', 'Level'],
  float: ['float', 'float32', 'float64'],
  duration: ['duration'],
  ip: ['ip'],
  list: ['strings', 'stringSlice', 'int32Slice', 'pattern=N,...'],
  map: ['mapStringString', 'mapStringBool', 'stringToString', 'colonSeparatedMultimapStringString'],
  repeated: ['stringArray', 'namedCertKey'],
};
const KIND_OF = new Map(Object.entries(TYPES).flatMap(([kind, names]) => names.map((name) => [name, kind])));

/** They print something and end, so they are no settings. */
const NOT_SETTINGS = ['help', 'version'];

/** `--name type   usage`, `-v, --v Level   usage`, and `--name   usage` for true or false. Source: pflag's FlagUsages. */
const PFLAG_LINE = /^ +(?:-\w, )?--([A-Za-z0-9-]+)(?:\[=\S*\])?(?: (\S+))? {2,}\S/;
const ETCD_LINE = /^ {2}--([a-z0-9-]+)( |$)/;

/** The release a program is of, such as `1.36.4`. */
export function versionOf(program) {
  const said = run(program, ['--version']);
  const version = /(\d+\.\d+\.\d+)/.exec(said)?.[1];
  if (version === undefined) throw new Error(`${program} --version says no version:\n${said}`);
  return version;
}

/** Flag → type of one of Kubernetes' programs, by its help text; deprecated flags are not in it. */
export function kubernetesFlags(program) {
  return sorted(
    run(program, ['--help'])
      .split('\n')
      .flatMap((line) => {
        const [, name, type] = PFLAG_LINE.exec(line) ?? [];
        return name === undefined ? [] : [[name, type === undefined ? 'bool' : (KIND_OF.get(type) ?? 'string')]];
      }),
  );
}

/** Flag → type of etcd. Its help has no types, so each flag is asked with values of several. */
export function etcdFlags(program) {
  const names = run(program, ['--help'])
    .split('\n')
    .flatMap((line) => ETCD_LINE.exec(line)?.[1] ?? []);
  return sorted([...new Set(names)].map((name) => [name, probeType(program, name)]));
}

function probeType(program, name) {
  // Nothing starts: the second flag is refused after the first was read.
  const refusal = (value) => {
    const said = run(program, [`--${name}=${value}`, '--no-such-flag']);
    return said.includes('not defined: -no-such-flag') ? undefined : said;
  };
  const word = refusal('ironkeel');
  if (word === undefined) return 'string';
  if (word.includes('invalid boolean value')) return 'bool';
  if (refusal('7') === undefined) return refusal('0.5') === undefined ? 'float' : 'int';
  return refusal('7s') === undefined ? 'duration' : 'string';
}

function run(program, args) {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  if (error) throw error;
  return stdout + stderr;
}

function sorted(entries) {
  const known = entries.filter(([name]) => !NOT_SETTINGS.includes(name));
  return Object.fromEntries(known.sort(([a], [b]) => (a < b ? -1 : 1)));
}
