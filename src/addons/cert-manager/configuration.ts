import { encodeYaml, type YamlValue } from '../../formats/yaml.js';
import type { ComponentImages } from '../../releases/images.js';
import { CAINJECTOR, CONTROLLER, ISSUER, NAMESPACE, WEBHOOK, WEBHOOK_CA } from './names.js';

/** The folder and the file of a part's configuration in its container. */
export const CONFIG_FOLDER = '/etc/cert-manager';
export const CONFIG_FILE = 'config.yaml';

export const WEBHOOK_PORT = 10250;
export const WEBHOOK_HEALTH_PORT = 6080;
export const CONTROLLER_HEALTH_PORT = 9403;

const ELECTION = { enabled: true, namespace: NAMESPACE };

/** What each part reads when it starts, by its name. Source: cert-manager's `pkg/apis/config`. */
export function configurationTexts(images: ComponentImages): Readonly<Record<string, string>> {
  const configurations: Record<string, YamlValue> = {
    [CONTROLLER]: controllerConfiguration(images),
    [WEBHOOK]: webhookConfiguration(),
    [CAINJECTOR]: injectorConfiguration(),
  };
  return Object.fromEntries(Object.entries(configurations).map(([name, value]) => [name, encodeYaml(value)]));
}

function controllerConfiguration(images: ComponentImages) {
  return {
    apiVersion: 'controller.config.cert-manager.io/v1alpha1',
    kind: 'ControllerConfiguration',
    clusterResourceNamespace: NAMESPACE,
    // No machine has a cloud's identity to lend.
    clusterIssuerAmbientCredentials: false,
    leaderElectionConfig: ELECTION,
    healthzListenAddress: `0.0.0.0:${CONTROLLER_HEALTH_PORT}`,
    // For Ingresses with the annotation kubernetes.io/tls-acme.
    ingressShimConfig: { defaultIssuerName: ISSUER, defaultIssuerKind: 'ClusterIssuer' },
    acmeHTTP01Config: { solverImage: images['cert-manager-acmesolver'] },
  };
}

function webhookConfiguration() {
  const service = `${WEBHOOK}.${NAMESPACE}`;
  return {
    apiVersion: 'webhook.config.cert-manager.io/v1alpha1',
    kind: 'WebhookConfiguration',
    securePort: WEBHOOK_PORT,
    healthzPort: WEBHOOK_HEALTH_PORT,
    tlsConfig: {
      dynamic: {
        secretNamespace: NAMESPACE,
        secretName: WEBHOOK_CA,
        dnsNames: [WEBHOOK, service, `${service}.svc`],
      },
    },
  };
}

/** It has the webhook's authority to place, and looks at nothing else. */
function injectorConfiguration() {
  return {
    apiVersion: 'cainjector.config.cert-manager.io/v1alpha1',
    kind: 'CAInjectorConfiguration',
    namespace: NAMESPACE,
    leaderElectionConfig: ELECTION,
    enableDataSourceConfig: { certificates: false },
    enableInjectableConfig: {
      validatingWebhookConfigurations: true,
      mutatingWebhookConfigurations: true,
      customResourceDefinitions: false,
      apiServices: false,
    },
  };
}
