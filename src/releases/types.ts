/** One pinned download of a machine's `install.sh`, and where its programs go. */
export type InstallArtefact = ProgramArtefact | ImageArtefact;
export type ProgramArtefact = BinaryArtefact | ArchiveArtefact;

/** A program's download before its checksum is known. */
export type ProgramDownload = Omit<BinaryArtefact, 'sha256'> | Omit<ArchiveArtefact, 'sha256'>;

interface PinnedDownload {
  /** What people call it: `kubelet`. Unique within one machine. */
  readonly name: string;
  /** Without a leading `v`. */
  readonly version: string;
  /**
   * The publisher's address; a mirror replaces scheme and host when the script runs. One without a scheme is on
   * the mirror alone, and is left out where there is none.
   */
  readonly url: string;
  /** Hex. */
  readonly sha256: string;
}

/** The download is the program. */
export interface BinaryArtefact extends PinnedDownload {
  readonly format: 'binary';
  readonly members: readonly [ArtefactTarget];
}

/** The download is a gzipped tar archive that holds the programs. */
export interface ArchiveArtefact extends PinnedDownload {
  readonly format: 'tar.gz';
  readonly members: readonly ArtefactTarget[];
}

/** The download is an archive of container images, in a format containerd imports; they are kept for good. */
export interface ImageArtefact extends PinnedDownload {
  readonly format: 'image';
  /** None: an image is no program. */
  readonly members: readonly [];
}

export interface ArtefactTarget {
  /** Name inside the archive, a leading `./` left out; the artefact's own name for a binary. */
  readonly from: string;
  /** Absolute path on the machine. */
  readonly to: string;
  /** Permission bits, such as 0o755. */
  readonly mode: number;
}

/** The components a Kubernetes version is run with. */
export const COMPONENTS = ['kubelet', 'kubectl', 'etcd', 'containerd', 'runc', 'cni-plugins', 'crictl'] as const;
export type Component = (typeof COMPONENTS)[number];
export type ComponentVersions = Readonly<Record<Component, string>>;
