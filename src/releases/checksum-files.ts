/** Where the sums of a component's release are, given the download's own address. */
const FILES: Readonly<Record<string, (url: string) => string>> = {
  kubelet: (url) => `${url}.sha256`,
  kubectl: (url) => `${url}.sha256`,
  etcd: (url) => beside(url, 'SHA256SUMS'),
  'cni-plugins': (url) => `${url}.sha256`,
  crictl: (url) => `${url}.sha256`,
  containerd: (url) => `${url}.sha256sum`,
  'containerd-static': (url) => `${url}.sha256sum`,
  runc: (url) => beside(url, 'runc.sha256sum'),
  helm: (url) => `${url}.sha256sum`,
};

/** The components whose publishers have such files: those of a cluster, and more. */
export const CHECKSUM_COMPONENTS: readonly string[] = Object.keys(FILES);

/** The publisher's own checksum file for a download; undefined where none is known. */
export function checksumFile(component: string, url: string): string | undefined {
  return Object.hasOwn(FILES, component) ? FILES[component]?.(url) : undefined;
}

/** The SHA-256 of one file in a checksum file: the only word there is, or the line that ends with its name. */
export function checksumIn(text: string, name: string): string | undefined {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const [only] = lines;
  const line =
    lines.length === 1 && only?.length === 1
      ? only
      : lines.find(([, file]) => file?.replace(/^\*/, '').split('/').pop() === name);
  const sum = line?.[0] ?? '';
  return /^[0-9a-f]{64}$/.test(sum) ? sum : undefined;
}

function beside(url: string, name: string): string {
  return url.slice(0, url.lastIndexOf('/') + 1) + name;
}
