export type { AgeKey, Unlock } from './age.js';
export { type MintOptions, mintSecrets } from './mint.js';
export {
  decryptSecrets,
  ENCRYPTED_SECRETS_FILE,
  encryptSecrets,
  loadSecrets,
  RECIPIENTS_FILE,
  SECRETS_FILE,
  type SecretsStorage,
  type StoredSecrets,
  saveSecrets,
  secretsMode,
} from './store.js';
export type * from './types.js';
export type { KeyType } from './x509/keys.js';
