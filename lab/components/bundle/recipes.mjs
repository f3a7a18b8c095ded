// What each image is made of, by the component it is in `componentImages`. A recipe is plain data:
//   programs     path in the image → [module folder, program] of build.sh, or a C source
//   debian       paths out of Debian's packages, with the libraries they need
//   applets      names under which a static busybox is there, or `all`
//   files        path → [mode, text]
//   directories  path → mode
//   entrypoint, cmd, user, workingDir   as the upstream image has them
//   env          variables besides PATH
//   with         left out unless the bundle is made `--with` this: what takes long to build and few clusters run
//   note         how it differs from upstream's image, for its label

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What an image on Alpine has at hand, as far as manifests and people use it. */
const SHELL = [
  'sh',
  'cat',
  'chmod',
  'cp',
  'grep',
  'head',
  'ls',
  'mkdir',
  'mv',
  'rm',
  'sleep',
  'tail',
  'test',
  'touch',
  'wget',
];
const IPTABLES = ['iptables', 'ip6tables'].flatMap((name) =>
  ['', '-save', '-restore'].map((suffix) => [`usr/sbin/${name}${suffix}`, 'xtables-nft-multi']),
);
/** What programs need that set up packet filters. */
const NETFILTER = {
  debian: [
    // Without the names of the protocols nft lists `6` for `tcp`, and kube-proxy takes its own rules for leftovers.
    'etc/protocols',
    'etc/services',
    'usr/bin/ip',
    'usr/bin/kmod',
    'usr/lib/x86_64-linux-gnu/xtables',
    'usr/sbin/conntrack',
    'usr/sbin/ipset',
    'usr/sbin/nft',
    'usr/sbin/xtables-nft-multi',
  ],
  links: Object.fromEntries([...IPTABLES, ['usr/sbin/modprobe', '../bin/kmod'], ['usr/sbin/ip', '../bin/ip']]),
  applets: SHELL,
  labelled: ['nftables', 'iptables', 'conntrack', 'iproute2'],
};

const kubernetesProgram = (name) => ({
  programs: { [`usr/local/bin/${name}`]: ['kubernetes', name] },
  entrypoint: [`/usr/local/bin/${name}`],
});

/** Where the published images have their programs, and the user they run as. */
const certManagerProgram = (name) => ({
  programs: { [`app/cmd/${name}/${name}`]: ['cert-manager', name] },
  entrypoint: [`/app/cmd/${name}/${name}`],
  user: '1000',
  with: 'acme',
  note: 'the released packages behind a command line of the lab: it takes a configuration file and no other flag',
});

