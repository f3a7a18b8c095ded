import { encodeYaml } from '../../formats/yaml.js';
import type { Domain } from '../../inventory/types.js';
import { COMPONENT_USERS } from '../../manifests/users.js';
import { domainCertificate } from '../../pki/paths.js';
import type { ClusterPlan, HostFile, Node } from '../../plan/index.js';
import { hasIngress, rootFile } from '../../plan/index.js';

/** What Traefik on an edge reads of its machine: this folder and nothing else. */
export const INGRESS_DIR = '/etc/kubernetes/ingress';

/**
 * The certificates that an edge's Traefik serves its domains with, and their keys, which are on the edges alone: no
 * Secret holds them. All in one file, so that a certificate never is beside the key of another; Traefik reads it again
 * whenever it changes.
 *
 * @throws Error when a certificate is not among the machine's files.
 */
export function ingressFiles(plan: ClusterPlan, node: Node, pkiFiles: readonly HostFile[]): HostFile[] {
  if (!hasIngress(plan, node)) return [];
  const served = plan.cluster.domains.filter(({ edges }) => edges.includes(node.machine.name));
  const pairOf = ({ name }: Domain) => certificatePair(domainCertificate(name), pkiFiles);
  const [first] = served.map(pairOf);
  // Of two certificates for the very same names Traefik shows one, and which is not said.
  const pairs = served.filter(({ acme }) => acme?.wildcard !== true).map(pairOf);
  const tls = {
    ...(pairs.length === 0 ? {} : { certificates: pairs }),
    // Whoever asks for a host that nobody knows gets an answer too, in the first domain's name.
    ...(first === undefined ? {} : { stores: { default: { defaultCertificate: first } } }),
    options: { default: { minVersion: 'VersionTLS12' } },
  };
  const { ingress } = COMPONENT_USERS;
  return [{ ...rootFile(`${INGRESS_DIR}/traefik.yaml`, encodeYaml({ tls }), 0o600), uid: ingress, gid: ingress }];
}

function certificatePair(base: string, pkiFiles: readonly HostFile[]) {
  return { certFile: textOf(`${base}.pem`, pkiFiles), keyFile: textOf(`${base}-key.pem`, pkiFiles) };
}

function textOf(wanted: string, files: readonly HostFile[]): string {
  const file = files.find(({ path }) => path === wanted);
  if (file === undefined) throw new Error(`no ${wanted}`);
  return new TextDecoder().decode(file.content);
}
