import { cloudImage } from '../cloud-image.js';
import type { OperatingSystem } from '../types.js';

/** Ubuntu Server, LTS releases: cloud-init, netplan and systemd-networkd. */
export const ubuntu: OperatingSystem = {
  ...cloudImage,
  name: 'ubuntu',
  title: 'Ubuntu Server',
  loginUser: 'ubuntu',
  channels: ['24.04', '22.04'],
  defaultChannel: '24.04',
};
