import { encodeYaml } from '../../formats/yaml.js';
import { clusterMeta, clusterPermissions, configMap, role, roleBinding, serviceAccount } from '../objects.js';
import { CONFINED, CONTROL_PLANE_TOLERATIONS, deployment, fieldVariable, unprivileged } from '../pods.js';
import type { Addon, AddonContext, KubernetesObject } from '../types.js';

const NAME = 'local-path';
const CONFIG_FOLDER = '/etc/config';

/** Where machines keep volumes; it outlives a reboot, and no generation touches it. */
const VOLUMES = '/var/lib/ironkeel/volumes';

/** The default StorageClass: folders on the machines' own disks. Source: local-path-provisioner's `deploy/`. */
export const localPath: Addon = {
  name: NAME,
  enabled: ({ cluster }) => cluster.addons.localStorage,
  images: ['local-path-provisioner', 'local-path-helper'],
  on: 'workers',
  objects({ images }) {
    const texts = provisionerTexts(images);
    return [
      serviceAccount(NAME),
      ...clusterPermissions(NAME, 'ironkeel:local-path', [
        {
          apiGroups: [''],
          resources: ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'],
          verbs: READ,
        },
        { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...READ, 'create', 'patch', 'update', 'delete'] },
        { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
        { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: READ },
      ]),
      role(NAME, 'ironkeel:local-path', [
        { apiGroups: [''], resources: ['pods'], verbs: [...READ, 'create', 'patch', 'update', 'delete'] },
      ]),
      roleBinding(NAME, 'ironkeel:local-path', 'ironkeel:local-path'),
      configMap(NAME, NAME, texts),
      deployment({ addon: NAME, readAtStart: Object.values(texts), spec: podSpec(images) }, 1),
      storageClass(),
    ];
  },
};

const READ = ['get', 'list', 'watch'];

function provisionerTexts(images: AddonContext['images']): Record<string, string> {
  const nodePathMap = [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [VOLUMES] }];
  return {
    'config.json': `${JSON.stringify({ nodePathMap }, null, 2)}\n`,
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'helperPod.yaml': encodeYaml(helperPod(images)),
  };
}

/** Makes or removes a volume's folder, as root on the volume's machine; the provisioner adds node, mounts and command. */
function helperPod(images: AddonContext['images']) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'local-path-helper' },
    spec: {
      priorityClassName: 'system-node-critical',
      tolerations: [
        { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
        ...CONTROL_PLANE_TOLERATIONS,
      ],
      containers: [
        {
          name: 'helper',
          image: images['local-path-helper'],
          imagePullPolicy: 'IfNotPresent',
          resources: { requests: { cpu: '10m', memory: '16Mi' } },
        },
      ],
    },
  };
}

function podSpec(images: AddonContext['images']) {
  return {
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    securityContext: unprivileged(65534),
    containers: [
      {
        name: 'provisioner',
        image: images['local-path-provisioner'],
        imagePullPolicy: 'IfNotPresent',
        command: ['local-path-provisioner'],
        args: [
          'start',
          `--config=${CONFIG_FOLDER}/config.json`,
          `--configmap-name=${NAME}`,
          `--helper-image=${images['local-path-helper']}`,
          `--service-account-name=${NAME}`,
        ],
        env: [
          fieldVariable('POD_NAMESPACE', 'metadata.namespace'),
          { name: 'CONFIG_MOUNT_PATH', value: CONFIG_FOLDER },
        ],
        resources: { requests: { cpu: '10m', memory: '32Mi' } },
        securityContext: CONFINED,
        volumeMounts: [{ name: 'config', mountPath: CONFIG_FOLDER, readOnly: true }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: NAME } }],
  };
}

function storageClass(): KubernetesObject {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { ...clusterMeta(NAME, 'local-path'), annotations },
    provisioner: 'rancher.io/local-path',
    // A folder is made where the pod goes.
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  };
}
