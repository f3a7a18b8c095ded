export { addonFiles } from './files.js';
export { DASHBOARD } from './headlamp/names.js';
export { nodeImages } from './images.js';
export { kubeProxyOverride } from './kube-proxy/index.js';
export { addons } from './registry.js';
export { ingressFiles } from './traefik/machine-files.js';
export type * from './types.js';
