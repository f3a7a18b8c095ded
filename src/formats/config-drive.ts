/** OpenStack's config drive, as far as coreos-cloudinit, cloud-init and Ignition read it. */
export interface DriveMetadata {
  /** cloud-init's instance id: a new one makes it run everything again. */
  readonly uuid: string;
  readonly hostname: string;
  /** Free texts for other readers, such as the generation. */
  readonly meta: Readonly<Record<string, string>>;
}

/** A static address of one Ethernet interface. */
export interface DriveNetwork {
  /** Lower-case, colon-separated: cloud-init finds the interface by nothing else. */
  readonly mac: string;
  /** Address with prefix length, such as `10.10.10.2/24`. */
  readonly address: string;
  readonly gateway?: string | undefined;
  readonly dns: readonly string[];
  readonly mtu?: number | undefined;
}

/** `openstack/latest/meta_data.json`. cloud-init refuses a drive without it or without its `uuid`. */
export function encodeMetadata({ uuid, hostname, meta }: DriveMetadata): string {
  return encodeJson({ uuid, name: hostname, hostname, meta });
}

/**
 * `openstack/latest/network_data.json` (the metadata schema of OpenStack Nova). Undefined: DHCP. A document
 * without links would leave cloud-init without any network, so there must be no file then.
 */
export function encodeNetworkData(network: DriveNetwork): string {
  const { mac, address, gateway, dns, mtu } = network;
  const [ipAddress = '', prefix = ''] = address.split('/');
  return encodeJson({
    links: [{ id: 'lan', type: 'phy', ethernet_mac_address: mac, mtu }],
    networks: [
      {
        id: 'lan0',
        type: 'ipv4',
        link: 'lan',
        network_id: 'lan0',
        ip_address: ipAddress,
        netmask: netmask(Number(prefix)),
        routes: gateway === undefined ? [] : [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway }],
        dns_nameservers: dns,
      },
    ],
    services: dns.map((server) => ({ type: 'dns', address: server })),
  });
}

/** The mask of an IPv4 prefix length, 0 to 32. */
function netmask(prefix: number): string {
  return [24, 16, 8, 0].map((shift) => 255 & Math.floor((2 ** 32 - 2 ** (32 - prefix)) / 2 ** shift)).join('.');
}

function encodeJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
