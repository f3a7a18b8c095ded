import { encodeYaml, type YamlValue } from '../formats/yaml.js';
import type { HostFile } from '../plan/index.js';
import { rootFile } from '../plan/index.js';
import { auditPolicy } from './audit-policy.js';
import type { ControlPlaneContext } from './control-plane.js';
import { API_SERVER, EXTERNAL_ETCD_PKI } from './paths.js';
import { COMPONENT_USERS } from './users.js';

/** The files the API server's flags point at; those that hold keys are its own alone. */
export function apiServerConfiguration({ plan, secrets }: ControlPlaneContext): HostFile[] {
  return [
    yamlFile(API_SERVER.authentication, authentication()),
    yamlFile(API_SERVER.admission, admission()),
    yamlFile(API_SERVER.audit, auditPolicy()),
    ownFile(API_SERVER.encryption, encodeYaml(encryption(secrets.encryptionKeys))),
    ...externalEtcdFiles(plan.cluster.etcd.external),
  ];
}

function yamlFile(path: string, value: YamlValue): HostFile {
  return rootFile(path, encodeYaml(value));
}

function ownFile(path: string, text: string): HostFile {
  return { ...rootFile(path, text, 0o600), uid: COMPONENT_USERS.controlPlane, gid: COMPONENT_USERS.controlPlane };
}

/** Nobody anonymous but for the question whether it is well, which the balancers ask. */
function authentication() {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    anonymous: {
      enabled: true,
      conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }],
    },
  };
}

/** Pods that could take over their machine need a namespace that says it allows them, as Kubernetes' own does. */
function admission() {
  const configuration = {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    defaults: {
      enforce: 'baseline',
      'enforce-version': 'latest',
      audit: 'restricted',
      'audit-version': 'latest',
      warn: 'restricted',
      'warn-version': 'latest',
    },
    exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
  };
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [{ name: 'PodSecurity', configuration }],
  };
}

/** The first key encrypts, all decrypt; what was written before there was one is still read. */
function encryption(encryptionKeys: ControlPlaneContext['secrets']['encryptionKeys']) {
  const keys = encryptionKeys.map(({ name, secret }) => ({ name, secret }));
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets'], providers: [{ secretbox: { keys } }, { identity: {} }] }],
  };
}

function externalEtcdFiles(external: ControlPlaneContext['plan']['cluster']['etcd']['external']): HostFile[] {
  if (external === undefined) return [];
  return [
    ownFile(EXTERNAL_ETCD_PKI.ca, external.ca),
    ownFile(EXTERNAL_ETCD_PKI.certificate, external.certificate),
    ownFile(EXTERNAL_ETCD_PKI.key, external.key),
  ];
}
