import { PUBLIC_KEY } from './context.js';

/** The guide's inventory in ten lines, which the cases below spoil. */
export const GUIDE = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: guide
sshKeys: [{file: id.pub}]
domains: [{name: example.com}]
machines:
  - {name: controller, ip: 10.10.10.1, role: controller}
  - {name: worker1, ip: 10.10.10.2}
  - {name: worker2, ip: 10.10.10.3}
  - {name: example.com, ip: 123.234.234.123, role: edge}
`;

/** Title, spoilt text, and what is found: `code line:column`, with a `?` behind warnings. */
export type Case = readonly [title: string, text: string, found: readonly string[]];

function swap(from: string, to: string): string {
  if (!GUIDE.includes(from)) throw new Error(`the guide has no ${from}`);
  return GUIDE.replace(from, () => to);
}

/** Line 11: one more field of the cluster. */
export const field = (line: string) => `${GUIDE}${line}\n`;
/** Line 11: one more machine, with an address unless the line gives one. */
export const machine = (line: string) =>
  `${GUIDE}  - {name: extra, ${line}${/\b(ip|network):/.test(line) ? '' : ', ip: 10.10.10.77'}}\n`;
const machines = (count: number) =>
  Array.from({ length: count }, (_, index) => `  - {name: m${index}, ip: 10.10.11.${index}}\n`).join('');

export const YAML_CASES: readonly Case[] = [
  ['an empty file', '', ['empty 1:1']],
  ['blanks and a comment', '\n  \n# nothing\n', ['empty 1:1']],
  ['a list', '- a\n', ['wrong-type 1:1']],
  ['a word', 'hello\n', ['wrong-type 1:1']],
  ['no YAML', 'a: b: c\n', ['yaml-syntax 1:4']],
  ['two syntax errors', 'a: @x\nb: `y`\n', ['yaml-syntax 1:4', 'yaml-syntax 2:4']],
  ['an open bracket', swap('id.pub}]', 'id.pub}'), ['yaml-syntax 5:1']],
  ['an open quote', swap('name: guide', 'name: "guide'), ['yaml-syntax 11:1']],
  ['a tab', swap('  - {name: worker1', '\t- {name: worker1'), ['yaml-tab 8:1']],
  ['a field twice', field('name: other'), ['duplicate-key 11:1']],
  ['a field twice in a machine', machine('ip: 10.10.10.9, ip: 10.10.10.8'), ['duplicate-key 11:35']],
  ['two documents', `${GUIDE}---\n${GUIDE}`, ['several-documents 11:1']],
  ['binary data', 'PK\u0003\u0004\u0000\u0000', ['binary 1:3']],
  ['a control character', swap('guide', 'gu\u0007ide'), ['control-character 3:9']],
  ['an unknown alias', swap('guide', '*guide'), ['unknown-anchor 3:7']],
  ['an alias in itself', swap('[{name: example.com}]', '&a [*a]'), ['recursive-alias 5:14']],
  ['a tag', swap('guide', '!secret guide'), ['yaml-tag 3:7']],
  ['YAML 1.1', `%YAML 1.1\n---\n${GUIDE}`, ['yaml-version 1:1']],
  ['an anchor bomb', bomb(), ['anchor-bomb 5:29']],
  ['a deep nest', '['.repeat(100_000), ['too-deep 1:1001']],
  ['a deep list', '- '.repeat(100_000), ['too-deep 1:1']],
  ['a mapping as a field’s name', `${GUIDE}? {a: b}\n: c\n`, ['yaml-syntax 11:3']],
  ['a field called __proto__', field('__proto__: {a: b}'), ['reserved-key 11:1']],
];

function bomb(): string {
  const level = (name: string, inner: string) => `${name}: &${name} [${Array(10).fill(inner).join(',')}]\n`;
  return `${['a', 'b', 'c', 'd', 'e', 'f']
    .map((name, index, all) => level(name, index === 0 ? 'x' : `*${all[index - 1]}`))
    .join('')}g: [*f,*f]\n`;
}

export const SHAPE_CASES: readonly Case[] = [
  ['another apiVersion', swap('v1alpha1', 'v1'), ['unknown-value 1:13']],
  ['another kind', swap('Cluster', 'cluster'), ['unknown-value 2:7']],
  ['no apiVersion', swap('apiVersion: ironkeel.dev/v1alpha1\n', ''), ['missing-field 1:1']],
  ['no name', swap('name: guide\n', ''), ['missing-field 1:1']],
  ['no machines', GUIDE.slice(0, GUIDE.indexOf('machines')), ['missing-field 1:1']],
  ['no name of a machine', swap('name: worker1, ', ''), ['missing-field 8:5']],
  ['a number as a name', swap('guide', '2017'), ['wrong-type 3:7']],
  ['an empty name', swap(' guide', ''), ['wrong-type 3:1']],
  ['true as a label', machine('labels: {gpu: true}'), ['wrong-type 11:33']],
  ['text as a machine', `${GUIDE}  - worker3\n`, ['wrong-type 11:5']],
  ['a list as os', field('os: [flatcar]'), ['wrong-type 11:5']],
  ['an unknown field', field('colour: blue'), ['unknown-field 11:1']],
  ['a misspelt field', swap('sshKeys', 'ssh_keys'), ['unknown-field 4:1']],
  ['a field’s other name', swap('machines:', 'nodes:'), ['unknown-field 6:1']],
  ['a merge key', machine('<<: {role: worker}'), ['unknown-field 11:19']],
  ['a coming field', field('loadBalancer: metallb'), ['coming-field 11:1']],
  ['a coming field of a machine', machine('raid: 1'), ['coming-field 11:19']],
  [
    'a coming field of a network',
    machine('mac: 52:54:00:00:00:01, network: {address: 10.10.10.4/24, vlan: 7}'),
    ['coming-field 11:77'],
  ],
  ['an unknown role', machine('role: master'), ['unknown-value 11:25']],
  ['an unknown arch', machine('arch: x86_64'), ['unknown-value 11:25']],
  ['an unknown key type', field('certificates: {keyType: ed25519}'), ['unknown-value 11:25']],
  ['text as a number', field('certificates: {caLifetimeDays: "9"}'), ['wrong-type 11:32']],
  ['a fraction', field('certificates: {caLifetimeDays: 9.5}'), ['wrong-type 11:32']],
  [
    'a number too large',
    machine('mac: 52:54:00:00:00:01, network: {address: 10.10.10.4/24, mtu: 90000}'),
    ['out-of-bounds 11:82'],
  ],
  ['unquoted mode', machine('files: [{path: /a, mode: 0644, content: x}]'), ['wrong-type 11:44']],
  ['no SSH keys', swap('sshKeys: [{file: id.pub}]\n', ''), ['missing-field 1:1']],
  ['an empty list of SSH keys', swap('[{file: id.pub}]', '[]'), ['no-ssh-keys 4:10']],
];

export const CLUSTER_CASES: readonly Case[] = [
  ['a bad name', swap('guide', 'My_Cluster'), ['bad-name 3:7']],
  ['a name with a dot', swap('guide', 'a.b'), ['bad-name 3:7']],
  ['an unquoted version', field('kubernetes: {version: 1.36}'), ['unquoted-version 11:23']],
  ['an unsupported version', field('kubernetes: {version: "1.9.0"}'), ['unsupported-version 11:23']],
  ['a version that is not pinned', field('kubernetes: {version: "1.37.2"}'), ['unpinned-version 11:23']],
  ['a version of no supported minor', field('kubernetes: {version: "1.38.0"}'), ['unsupported-version 11:23']],
  ['a version before its release', field('kubernetes: {version: "1.37.0-rc.1"}'), ['unsupported-version 11:23']],
  ['half a version', field('kubernetes: {version: "1.36"}'), ['unsupported-version 11:23']],
  ['an unknown os', field('os: flatcra'), ['unknown-os 11:5']],
  ['an unknown channel', field('os: {channel: stabel}'), ['unknown-channel 11:15']],
  ['an os on another processor', machine('os: debian, arch: arm64'), ['unsupported-arch 11:37']],
  ['overlapping ranges', field('network: {pods: 10.3.0.0/16}'), ['overlapping-ranges 11:17']],
  [
    'ranges that overlap each other',
    field('network: {pods: 10.64.0.0/12, services: 10.65.0.0/16}'),
    ['overlapping-ranges 11:41'],
  ],
  ['a range for three machines', field('network: {pods: 10.2.0.0/23}'), ['range-too-small 11:17']],
  ['a default range that is too small', GUIDE + machines(253), ['range-too-small 6:1']],
  ['a range that is too large', field('network: {services: 11.0.0.0/8}'), ['range-too-large 11:21']],
  ['services without DNS', field('network: {services: 10.3.0.0/29}'), ['range-too-small 11:21']],
  ['a range with host bits', field('network: {pods: 10.2.3.4/16}'), ['bad-range 11:17']],
  ['a range without a length', field('network: {pods: 10.2.0.0}'), ['bad-range 11:17']],
  ['a range of IPv6', field('network: {pods: "fd00::/48"}'), ['coming-ipv6 11:17']],
  ['a loopback range', field('network: {pods: 127.0.0.0/16}'), ['bad-range 11:17']],
  ['a machine in the pod range', machine('ip: 10.2.3.4'), ['address-in-range 11:23']],
  ['a machine in the service range', machine('ip: 10.3.0.1'), ['address-in-range 11:23']],
  ['an endpoint in the service range', field('endpoint: 10.3.0.1'), ['address-in-range 11:11']],
  ['an endpoint with a scheme', field('endpoint: https://api.example.com'), ['bad-endpoint 11:11']],
  ['an endpoint with a bad port', field('endpoint: api.example.com:70000'), ['bad-endpoint 11:11']],
  ['an endpoint that is a worker', field('endpoint: 10.10.10.2'), ['endpoint-not-controller? 11:11']],
  ['an endpoint that is a domain', field('endpoint: example.com'), ['endpoint-is-domain? 11:11']],
  ['an upper-case endpoint', field('endpoint: API.example.com'), ['bad-endpoint 11:11']],
  ['a cluster zone', field('network: {clusterDomain: Cluster.Local}'), ['bad-domain 11:26']],
  ['a wildcard', swap('example.com}]', '"*.example.com"}]'), ['bad-domain 5:18']],
  ['a bare TLD', swap('example.com}]', 'com}]'), ['bad-domain 5:18']],
  ['an IP as a domain', swap('example.com}]', '1.2.3.4}]'), ['bad-domain 5:18']],
  ['a mistyped IP as a domain', swap('example.com}]', '1.2.3.456}]'), ['bad-domain 5:18']],
  ['a domain twice', swap('example.com}]', 'example.com}, {name: example.com}]'), ['duplicate-domain 5:39']],
  ['a domain of the cluster', swap('example.com}]', 'a.cluster.local}]'), ['bad-domain 5:18']],
  ['a domain without an edge', swap(', role: edge', ''), ['domain-without-edge? 5:11', 'public-overlay? 10:29']],
  ['an unknown edge', swap('example.com}]', 'example.com, edges: [exmaple.com]}]'), ['unknown-machine 5:39']],
  ['a worker as an edge', swap('example.com}]', 'example.com, edges: [worker1]}]'), ['not-an-edge 5:39']],
  ['an edge twice', swap('example.com}]', 'example.com, edges: [example.com, example.com]}]'), ['duplicate-edge 5:52']],
  ['a proxy without a scheme', field('proxy: {http: "proxy:3128"}'), ['bad-url 11:15']],
  ['a proxy with a path', field('proxy: {https: http://proxy/x}'), ['bad-url 11:16']],
  ['two exceptions in one', field('proxy: {noProxy: ["a,b"]}'), ['bad-no-proxy 11:19']],
  ['a mirror by FTP', field('artefactMirror: ftp://mirror.lan'), ['bad-url 11:17']],
  ['a mirror of images', field('registries: [{host: docker.io, mirrors: [mirror.lan]}]'), ['bad-url 11:42']],
  [
    'a registry with a scheme',
    field('registries: [{host: https://docker.io, mirrors: [http://m]}]'),
    ['bad-registry 11:21'],
  ],
  [
    'a registry twice',
    field('registries: [{host: a.io, mirrors: [http://m]}, {host: a.io, mirrors: [http://m]}]'),
    ['duplicate-registry 11:56'],
  ],
  ['a bad time server', field('ntp: [time_server]'), ['bad-time-server 11:7']],
  ['a leaf that outlives its CA', field('certificates: {leafLifetimeDays: 4000}'), ['bad-lifetime 11:34']],
  ['renewal on every build', field('certificates: {renewBeforeDays: 365}'), ['bad-lifetime 11:33']],
  ['no controller', swap(', role: controller', ''), ['no-controller 6:1']],
  [
    'an empty list of machines',
    `${GUIDE.slice(0, GUIDE.indexOf('machines'))}machines: []\n`,
    ['domain-without-edge? 5:11', 'no-machines 6:11'],
  ],
  ['two controllers', machine('ip: 10.10.10.4, role: controller'), ['even-controllers? 11:41']],
  ['a missing key file', swap('id.pub', 'my.pub'), ['ssh-key-file 4:18']],
  ['a key that is none', swap('{file: id.pub}', '"ssh-ed25519 AAAA"'), ['bad-ssh-key 4:11']],
  ['a key of another type', swap('{file: id.pub}', PUBLIC_KEY.replace('ssh-ed25519', 'ssh-rsa')), ['bad-ssh-key 4:11']],
  ['a key twice', swap('{file: id.pub}', `{file: id.pub}, ${PUBLIC_KEY}`), ['duplicate-ssh-key? 4:27']],
];

export const MACHINE_CASES: readonly Case[] = [
  ['a bad name', swap('worker1', 'worker_1'), ['bad-name 8:12']],
  ['an upper-case name', swap('worker1', 'Worker1'), ['bad-name 8:12']],
  ['a name that is too long', swap('worker1', `a.${'b'.repeat(63)}`), ['bad-name 8:12']],
  ['an IP as a name', swap('worker1', '10.10.10.2'), ['bad-name 8:12']],
  ['a name twice', swap('worker2', 'worker1'), ['duplicate-name 9:12']],
  ['an IP twice', swap('10.10.10.3', '10.10.10.2'), ['duplicate-ip 9:25']],
  [
    'an IP that is another’s public address',
    machine('ip: 10.10.10.4, publicAddress: 123.234.234.123'),
    ['duplicate-ip 11:50'],
  ],
  [
    'a MAC twice',
    machine('mac: 52-54-00-AA-00-01').replace('10.10.10.2', '10.10.10.2, mac: "52:54:00:aa:00:01"'),
    ['duplicate-mac 11:24'],
  ],
  ['a leading zero', swap('10.10.10.3', '010.1.2.3'), ['bad-ip 9:25']],
  ['three numbers', swap('10.10.10.3', '10.10.10'), ['bad-ip 9:25']],
  ['a number above 255', swap('10.10.10.3', '10.10.10.256'), ['bad-ip 9:25']],
  ['a prefix length', swap('10.10.10.3', '10.10.10.3/24'), ['bad-ip 9:25']],
  ['IPv6', swap('10.10.10.3', '"fd00::1"'), ['coming-ipv6 9:25']],
  ['a loopback address', swap('10.10.10.3', '127.0.0.1'), ['unusable-address 9:25']],
  ['a multicast address', swap('10.10.10.3', '224.0.0.1'), ['unusable-address 9:25']],
  ['a controller by DHCP', swap('ip: 10.10.10.1, ', ''), ['controller-without-ip 7:5']],
  ['a private edge', swap('123.234.234.123', '192.168.1.1'), ['private-edge? 10:29']],
  ['an edge in a carrier’s NAT', swap('123.234.234.123', '100.64.0.1'), ['private-edge? 10:29']],
  [
    'an edge without an address',
    `${swap(' ip: 123.234.234.123,', '')}firewall: {enabled: false}\n`,
    ['edge-without-address? 10:5'],
  ],
  [
    'a private public address',
    swap('123.234.234.123', '192.168.1.1, publicAddress: 10.9.9.9'),
    ['private-public-address? 10:57'],
  ],
  ['a MAC that is none', machine('mac: 5254.00aa.0001'), ['bad-mac 11:24']],
  ['a multicast MAC', machine('mac: "01:00:5e:00:00:01"'), ['bad-mac 11:24']],
  [
    'a static network without a MAC',
    machine('network: {address: 10.10.10.4/24}'),
    ['static-network-without-mac? 11:19'],
  ],
  [
    'a gateway outside',
    machine('mac: "52:54:00:00:00:01", network: {address: 10.10.10.4/24, gateway: 10.10.11.1}'),
    ['gateway-outside 11:88'],
  ],
  [
    'the network’s address',
    machine('mac: "52:54:00:00:00:01", network: {address: 10.10.10.0/24}'),
    ['unusable-address 11:64'],
  ],
  [
    'the broadcast address',
    machine('mac: "52:54:00:00:00:01", network: {address: 10.10.10.255/24}'),
    ['unusable-address 11:64'],
  ],
  [
    'an address without a length',
    machine('mac: "52:54:00:00:00:01", network: {address: 10.10.10.4}'),
    ['bad-range 11:64'],
  ],
  [
    'two addresses',
    machine('ip: 10.10.10.5, mac: "52:54:00:00:00:01", network: {address: 10.10.10.4/24}'),
    ['address-mismatch 11:80'],
  ],
  [
    'a subnet over the pods',
    machine('mac: "52:54:00:00:00:01", network: {address: 10.10.10.4/8}'),
    ['overlapping-ranges 11:64'],
  ],
  [
    'a bad DNS server',
    machine('mac: "52:54:00:00:00:01", network: {address: 10.10.10.4/24, dns: [127.0.0.53]}'),
    ['unusable-address 11:85'],
  ],
  [
    'nodes by IP with DHCP',
    machine('ip: dhcp').replace('kind:', 'nodeNames: ip\nfirewall: {nodes: [10.10.10.0/24]}\nkind:'),
    ['node-name-without-ip 13:23'],
  ],
  ['a disk that is none', machine('installDisk: sda'), ['bad-disk 11:32']],
  ['a disk with a detour', machine('installDisk: /dev/../etc/passwd'), ['bad-disk 11:32']],
  ['a label kubelets may not set', machine('labels: {node-role.kubernetes.io/worker: ""}'), ['reserved-label 11:28']],
  ['a restricted label', machine('labels: {node-restriction.kubernetes.io/x: y}'), ['reserved-label 11:28']],
  ['the kubelet’s own label', machine('labels: {kubernetes.io/hostname: x}'), ['reserved-label 11:28']],
  ['a label key', machine('labels: {a b: x}'), ['bad-label 11:28']],
  ['a label value', machine('labels: {a: -x}'), ['bad-label 11:31']],
  ['another role label of an edge', swap('role: edge', 'role: edge, labels: {role: web}'), ['reserved-label 10:73']],
  ['a taint’s effect', machine('taints: ["a=b:noschedule"]'), ['bad-taint 11:28']],
  ['a taint without an effect', machine('taints: [a=b]'), ['bad-taint 11:28']],
  ['a taint’s key', machine('taints: ["-a:NoSchedule"]'), ['bad-taint 11:28']],
  ['a taint twice', machine('taints: ["a=b:NoSchedule", {key: a, effect: NoSchedule}]'), ['duplicate-taint 11:46']],
  ...[
    'etc/motd',
    '/etc/../shadow',
    '/etc/',
    '/',
    '/a//b',
    '/a b',
    '/a$b',
    '/etc/kubernetes/x',
    '/var/lib/ironkeel',
    '/etc/systemd/system/ironkeel-x.service',
    '/proc/x',
    '/usr/bin/x',
    '/var/lib/etcd/x',
  ].map((path): Case => [`the path ${path}`, machine(`files: [{path: "${path}", content: x}]`), ['unsafe-path 11:34']]),
  ['no fault in manifests of one’s own', machine('files: [{path: /etc/kubernetes/addons.d/a.yaml, content: x}]'), []],
  [
    'a file below a file',
    machine('files: [{path: /opt/a, content: x}, {path: /opt/a/b, content: x}]'),
    ['unsafe-path 11:62'],
  ],
  [
    'a file twice',
    machine('files: [{path: /opt/a, content: x}, {path: /opt/a, content: x}]'),
    ['duplicate-file 11:62'],
  ],
  ['a file mode', machine('files: [{path: /opt/a, content: x, mode: "4755"}]'), ['bad-mode 11:60']],
  ['a file without content', machine('files: [{path: /opt/a}]'), ['no-content 11:27']],
  [
    'a file with two contents',
    machine('files: [{path: /opt/a, content: x, contentFrom: id.pub}]'),
    ['two-contents 11:67'],
  ],
  ['a file with missing content', machine('files: [{path: /opt/a, contentFrom: none}]'), ['content-file 11:55']],
  ['a unit without a suffix', machine('units: [{name: backup, content: x}]'), ['bad-unit 11:34']],
  ['a unit with an unknown suffix', machine('units: [{name: backup.servise, content: x}]'), ['bad-unit 11:34']],
  ['a unit of ours', machine('units: [{name: ironkeel-adopt.service, content: x}]'), ['reserved-unit 11:34']],
  [
    'a unit twice',
    machine('units: [{name: a.timer, content: x}, {name: a.timer, content: x}]'),
    ['duplicate-unit 11:63'],
  ],
];
