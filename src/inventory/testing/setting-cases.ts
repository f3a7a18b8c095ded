import { type Case, field, GUIDE, machine } from './cases.js';

/** The guide's machines with every setting of the cluster's software. */
export const SETTINGS = `${GUIDE}kubernetes:
  apiServer: {flags: {max-requests-inflight: 800, profiling: true, api-audiences: [a, b], goaway-chance: 0.001}}
  controllerManager: {flags: {node-monitor-grace-period: 60s}}
  etcd: {flags: {auto-compaction-retention: 1h, quota-backend-bytes: 8589934592}}
  kubelet:
    config: {maxPods: 200, evictionHard: {memory.available: 5%}, nodeStatusUpdateFrequency: 20s, containerLogMaxSize: 50Mi}
  kubeProxy: {config: {conntrack: {maxPerCore: 0}}}
network: {cni: none}
controlPlane: {schedulable: true}
addons: {localStorage: false}
ingress: {defaultBackend: {image: "registry.lan:5000/lost/found:1", port: 80}, redirectToHttps: true, trustedProxies: [10.0.0.0/8, 192.0.2.7]}
firewall: {nodes: [10.10.10.0/24], ssh: [10.0.0.0/8, 192.168.1.7], api: [0.0.0.0/0]}
artefactMirror: http://mirror.lan
images:
  preload:
    - {source: images/app.tar, sha256: ${'0123456789ABCDEF'.repeat(4)}, roles: [worker, edge, worker]}
    - {source: "https://mirror.lan/base.tar", sha256: ${'fedcba9876543210'.repeat(4)}}
`;

/** What an external etcd lacks that only has endpoints. */
const EXTERNAL_HALVES = Array<string>(3).fill('missing-field 11:18');
const SUM = '0123456789abcdef'.repeat(4);
/** The guide's machines that are no edges, eight lines. */
const WITHOUT_EDGE = GUIDE.replace(/^domains: .*\n/m, '').replace(/^.*role: edge.*\n/m, '');
/** Line 11: an archive of images with more fields behind the first two. */
const preload = (more: string, source = 'https://mirror.lan/app.tar', sum = SUM) =>
  field(`images: {preload: [{source: "${source}", sha256: ${sum}${more}}]}`);
/** Line 11: flags or configuration of one component. */
const flags = (component: string, text: string) => field(`kubernetes: {${component}: {flags: {${text}}}}`);
const config = (component: string, text: string) => field(`kubernetes: {${component}: {config: {${text}}}}`);

/** Line 11: another edge; line 12: an address that moves between the two. */
const floating = (line: string, address = '123.234.234.200') =>
  `${machine(`role: edge, ${line}`)}ingress: {floatingAddress: ${address}}\n`;

