export { ECHO_NAMESPACE, type EchoOptions, echoObjects } from './objects.js';
export { type ApiPlace, clearNamespace, deployEcho, removeEcho } from './phases.js';
