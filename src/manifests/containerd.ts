import { encodeUnit, unitEnvironment } from '../formats/systemd.js';
import { encodeToml } from '../formats/toml.js';
import { encodeYaml } from '../formats/yaml.js';
import type { Cluster, Registry } from '../inventory/types.js';
import type { HostFile, HostPaths, HostUnit } from '../plan/index.js';
import { rootFile } from '../plan/index.js';

const CONFIG_PATH = '/etc/containerd/config.toml';
const REGISTRIES = '/etc/containerd/certs.d';
const SOCKET = 'unix:///run/containerd/containerd.sock';

/**
 * containerd's configuration, the registries' mirrors, and where `crictl` finds it, as files. Version 2 of the
 * format, since both the 1.7 of long-term releases and every 2.x read it. Source: containerd `docs/cri/config.md`
 * and `docs/hosts.md`.
 *
 * @param pauseImage the image that holds a pod's namespaces; containerd never lets go of it
 */
export function containerdFiles({ registries }: Cluster, paths: HostPaths, pauseImage: string): HostFile[] {
  return [
    rootFile(CONFIG_PATH, encodeToml(configuration(paths, pauseImage))),
    ...registries.map(registryFile),
    rootFile('/etc/crictl.yaml', encodeYaml({ 'runtime-endpoint': SOCKET, 'image-endpoint': SOCKET, timeout: 10 })),
  ];
}

function configuration({ cniBinDir }: HostPaths, pauseImage: string) {
  const runc = { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } };
  return {
    version: 2,
    // For what a machine needs and no other; it need not exist.
    imports: ['/etc/containerd/conf.d/*.toml'],
    plugins: {
      'io.containerd.grpc.v1.cri': {
        sandbox_image: pauseImage,
        cni: { bin_dir: cniBinDir, conf_dir: '/etc/cni/net.d' },
        containerd: { default_runtime_name: 'runc', runtimes: { runc } },
        registry: { config_path: REGISTRIES },
      },
    },
  };
}

/** One `hosts.toml` a registry: its mirrors in the order given, the registry itself last. */
function registryFile({ host, mirrors }: Registry): HostFile {
  const hosts = Object.fromEntries(mirrors.map((mirror) => [mirror, { capabilities: ['pull', 'resolve'] }]));
  return rootFile(`${REGISTRIES}/${host}/hosts.toml`, encodeToml({ server: upstreamUrl(host), host: hosts }));
}

/** Docker Hub answers on another host than the one its images are named by. */
function upstreamUrl(host: string): string {
  return `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`;
}

/**
 * containerd's unit. Where the operating system brings containerd it only gets a drop-in: the configuration (the
 * variable is Flatcar's) and the proxy. Elsewhere it is upstream's unit, for the program that `install.sh` places.
 */
export function containerdUnit(cluster: Cluster, paths: HostPaths, brought: boolean): HostUnit {
  const variables = { CONTAINERD_CONFIG: CONFIG_PATH, ...proxyVariables(cluster) };
  const dropIn = encodeUnit({ Service: { Environment: unitEnvironment(variables) } });
  const dropIns = [{ name: '20-ironkeel.conf', content: dropIn }];
  const content = brought ? undefined : upstreamUnit(paths);
  return { name: 'containerd.service', content, dropIns, state: 'enabled' };
}

function upstreamUnit({ binDir }: HostPaths): string {
  const program = `${binDir}/containerd`;
  return encodeUnit({
    Unit: {
      Description: 'containerd container runtime',
      Documentation: 'https://containerd.io',
      After: ['network.target', 'local-fs.target', 'dbus.service', 'ironkeel-adopt.service'],
      // Until the installation has placed it there is nothing to start; then it does that.
      ConditionFileIsExecutable: program,
      StartLimitIntervalSec: 0,
    },
    Service: {
      ExecStart: program,
      Type: 'notify',
      Delegate: true,
      KillMode: 'process',
      Restart: 'always',
      RestartSec: 5,
      LimitNPROC: 'infinity',
      LimitCORE: 'infinity',
      TasksMax: 'infinity',
      OOMScoreAdjust: -999,
    },
    Install: { WantedBy: 'multi-user.target' },
  });
}

/** How programs are told of the proxy; nothing without one. */
export function proxyVariables({ proxy, ...cluster }: Cluster): Record<string, string> {
  if (proxy === undefined) return {};
  const { http, https } = proxy;
  return {
    ...(http === undefined ? {} : { HTTP_PROXY: http }),
    ...(https === undefined ? {} : { HTTPS_PROXY: https }),
    NO_PROXY: directHosts({ ...cluster, proxy }).join(','),
  };
}

/** What is reached without the proxy: the cluster's own names and ranges, then what the user adds. */
export function directHosts({ proxy, podRange, serviceRange, clusterDomain, endpoint }: Cluster): string[] {
  const own = ['localhost', '127.0.0.1', podRange, serviceRange, '.svc', `.${clusterDomain}`, endpoint.host];
  return [...new Set([...own, ...(proxy?.noProxy ?? [])])];
}
