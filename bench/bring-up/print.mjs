// Prints what the runs of `bring-up.mjs` gave, beside the bars.
import { median, printTable } from '../measure.mjs';

const STEPS = [
  ['adopted', 'every drive adopted'],
  ['installed', 'every machine installed'],
  ['init', 'kubeadm init done'],
  ['api', 'the API server is ready'],
  ['allRegistered', 'four nodes registered'],
  ['joined', 'kubeadm join done'],
  ['allReady', 'four nodes Ready'],
  ['dns', 'CoreDNS available'],
];

/** @param runs by the name of the way, in the order they ran */
export function printBringUp(runs) {
  const names = Object.keys(runs);
  const middle = (name, of) => median(runs[name].map(of));
  const shown = (value, unit, digits = 1) => (Number.isFinite(value) ? `${value.toFixed(digits)} ${unit}` : '–');
  const row = (words, of, unit, digits) => [words, ...names.map((name) => shown(middle(name, of), unit, digits))];
  const rounds = Math.max(...names.map((name) => runs[name].length));
  console.log(`\nfour machines, everything preloaded${rounds > 1 ? `, medians of ${rounds}` : ''}`);
  printTable(
    ['seconds since power-on', ...names],
    [
      ...STEPS.map(([step, words]) => row(words, (run) => run[step], 's')),
      row('after a power cut: the API server is ready', (run) => run.again.api, 's'),
      row('after a power cut: four nodes Ready', (run) => run.again.allReady, 's'),
      row('load of the host before', (run) => run.load, ''),
    ],
  );
  const parts = Object.keys(runs[names[0]][0].memory).filter((part) => part !== 'all');
  printTable(
    ['memory of a worker, resident', ...names],
    [
      ...parts.map((part) => row(part, (run) => run.memory[part] || Number.NaN, 'MB', 0)),
      row('together, shared pages once', (run) => run.memory.all, 'MB', 0),
    ],
  );
  printBars(runs, middle);
}

function printBars(runs, middle) {
  if (runs.Ironkeel === undefined) return;
  const done = middle('Ironkeel', ({ done }) => done);
  const again = middle('Ironkeel', (run) => run.again.allReady);
  const rows = [
    ['four machines and CoreDNS', `${done.toFixed(1)} s`, '≤ 60 s', done <= 60],
    ['after a power cut', `${again.toFixed(1)} s`, '≤ 30 s', again <= 30],
  ];
  if (runs.kubeadm !== undefined) {
    const theirs = middle('kubeadm', ({ done }) => done);
    rows.push(["kubeadm's seconds / Ironkeel's", `${(theirs / done).toFixed(2)}×`, '≥ 1×', theirs >= done]);
  }
  printTable(
    ['bar', 'measured', 'wanted', ''],
    rows.map((row) => [...row.slice(0, -1), row.at(-1) ? 'met' : 'missed']),
  );
}
