import { expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../inventory/settings.js';
import { servedAddresses } from './served-addresses.js';
import { testCluster, testMachine } from './testing/cluster.js';

const edges = [
  testMachine('edge1', '123.234.234.123', 'edge'),
  testMachine('edge2', '10.10.10.9', 'edge', { publicAddress: '123.234.234.124' }),
];
const cluster = (floatingAddress?: string) =>
  testCluster({ machines: edges, ingress: { ...CLUSTER_SETTINGS.ingress, floatingAddress } });
const domain = (...names: string[]) => ({ name: 'example.com', edges: names });

it('shows every edge of the domain by what the world sees', () => {
  expect(servedAddresses(cluster(), domain('edge1', 'edge2'))).toEqual(['123.234.234.123', '123.234.234.124']);
  expect(servedAddresses(cluster(), domain('edge2'))).toEqual(['123.234.234.124']);
});

it('shows the floating address in their place, unless an edge may have it that does not serve the domain', () => {
  expect(servedAddresses(cluster('123.234.234.200'), domain('edge1', 'edge2'))).toEqual(['123.234.234.200']);
  expect(servedAddresses(cluster('123.234.234.200'), domain('edge1'))).toEqual(['123.234.234.123']);
});
