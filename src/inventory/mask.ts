const PRIVATE_KEY_BLOCK = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|$)/g;
/** The beginning of an OpenSSH private key without its armour (`openssh-key-v1` in base64), and an age identity. */
const BARE_PRIVATE_KEY = /b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=\s]*|AGE-SECRET-KEY-1[A-Z0-9]+/g;
const URL_PASSWORD = /(?<=:\/\/[^\s/:@]{0,256}:)[^\s/@]{1,256}(?=@)/g;

/**
 * The text with private keys and passwords in URLs starred out. Same length, same lines, so that positions
 * in one are positions in the other: whatever is shown of a user's file is taken from here.
 */
export function maskSecrets(text: string): string {
  const stars = (secret: string) => secret.replace(/[^\r\n]/g, '*');
  return text.replace(PRIVATE_KEY_BLOCK, stars).replace(BARE_PRIVATE_KEY, stars).replace(URL_PASSWORD, stars);
}

/** Whether the text holds (the beginning of) a private key. */
export function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|b3BlbnNzaC1rZXktdjE|AGE-SECRET-KEY-1|PuTTY-User-Key-File/.test(text);
}
