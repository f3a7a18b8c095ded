import { cloudImage } from '../cloud-image.js';
import type { OperatingSystem } from '../types.js';

/** Debian's cloud images (`generic`, `genericcloud`): cloud-init, netplan and systemd-networkd. */
export const debian: OperatingSystem = {
  ...cloudImage,
  name: 'debian',
  title: 'Debian',
  loginUser: 'debian',
  channels: ['13', '12'],
  defaultChannel: '13',
};