export const RECIPES = {
  pause: { programs: { pause: 'bundle/pause.c' }, entrypoint: ['/pause'], user: '65535:65535' },
  etcd: {
    programs: {
      'usr/local/bin/etcd': ['etcd', 'server'],
      'usr/local/bin/etcdctl': ['etcd', 'etcdctl'],
      'usr/local/bin/etcdutl': ['etcd', 'etcdutl'],
    },
    directories: { 'var/etcd': 0o755, 'var/lib/etcd': 0o700 },
    cmd: ['/usr/local/bin/etcd'],
    workingDir: '/var/etcd',
  },
  'kube-apiserver': kubernetesProgram('kube-apiserver'),
  'kube-controller-manager': kubernetesProgram('kube-controller-manager'),
  'kube-scheduler': kubernetesProgram('kube-scheduler'),
  'kube-proxy': { ...kubernetesProgram('kube-proxy'), ...NETFILTER },
  balancer: {
    debian: ['usr/sbin/haproxy'],
    links: { 'usr/local/sbin/haproxy': '../../sbin/haproxy' },
    applets: SHELL,
    labelled: ['haproxy'],
    // Upstream's script runs it in the foreground as the container's first process; so does this line.
    cmd: ['haproxy', '-W', '-db', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
    note: 'not the release of the tag, and without the script of the upstream image',
  },
  'edge-echo': {
    programs: { 'bin/go-httpbin': ['go-httpbin', 'go-httpbin'] },
    cmd: ['/bin/go-httpbin'],
    user: '65532:65532',
  },
  coredns: {
    programs: { coredns: ['coredns', 'coredns'] },
    entrypoint: ['/coredns'],
    user: '65532:65532',
    workingDir: '/',
    note: 'without the file capability of the upstream image: port 53 needs unprivileged ports, as containerd grants',
  },
  flannel: {
    programs: { 'opt/bin/flanneld': ['flannel', 'flannel'] },
    ...NETFILTER,
    entrypoint: ['/opt/bin/flanneld'],
    note: 'without the backend for Tencent Cloud, IPsec and WireGuard tools',
  },
  'flannel-cni-plugin': {
    programs: { flannel: ['flannel-cni-plugin', 'flannel'] },
    applets: SHELL,
    note: 'the plugin as containernetworking/plugins v0.9.1 had it, before it moved to flannel-io',
  },
  'network-policy': {
    programs: { 'usr/bin/calico-node': ['calico', 'calico-node'] },
    ...NETFILTER,
    labelled: [...NETFILTER.labelled, 'ipset'],
    // Upstream's command starts several daemons; the manifest names the one it wants.
    cmd: ['start_runit'],
    note: 'the agent alone: without BIRD, runit and eBPF',
  },
  'network-policy-cni': {
    programs: { 'opt/cni/bin/calico': ['calico', 'calico'], 'opt/cni/bin/install': ['calico', 'install'] },
    cmd: ['/opt/cni/bin/install'],
    workingDir: '/opt/cni/bin',
    note: 'without calico-ipam and the other plugins of the upstream image',
  },
  'metrics-server': {
    programs: { 'metrics-server': ['metrics-server', 'metrics-server'] },
    entrypoint: ['/metrics-server'],
    user: '65534',
  },
  'local-path-provisioner': {
    programs: { 'usr/bin/local-path-provisioner': ['local-path-provisioner', 'local-path-provisioner'] },
    applets: SHELL,
    cmd: ['local-path-provisioner'],
    note: 'v0.0.30, the newest release that the Go checksum database knows',
  },
  traefik: {
    programs: { 'usr/local/bin/traefik': ['traefik', 'traefik'] },
    // Upstream's script puts the program's name before flags; the manifest gives flags alone.
    entrypoint: ['/usr/local/bin/traefik'],
    note: 'the program of the release, without the script and the distribution of the upstream image',
  },
  keepalived: {
    // Debian's program reads what it was built with from a file.
    debian: ['etc/keepalived/keepalived.config-opts', 'usr/bin/curl', 'usr/bin/ip', 'usr/sbin/keepalived'],
    links: { 'usr/sbin/ip': '../bin/ip' },
    applets: SHELL,
    labelled: ['keepalived', 'curl', 'iproute2'],
    note: 'not the release of the tag, and on another distribution than the published image',
  },
  // No source of Headlamp can be had where the lab is built.
  headlamp: {
    programs: { echo: ['echo', 'echo'] },
    entrypoint: ['/echo'],
    env: { PORT: '4466' },
    note: 'not Headlamp but a program in its place, which answers each request with what it saw of it',
  },
  'local-path-helper': { applets: 'all', labelled: ['busybox-static'], cmd: ['sh'] },
  'cert-manager-controller': {
    ...certManagerProgram('controller'),
    note: `${certManagerProgram('controller').note}; without the Venafi issuer`,
  },
  'cert-manager-webhook': certManagerProgram('webhook'),
  'cert-manager-cainjector': certManagerProgram('cainjector'),
  'cert-manager-acmesolver': { ...certManagerProgram('acmesolver'), note: 'the command line is of the lab' },
};

/** Images that tests use beside the cluster's own, by full name. */
export const TEST_RECIPES = {
  // What `bench/edge.mjs` holds the edge against.
  'lab.local/nginx:1': {
    debian: ['usr/sbin/nginx'],
    entrypoint: ['/usr/sbin/nginx'],
    user: '65532:65532',
    labelled: ['nginx'],
  },
  'lab.local/echo:1': { programs: { echo: ['echo', 'echo'] }, entrypoint: ['/echo'], user: '65532:65532' },
};

export const ENVIRONMENT = { PATH };