export const SETTING_SHAPE_CASES: readonly Case[] = [
  ['Calico', field('network: {cni: Calico}'), ['coming-value 11:16']],
  ['an unknown network plugin', field('network: {cni: bridge}'), ['unknown-value 11:16']],
  ['a network plugin in another place', field('cni: flannel'), ['unknown-field 11:1']],
  ['flags of the kubelet', field('kubernetes: {kubelet: {flags: {v: 4}}}'), ['unknown-field 11:24']],
  ['a component in another place', field('kubelet: {config: {maxPods: 50}}'), ['unknown-field 11:1']],
  ['no value of a flag', field('kubernetes: {etcd: {flags: {metrics: }}}'), ['wrong-type 11:29']],
  ['a mapping as a flag', field('kubernetes: {etcd: {flags: {metrics: {a: b}}}}'), ['wrong-type 11:38']],
  ['numbers in a list of a flag', field('kubernetes: {etcd: {flags: {cors: [1, a]}}}'), ['wrong-type 11:36']],
  ['a list as configuration', field('kubernetes: {kubelet: {config: [maxPods]}}'), ['wrong-type 11:32']],
  ['text as a switch', field('addons: {metricsServer: "no"}'), ['wrong-type 11:25']],
  ['an unknown addon', field('addons: {metricServer: true}'), ['unknown-field 11:10']],
  ['flags of etcd in another place', field('etcd: {flags: {metrics: basic}}'), ['unknown-field 11:8']],
  ['half an external etcd', field('etcd: {external: {endpoints: ["https://e:2379"]}}'), EXTERNAL_HALVES],
  ['no endpoint', field('etcd: {external: {endpoints: []}}'), [...EXTERNAL_HALVES, 'empty-list 11:30']],
  ['nobody for SSH', field('firewall: {ssh: []}'), ['empty-list 11:17']],
  ['one range for SSH', field('firewall: {ssh: 10.0.0.0/8}'), ['wrong-type 11:17']],
  ['a retired ingress', field('ingress: {controller: ingress-nginx}'), ['retired-value 11:23']],
  ['the community’s ingress', field('ingress: {controller: community}'), ['retired-value 11:23']],
  ['F5’s ingress', field('ingress: {controller: NGINX}'), ['coming-value 11:23']],
  ['a name of JavaScript’s as an ingress', field('ingress: {controller: constructor}'), ['unknown-value 11:23']],
  ['an unknown ingress', field('ingress: {controller: apache}'), ['unknown-value 11:23']],
  ['an ingress as text', field('ingress: traefik'), ['wrong-type 11:10']],
  ['a port that is none', field('ingress: {defaultBackend: {port: 65536}}'), ['out-of-bounds 11:34']],
  ['an archive without a sum', field('images: {preload: [{source: "https://m/a.tar"}]}'), ['missing-field 11:20']],
  ['an unknown role of an archive', preload(', roles: [master]'), ['unknown-value 11:141']],
];

