import { encodeKeepalived, type KeepalivedBlock } from '../../formats/keepalived.js';
import { INGRESS_STATUS_PORT } from '../paths.js';

/** Who shares the address, the machine itself among them; the first is asked first. */
export interface FloatingAddress {
  readonly address: string;
  readonly machine: string;
  /** The machine's own address; the floating one goes to its interface. */
  readonly own: string;
  /** Own addresses of every edge, in the order of the inventory. */
  readonly edges: readonly string[];
  /** Whether the web server is an ingress of ours. */
  readonly ours: boolean;
}

const ASK = '/usr/bin/curl --silent --output /dev/null --max-time 1';

/**
 * Ours says itself how it is. What it serves would not do: its default backend may have been on the edge that was lost,
 * and until that is known every other answer is late. Of another web server any answer on port 80 counts, a 404 too.
 */
const check = (ours: boolean) =>
  ours ? `${ASK} --fail http://127.0.0.1:${INGRESS_STATUS_PORT}/ping` : `${ASK} http://127.0.0.1/`;

/** There is no other router of this number: edges speak to each other alone, not to a group. */
const ROUTER_ID = 1;

/** keepalived has 1 to 254 for those who do not own the address. */
const HIGHEST_PRIORITY = 200;

/**
 * keepalived's configuration; the interface is the variable INTERFACE, which the machine defines. VRRP with one
 * announcement a second, so that a holder that lost its power is followed after three and a bit. Source:
 * keepalived.conf(5); nothing that 2.2.4 does not know.
 */
export function keepalivedConfiguration({ address, machine, own, edges, ours }: FloatingAddress): string {
  const globals: KeepalivedBlock = {
    head: ['global_defs'],
    lines: [['router_id', machine], ['vrrp_version', 3], ['script_user', 'root'], ['enable_script_security']],
  };
  const serves: KeepalivedBlock = {
    head: ['vrrp_script', 'serves'],
    lines: [
      ['script', check(ours)],
      ['interval', 1],
      ['timeout', 2],
      ['fall', 2],
      ['rise', 2],
    ],
  };
  const instance: KeepalivedBlock = {
    head: ['vrrp_instance', 'floating'],
    lines: [
      // Whoever has it keeps it: an edge that comes back is no reason to move it again.
      ['state', 'BACKUP'],
      ['nopreempt'],
      ['priority', HIGHEST_PRIORITY - edges.indexOf(own)],
      ['interface', { variable: 'INTERFACE' }],
      ['virtual_router_id', ROUTER_ID],
      ['advert_int', 1],
      ['unicast_src_ip', own],
      { head: ['unicast_peer'], lines: edges.filter((edge) => edge !== own).map((edge) => [edge]) },
      { head: ['virtual_ipaddress'], lines: [[`${address}/32`]] },
      // Without a weight: who does not serve does not take part.
      { head: ['track_script'], lines: [['serves']] },
    ],
  };
  return encodeKeepalived([globals, serves, instance]);
}
