export { addonFiles } from './files.js';
export { nodeImages } from './images.js';
export { kubeProxyConfiguration } from './kube-proxy/configuration.js';
export { addons } from './registry.js';
export type * from './types.js';