export const SETTING_CASES: readonly Case[] = [
  ['an unknown flag', flags('apiServer', 'max-request-inflight: 5'), ['unknown-option 11:34']],
  ['a flag in camel case', flags('scheduler', 'kubeApiQps: 5'), ['unknown-option 11:34']],
  ['a flag with dashes', flags('scheduler', '--v: 4'), ['unknown-option 11:34']],
  ['a flag of another component', flags('scheduler', 'max-requests-inflight: 5'), ['unknown-option 11:34']],
  ['a number as a switch', flags('scheduler', 'profiling: 1'), ['bad-option 11:45']],
  ['text as a number', flags('apiServer', 'max-requests-inflight: many'), ['bad-option 11:57']],
  ['a duration without a unit', flags('apiServer', 'min-request-timeout: 5, request-timeout: 5'), ['bad-option 11:75']],
  ['a list as a duration', flags('apiServer', 'request-timeout: [5s]'), ['bad-option 11:51']],
  ['a list as text', flags('apiServer', 'api-audiences: [a, b], tls-min-version: [a]'), []],
  ['a line break in a flag', flags('apiServer', 'api-audiences: "a\\nb"'), ['bad-option 11:49']],
  ['a number YAML rounds', flags('etcd', 'quota-backend-bytes: 12345678901234567890'), ['bad-option 11:50']],
  ['an address of our own', flags('apiServer', 'advertise-address: 10.0.0.1'), ['reserved-option 11:34']],
  ['a flag of ours with dashes', flags('apiServer', '--etcd-servers: x'), ['reserved-option 11:34']],
  ['another folder of etcd', flags('etcd', 'data-dir: /data'), ['reserved-option 11:29']],
  ['other members of etcd', flags('etcd', 'initial-cluster-token: x'), ['reserved-option 11:29']],
  ['a feature gate', flags('apiServer', 'feature-gates: [A=true]'), ['feature-gates? 11:34']],
  ['more admission', flags('apiServer', 'enable-admission-plugins: [AlwaysPullImages]'), []],
  ['NodeRestriction off', flags('apiServer', 'disable-admission-plugins: [A, NodeRestriction]'), ['bad-option 11:61']],
  ['OpenID Connect', flags('apiServer', 'oidc-client-id: x'), ['reserved-option 11:34']],
  ['a file nobody sees', flags('apiServer', 'audit-webhook-config-file: /etc/a'), ['unseen-file? 11:61']],
  ['serial pulls', config('kubelet', 'serializeImagePulls: true'), ['bad-option 11:54']],
  ['serial pulls, one at a time', config('kubelet', 'serializeImagePulls: true, maxParallelImagePulls: 1'), []],
  ['two ways to shut down', config('kubelet', 'shutdownGracePeriod: 1m'), ['reserved-option 11:33']],
  [
    'flags of a version not on record',
    field('kubernetes: {version: "1.34.12", apiServer: {flags: {colour: red, etcd-prefix: x}}}'),
    ['unchecked-options? 11:46', 'reserved-option 11:67'],
  ],
  [
    'flags of a version that is none',
    field('kubernetes: {version: "1.9.0", apiServer: {flags: {colour: red}}}'),
    ['unsupported-version 11:23'],
  ],
  ['an unknown field of the kubelet', config('kubelet', 'maxPod: 50'), ['unknown-option 11:33']],
  ['text as a field’s number', config('kubelet', 'maxPods: "50"'), ['bad-option 11:42']],
  ['a mapping as a field’s text', config('kubelet', 'cpuManagerPolicy: {}'), ['bad-option 11:51']],
  ['nothing as a field', config('kubelet', 'evictionHard: '), ['bad-option 11:33']],
  ['the kubelet’s DNS', config('kubelet', 'clusterDNS: [1.1.1.1]'), ['reserved-option 11:33']],
  ['the kubelet’s gates', config('kubelet', 'featureGates: {A: true}'), ['feature-gates? 11:33']],
  ['kube-proxy’s range', config('kubeProxy', 'clusterCIDR: 10.2.0.0/16'), ['reserved-option 11:35']],
  [
    'policies without flannel',
    field('network: {cni: none}\naddons: {networkPolicy: true}'),
    ['policy-without-flannel 12:25'],
  ],
  ['an overlay in public', machine('ip: 123.234.234.9'), ['public-overlay? 11:23']],
  ['an overlay across the Internet', machine('ip: 203.0.114.9'), ['untrusted-overlay 11:23']],
  [
    'an overlay across networks of one’s own',
    `${machine('ip: 203.0.114.9')}network: {trusted: [203.0.114.0/24, 123.234.234.0/24]}\n`,
    [],
  ],
  [
    'what is trusted as no range',
    `${machine('ip: 203.0.114.9')}network: {trusted: [203.0.114.9/24, all]}\n`,
    ['untrusted-overlay 11:23', 'bad-range 12:21', 'bad-range 12:37'],
  ],
  ['an overlay of one’s own in public', `${machine('ip: 203.0.114.9')}network: {cni: none}\n`, []],
  [
    'no machine for pods',
    `${GUIDE.slice(0, GUIDE.indexOf('  - {name: worker1'))}controlPlane: {schedulable: false}\n`,
    ['domain-without-edge? 5:11', 'no-worker? 8:29'],
  ],
  ['a machine by DHCP', machine('ip: dhcp'), ['firewall-nodes 11:23']],
  [
    'machines by DHCP',
    machine('ip: dhcp').replace('ip: 10.10.10.3', 'mac: "52:54:00:00:00:03"'),
    ['firewall-nodes 9:5'],
  ],
  ['a machine by DHCP from a known range', `${machine('ip: dhcp')}firewall: {nodes: [10.10.10.0/24]}\n`, []],
  ['a machine by DHCP without a firewall', `${machine('ip: dhcp')}firewall: {enabled: false}\n`, []],
  ['an address as the machines’ range', field('firewall: {nodes: [10.10.10.1]}'), ['bad-range 11:20']],
  ['a range with a wrong end', field('firewall: {api: [10.10.10.1/24]}'), ['bad-range 11:18']],
  ['a name in the firewall', field('firewall: {ssh: [home.example.com]}'), ['bad-ip 11:18']],
  ['no ingress', field('ingress: {controller: none}'), []],
  [
    'an ingress, and settings of none',
    field('ingress: {controller: none, trustedProxies: [10.0.0.0/8]}'),
    ['unused-ingress-setting? 11:45'],
  ],
  ['everybody as a proxy', field('ingress: {trustedProxies: [0.0.0.0/0]}'), ['everybody-trusted? 11:28']],
  ['a name as a proxy', field('ingress: {trustedProxies: [10.0.0.1/8, lb.lan]}'), ['bad-range 11:28', 'bad-ip 11:40']],
  ['no image', field('ingress: {defaultBackend: {image: "Not Found"}}'), ['bad-image 11:35']],
  [
    'an image without a part of its path',
    field('ingress: {defaultBackend: {image: "r.lan//a:1"}}'),
    ['bad-image 11:35'],
  ],
  ['an image by its digest', field(`ingress: {defaultBackend: {image: "r.lan:5000/a/b@sha256:${SUM}"}}`), []],
  ['a floating address of two edges', floating('ip: 123.234.234.124'), []],
  [
    'a floating address of one edge',
    field('ingress: {floatingAddress: 123.234.234.200}'),
    ['floating-address-alone? 11:28'],
  ],
  [
    'a floating address without an edge',
    `${WITHOUT_EDGE}ingress: {controller: none, floatingAddress: 10.10.10.9}\n`,
    ['floating-address-alone? 9:46'],
  ],
  ['a floating address that is none', floating('ip: 123.234.234.124', '123.234.234'), ['bad-ip 12:28']],
  ['a machine’s address as the floating one', floating('ip: 123.234.234.124', '10.10.10.2'), ['duplicate-ip 12:28']],
  [
    'a floating address of an edge by DHCP',
    `${floating('ip: dhcp')}firewall: {nodes: [123.234.234.0/24]}\n`,
    ['floating-address-unknown 11:35', 'edge-without-address? 11:35'],
  ],
  [
    'a floating address of another segment',
    floating('mac: "52:54:00:00:00:04", network: {address: 123.234.235.9/24}'),
    ['untrusted-overlay 11:76', 'floating-address-outside 11:76'],
  ],
  [
    'the address of all hosts as the floating one',
    floating('mac: "52:54:00:00:00:04", network: {address: 123.234.234.9/29}', '123.234.234.15'),
    ['floating-address-outside 11:76'],
  ],
  [
    'the router’s address as the floating one',
    floating('mac: "52:54:00:00:00:04", network: {address: 123.234.234.9/24, gateway: 123.234.234.200}'),
    ['duplicate-ip 12:28'],
  ],
  [
    'a pod’s address as the floating one',
    floating('ip: 123.234.234.124', '10.2.0.9'),
    ['address-in-range 12:28', 'private-floating-address? 12:28'],
  ],
  [
    'edges of which one seems to be elsewhere',
    floating('ip: 10.10.10.9, publicAddress: 123.234.234.6'),
    ['floating-address-apart? 11:35'],
  ],
  ['a private floating address', floating('ip: 123.234.234.124', '10.10.10.9'), ['private-floating-address? 12:28']],
  [
    'a floating address as the endpoint',
    `${floating('ip: 123.234.234.124')}endpoint: 123.234.234.200:6443\n`,
    ['endpoint-not-controller? 13:11'],
  ],
  ['a floating address in another place', field('floatingAddress: 123.234.234.200'), ['unknown-field 11:1']],
  ['an ingress without an edge', `${WITHOUT_EDGE}ingress: {controller: traefik}\n`, ['ingress-without-edge 9:23']],
  [
    'a default backend without an edge',
    `${WITHOUT_EDGE}ingress: {defaultBackend: {port: 80}}\n`,
    ['ingress-without-edge 9:10'],
  ],
  ['no ingress without an edge', `${WITHOUT_EDGE}ingress: {controller: none}\n`, []],
  ['a wrong sum of an archive', preload('', 'https://m.lan/a', 'abc'), ['bad-checksum 11:56']],
  ['an archive by FTP', preload('', 'ftp://m.lan/a'), ['bad-url 11:29']],
  ['an archive above the mirror', preload('', '../a'), ['bad-source 11:29']],
  ['an archive below no mirror', preload('', 'images/a.tar'), ['no-mirror? 11:29']],
  ['an archive below the mirror', `${preload('', 'images/a.tar')}artefactMirror: https://m.lan\n`, []],
  [
    'an archive twice',
    preload(`}, {source: "https://m.lan/a", sha256: ${SUM}`, 'https://m.lan/a'),
    ['duplicate-archive 11:132'],
  ],
];
